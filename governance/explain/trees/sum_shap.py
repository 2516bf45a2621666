"""Exact values of a score that several explained parts add up to: Shapley values of a sum of games are the sums of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.tree_shap import ShapValues

if TYPE_CHECKING:
    from governance.explain.trees.linear_shap import LinearShap
    from governance.explain.trees.tree_shap import TreeShap


class SumShap:
    """Explains rows of several parts that share encoded columns, players, background and outputs.

    Args:
        parts: at least one.
    """

    def __init__(self, parts: tuple[TreeShap | LinearShap, ...]) -> None:
        self._parts = parts

    @property
    def outputs(self) -> int:
        """Number of scores that can be explained."""
        return self._parts[0].outputs

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:
        """Return exact values for encoded `rows`."""
        found = [part.explain(rows, output) for part in self._parts]
        return ShapValues(np.sum([item.values for item in found], axis=0), sum(item.base for item in found))

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:
        """Return the largest difference to a score summed in single precision."""
        return sum(part.rounding(rows, output) for part in self._parts)

    def interact(self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`."""
        return np.asarray(np.sum([part.interact(rows, among, output) for part in self._parts], axis=0))
