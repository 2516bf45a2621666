"""The ways through the trees of a model: which leaf a row reaches, and which rows reach a node at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.models import TreeEnsemble


@dataclass(frozen=True, slots=True)
class Box:
    """The encoded rows that reach a node: in every column low < value <= high."""

    node: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def leaves_of(trees: TreeEnsemble, encoded: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return (rows, trees) the leaf that each row reaches in each tree."""
    return walked(trees, encoded, np.tile(trees.roots, (len(encoded), 1)))


def walked(trees: TreeEnsemble, encoded: NDArray[np.generic], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (rows, starts) the leaf that each row reaches from each of its starting nodes.

    ONNX Runtime compares in the precision of the input: the rows are taken in it, and a missing value goes where the file says.
    """
    splits = trees.splits
    rows = np.asarray(encoded, dtype=np.float64 if splits.double else np.float32).astype(np.float64)
    at = start.copy()
    while True:
        feature = splits.feature[at]
        inner = feature >= 0
        if not inner.any():
            return at
        value = np.take_along_axis(rows, np.where(inner, feature, 0), axis=1)
        left = np.where(np.isnan(value), splits.missing_left[at], value <= splits.threshold[at])
        at = np.where(inner, np.where(left, splits.left[at], splits.right[at]), at)


def boxes(trees: TreeEnsemble, width: int) -> Iterator[Box]:
    """Yield every node with the box of the rows that reach it; nodes whose box is empty are left out, and all below them."""
    splits = trees.splits
    waiting = [Box(int(root), np.full(width, -np.inf), np.full(width, np.inf)) for root in trees.roots]
    while waiting:
        box = waiting.pop()
        yield box
        feature = int(splits.feature[box.node])
        if feature < 0:
            continue
        threshold = float(splits.threshold[box.node])
        if box.low[feature] < min(threshold, box.high[feature]):
            high = box.high.copy()
            high[feature] = min(threshold, high[feature])
            waiting.append(Box(int(splits.left[box.node]), box.low, high))
        if max(threshold, box.low[feature]) < box.high[feature]:
            low = box.low.copy()
            low[feature] = max(threshold, low[feature])
            waiting.append(Box(int(splits.right[box.node]), low, box.high))


def thresholds_of(trees: TreeEnsemble) -> dict[int, NDArray[np.float64]]:
    """Return encoded column -> the thresholds that some node holds it against, each once, rising."""
    inner = trees.splits.feature >= 0
    feature, threshold = trees.splits.feature[inner], trees.splits.threshold[inner]
    return {int(name): np.unique(threshold[feature == name]) for name in np.unique(feature)}
