"""Rows that visit every leaf of a model's trees, and rows on both sides of every split.

Rows of the data come first; what none of them reaches is made from the values that stand for all others. Each pair of rows of a split
differs in one raw column by one step, so that a split which was moved, however little, leads one of them the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.models import TreeEnsemble
from governance.serving.forest import Box, boxes, leaves_of, walked
from governance.serving.ground import Ground, Made, built
from governance.serving.levels import Levels
from governance.subject import Predictor

_TRIES: Final = 8
"""Rows that are tried for a leaf or a split, of which the most telling is taken."""
_DULL: Final = 1e-3
"""A row whose answer is nearer to certainty shows a changed leaf by less: others are preferred."""
_SMOOTH: Final = frozenset({"LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"})
"""What an operator does to its sums that flattens towards 0 and 1."""


@dataclass(frozen=True, slots=True)
class TreeRows:
    """Rows that were chosen or made, and what each is for."""

    frame: pd.DataFrame
    purpose: tuple[str, ...]
    """cover or edge."""
    target: NDArray[np.int64]
    """(rows,) the split whose side a row stands on, edges in pairs; -1 for cover."""


def tree_rows(
    ground: Ground, levels: Sequence[Levels], model: Predictor, rng: np.random.Generator, *, most_splits: int
) -> TreeRows:
    """Return the rows that cover the leaves and hold the splits.

    Args:
        ground: a model with trees.
        levels: the values that stand for others; () where they cannot be told, then rows of the data are used alone.
        model: asked how steep its answer is at a row.
        rng: draws the rows of the data that others are made of.
        most_splits: at most so many splits, drawn where there are more.
    """
    assert ground.trees is not None
    steep = slope(ground.trees, model, ground.frame)
    reached = list(boxes(ground.trees, ground.encoded.shape[1]))
    chosen = _cover(ground, reached, levels, steep, rng)
    pairs = _edges(ground, reached, levels, model, rng, most_splits=most_splits) if levels else []
    frame = built(ground.frame, [*chosen, *(row for _, pair in pairs for row in pair)])
    target = [-1] * len(chosen) + [node for node, _ in pairs for _ in range(2)]
    return TreeRows(frame, ("cover",) * len(chosen) + ("edge",) * (2 * len(pairs)), np.array(target, dtype=np.int64))


def slope(trees: TreeEnsemble, model: Predictor, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return (rows,) by how much the answer moves for a small change of the sum of leaves; 1 where the sum is the answer."""
    if trees.post not in _SMOOTH:
        return np.ones(len(frame))
    score = model.predict(frame).score
    return np.asarray((score * (1 - score)).max(axis=1))


def _cover(
    ground: Ground,
    reached: Sequence[Box],
    levels: Sequence[Levels],
    steep: NDArray[np.float64],
    rng: np.random.Generator,
) -> list[Made]:
    assert ground.trees is not None
    found = leaves_of(ground.trees, ground.encoded)
    seen: set[int] = set()
    chosen = [Made(row, {}) for row in _greedy(found, steep, seen, rng)]
    leaf = ground.trees.splits.leaf
    for box in reached:
        if not leaf[box.node] or box.node in seen:
            continue
        tries = [row for _ in range(_TRIES if levels else 0) if (row := row_in(ground, box, levels, rng)) is not None]
        if tries:
            rows = np.asarray(ground.cut.encode(built(ground.frame, tries)))
            visits = [set(item) for item in leaves_of(ground.trees, rows).tolist()]
            best = max(range(len(tries)), key=lambda at: (box.node in visits[at], len(visits[at] - seen)))
            if box.node in visits[best]:
                chosen.append(tries[best])
                seen |= visits[best]
    return chosen


def _greedy(
    found: NDArray[np.int64], steep: NDArray[np.float64], seen: set[int], rng: np.random.Generator
) -> list[int]:
    """Return rows of the data that visit every leaf which some row visits, rare leaves first; `seen` gathers the leaves."""
    bright = steep >= _DULL
    chosen: list[int] = []
    values, counts = np.unique(found, return_counts=True)
    where = {int(item): np.flatnonzero((found == item).any(axis=1)) for item in values[counts < len(found)]}
    for leaf in values[np.argsort(counts, kind="stable")].tolist():
        if leaf in seen:
            continue
        rows = where[leaf] if leaf in where else np.arange(len(found))
        rows = rows[bright[rows]] if bright[rows].any() else rows
        some = rng.choice(rows, min(_TRIES, len(rows)), replace=False)
        best = max(some.tolist(), key=lambda row: len(set(found[row].tolist()) - seen))
        chosen.append(best)
        seen |= set(found[best].tolist())
    return chosen


