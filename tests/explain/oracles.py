"""Slow and plain counterparts of what the room computes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from governance.models.graph.reading import signature_of
from governance.models.graph.trees import TreeEnsemble
from governance.models.predict.predictor import OnnxPredictor

Score = Callable[[np.ndarray], np.ndarray]


def walk(trees: TreeEnsemble, rows: np.ndarray) -> np.ndarray:
    """Scores by following each row down each tree, one at a time."""
    splits = trees.splits
    rows = np.asarray(rows, np.float64 if splits.double else np.float32)
    out = np.tile(trees.base, (len(rows), 1))
    for i, row in enumerate(rows):
        for root in trees.roots:
            node = root
            while splits.feature[node] != -1:
                feature = splits.feature[node]
                if feature >= 0:
                    value = row[feature]
                    left = splits.missing_left[node] if np.isnan(value) else value <= splits.threshold[node]
                else:
                    asked = splits.memberships[-2 - feature]
                    value = row[asked.feature]
                    left = not (
                        asked.missing if np.isnan(value) else np.isin(value, np.array(asked.members, rows.dtype))
                    )
                node = splits.left[node] if left else splits.right[node]
            out[i] += trees.value[node]
    return out


def enumerate_shapley(
    score: Score, player: np.ndarray, players: int, background: np.ndarray, row: np.ndarray
) -> np.ndarray:
    """Shapley values by the definition: every subset of players once."""
    worth = _worths(score, player, players, background, row)
    out = np.zeros(players)
    for one in range(players):
        for subset in range(1 << players):
            if not subset >> one & 1:
                size = subset.bit_count()
                share = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
                out[one] += share * (worth[subset | 1 << one] - worth[subset])
    return out


def enumerate_interactions(
    score: Score, player: np.ndarray, players: int, background: np.ndarray, row: np.ndarray
) -> np.ndarray:
    """Shapley interaction indices by the definition, for the pairs in the order of `itertools.combinations`."""
    worth = _worths(score, player, players, background, row)
    out = []
    for one, two in itertools.combinations(range(players), 2):
        both, total = 1 << one | 1 << two, 0.0
        for subset in range(1 << players):
            if not subset & both:
                size = subset.bit_count()
                share = math.factorial(size) * math.factorial(players - size - 2) / math.factorial(players - 1)
                total += share * (
                    worth[subset | both] - worth[subset | 1 << one] - worth[subset | 1 << two] + worth[subset]
                )
        out.append(total)
    return np.array(out)


def _worths(score: Score, player: np.ndarray, players: int, background: np.ndarray, row: np.ndarray) -> np.ndarray:
    """v(S) of every set of players, its members as bits."""
    worth = np.zeros(1 << players)
    for subset in range(1 << players):
        from_row = np.array([subset >> owner & 1 for owner in player], bool)
        worth[subset] = score(np.where(from_row, row, background)).mean()
    return worth


def shap_model(trees: TreeEnsemble, output: int = 0) -> dict[str, Any]:
    """The ensemble as shap.TreeExplainer takes it."""
    splits, found = trees.splits, []
    assert not splits.memberships
    for root in trees.roots:
        order, stack, left, right = [], [(int(root), -1, 0)], [], []
        while stack:
            node, above, side = stack.pop()
            at = len(order)
            order.append(node)
            left.append(-1)
            right.append(-1)
            if above >= 0:
                (right if side else left)[above] = at
            if splits.left[node] >= 0:
                stack += [(int(splits.right[node]), at, 1), (int(splits.left[node]), at, 0)]
        at, left_at, right_at = np.array(order), np.array(left), np.array(right)
        found.append({
            "children_left": left_at,
            "children_right": right_at,
            "children_default": np.where(splits.missing_left[at], left_at, right_at),
            "features": np.where(splits.feature[at] >= 0, splits.feature[at], -2),
            "thresholds": splits.threshold[at],
            "values": trees.value[at][:, [output]],
            "node_sample_weight": np.ones(len(at)),
        })  # fmt: skip
    return {
        "trees": found, "base_offset": float(trees.base[output]), "tree_output": "raw_value", "objective": "regression",
        "input_dtype": np.float32, "internal_dtype": np.float64,
    }  # fmt: skip


def predictor(file: bytes, columns: tuple[str, ...] | None = None) -> OnnxPredictor:
    """The model of an ONNX file."""
    return OnnxPredictor(file, signature_of(file, columns))
