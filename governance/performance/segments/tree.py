"""The error tree: the splits of one half that separate rows with more error from rows with less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.data import Condition
from governance.performance.segments.coding import Coded
from governance.performance.segments.search import Mask, Pool

Floats = NDArray[np.float64]
WORTH: Final = 15.1
"""Least gain of a split in variances of the loss: the 0.9999 quantile of chi-squared with one degree, since many cuts are compared."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its rows among all rows of the data, both halves."""

    parent: int
    test: Condition | None
    """None for the first."""
    path: tuple[Condition, ...]
    rows: Mask
    """(n,)"""
    leaf: bool


@dataclass(frozen=True, slots=True)
class Split:
    """One column cut in two."""

    column: Coded
    inside: Mask
    """(levels,) the levels of the first child; missing values always go to the second."""
    gain: float
    """By how much the sum of squared distances from the mean loss falls."""


def grow(pool: Pool, columns: Sequence[Coded], n: int, depth: int) -> tuple[Node, ...]:
    """Return the tree over (n,) rows, parents before children, at most `depth` splits deep.

    A child holds at least the pool's fewest rows. Names are ordered by their mean loss before they are cut, which finds the best of all
    groupings (Fisher, JASA 53:789-798, 1958).
    """
    found: list[Node] = []
    _grow(found, pool, columns, Node(parent=-1, test=None, path=(), rows=np.ones(n, dtype=bool), leaf=True), depth)
    return tuple(found)


def _grow(found: list[Node], pool: Pool, columns: Sequence[Coded], node: Node, depth: int) -> None:
    here = len(found)
    split = _best_split(pool, columns, node.rows) if depth else None
    if split is None:
        found.append(node)
        return
    found.append(Node(parent=node.parent, test=node.test, path=node.path, rows=node.rows, leaf=False))
    goes_first = split.inside[split.column.codes]
    for test, side in zip(split.column.sides(split.inside), (goes_first, ~goes_first), strict=True):
        child = Node(parent=here, test=test, path=(*node.path, test), rows=node.rows & side, leaf=True)
        _grow(found, pool, columns, child, depth - 1)


def _best_split(pool: Pool, columns: Sequence[Coded], rows: Mask) -> Split | None:
    inside = rows[pool.rows]
    part = Pool(rows=pool.rows[inside], loss=pool.loss[inside], mass=pool.mass[inside], least=pool.least)
    total = float(part.mass.sum())
    if total < 2 * pool.least:
        return None
    mean = float((part.mass * part.loss).sum()) / total
    spread = float((part.mass * (part.loss - mean) ** 2).sum()) / total
    splits = [found for column in columns if (found := _split(part, column)) is not None]
    best = max(splits, key=lambda item: item.gain, default=None)
    return best if best is not None and best.gain > WORTH * spread > 0 else None


def _split(pool: Pool, column: Coded) -> Split | None:
    n, loss = pool.tables(column.codes[pool.rows].astype(np.intp), column.size)
    order = np.arange(column.size - 1)
    if not column.ordered:
        with np.errstate(divide="ignore", invalid="ignore"):
            order = np.argsort(-np.where(n[:-1] > 0, loss[:-1] / n[:-1], -np.inf), kind="stable")
    left_n, left_loss = np.cumsum(n[order]), np.cumsum(loss[order])
    right_n, right_loss = n.sum() - left_n, loss.sum() - left_loss
    allowed = (left_n >= pool.least) & (right_n >= pool.least)
    if not allowed.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = left_loss**2 / left_n + right_loss**2 / right_n - loss.sum() ** 2 / n.sum()
    at = int(np.where(allowed, gain, -np.inf).argmax())
    inside = np.zeros(column.size, dtype=bool)
    inside[order[: at + 1]] = True
    return Split(column=column, inside=inside, gain=float(gain[at]))