def row_in(ground: Ground, box: Box, levels: Sequence[Levels], rng: np.random.Generator) -> Made | None:
    """Return a row of the data, changed where it has to be so that it lies in a box; None where no row does."""
    base = int(rng.integers(len(ground.frame)))
    own, values = ground.encoded[base], {}
    for item in levels:
        part = own[item.children]
        if np.all((part > box.low[item.children]) & (part <= box.high[item.children])):
            continue
        fits = np.flatnonzero(item.fitting(box.low, box.high))
        if not len(fits):
            return None
        values[item.column] = item.raw[rng.choice(fits)]
    return Made(base, values)


def _edges(
    ground: Ground,
    reached: Sequence[Box],
    levels: Sequence[Levels],
    model: Predictor,
    rng: np.random.Generator,
    *,
    most_splits: int,
) -> list[tuple[int, tuple[Made, Made]]]:
    """Return for each split the pair of rows whose answer depends on it most, of those that were tried."""
    assert ground.trees is not None
    splits = ground.trees.splits
    inner = [box for box in reached if splits.feature[box.node] >= 0]
    if len(inner) > most_splits:
        inner = [inner[at] for at in np.sort(rng.choice(len(inner), most_splits, replace=False))]
    of_child = {int(child): item for item in levels for child in item.children}
    tried: list[tuple[int, tuple[Made, Made]]] = []
    for box in inner:
        column = of_child[int(splits.feature[box.node])]
        tried += [(box.node, pair) for _ in range(_TRIES) if (pair := _pair(ground, box, column, levels, rng))]
    if not tried:
        return []
    effect = _effects(ground, model, tried)
    best: dict[int, int] = {}
    for at, (node, _) in enumerate(tried):
        if node not in best or effect[at] > effect[best[node]]:
            best[node] = at
    return [tried[at] for at in best.values()]


def _pair(
    ground: Ground, box: Box, column: Levels, levels: Sequence[Levels], rng: np.random.Generator
) -> tuple[Made, Made] | None:
    """Return two rows in a box that differ in the column of its split alone, one on each side; None where there are none."""
    assert ground.trees is not None
    feature = int(ground.trees.splits.feature[box.node])
    sides = column.images[:, list(column.children).index(feature)] <= ground.trees.splits.threshold[box.node]
    fits = np.flatnonzero(column.fitting(box.low, box.high))
    steps = np.flatnonzero(sides[fits][1:] != sides[fits][:-1])
    row = row_in(ground, box, [item for item in levels if item is not column], rng)
    if row is None or not len(steps):
        return None
    step = int(rng.choice(steps))
    one, other = fits[step], fits[step + 1]
    left, right = (one, other) if sides[one] else (other, one)
    return tuple(  # type: ignore[return-value]
        Made(row.base, {**row.put, column.column: column.raw[place]}) for place in (left, right)
    )


def _effects(ground: Ground, model: Predictor, tried: Sequence[tuple[int, tuple[Made, Made]]]) -> NDArray[np.float64]:
    frame = built(ground.frame, [row for _, pair in tried for row in pair])
    nodes = np.array([node for node, _ in tried], dtype=np.int64)
    assert ground.trees is not None
    return effects(ground.trees, np.asarray(ground.cut.encode(frame)), slope(ground.trees, model, frame), nodes)


def effects(
    trees: TreeEnsemble, encoded: NDArray[np.generic], steep: NDArray[np.float64], nodes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return for each pair of rows by how much the answer depends on the way that its split sends them; 0 where a pair misses it.

    Args:
        trees: the trees.
        encoded: (2 pairs, encoded columns): the row that goes left, then the one that goes right, pair by pair.
        steep: (2 pairs,) how much the answer moves with the sum, see `slope`.
        nodes: (pairs,) the split of each pair.
    """
    left, right = encoded[0::2], encoded[1::2]
    splits = trees.splits
    leaf_left = walked(trees, left, splits.left[nodes][:, None])
    leaf_right = walked(trees, right, splits.right[nodes][:, None])
    apart = np.abs(trees.value[leaf_left[:, 0]] - trees.value[leaf_right[:, 0]]).max(axis=1)
    passes = (leaves_of(trees, left) == leaf_left).any(axis=1) & (leaves_of(trees, right) == leaf_right).any(axis=1)
    return np.where(passes, apart * np.maximum(steep[0::2], steep[1::2]), 0.0)
