"""Exact values of the difference of two scores: the log-odds behind a softmax of two classes."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.tree_shap import ShapValues


class Engine(Protocol):
    """Exact values of encoded rows."""

    @property
    def outputs(self) -> int:
        """Number of stored scores."""

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:
        """Return exact values for one stored score."""

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:
        """Return the largest difference to the model's own score that single precision explains."""

    def interact(self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`, (rows, pairs)."""


class BetweenShap:
    """Explains the second stored score less the first: Shapley values of a difference of games are the differences of their values.

    Args:
        engine: explains either score.
    """

    outputs = 1

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:  # noqa: ARG002 - there is one
        """Return exact values for encoded `rows`."""
        first, second = self._engine.explain(rows, 0), self._engine.explain(rows, 1)
        return ShapValues(second.values - first.values, second.base - first.base)

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:  # noqa: ARG002
        """Return the largest difference to the model's own scores that single precision explains."""
        return self._engine.rounding(rows, 0) + self._engine.rounding(rows, 1)

    def interact(self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0) -> NDArray[np.float64]:  # noqa: ARG002
        """Return the Shapley interaction index of every pair of the players `among`, (rows, pairs)."""
        return self._engine.interact(rows, among, 1) - self._engine.interact(rows, among, 0)
