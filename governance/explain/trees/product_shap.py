"""Exact Shapley values of a linear score with products of two columns.

For one product s t of two players the game over a background has four worths: v() = E[s t], v(s) = s E[t], v(t) = E[s] t and
v(s, t) = s t. By the definition (Shapley 1953, interventional game) the player of s gets

    1/2 (s E[t] - E[s t]) + 1/2 (s t - E[s] t),

the player of t the same with s and t exchanged, and the interaction index of the pair is s t - s E[t] - E[s] t + E[s t]. Summed
over all products with a symmetric matrix S of half factors this is a few matrix products. A product inside one player is its own.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.linear_shap import ROUNDING, LinearShap
from governance.explain.trees.tree_shap import ShapValues
from governance.models import ProductStage


class ProductShap:
    """Explains rows of a linear stage with products against one background.

    Args:
        stage: weights and factors.
        player: (encoded columns,) the player of each encoded column.
        players: number of players.
        background: (rows, encoded columns).
    """

    def __init__(self, stage: ProductStage, player: NDArray[np.int64], players: int, background: NDArray[Any]) -> None:
        rows = np.asarray(background, dtype=np.float64)
        self._line = LinearShap(stage.linear, player, players, rows)
        self._sizes, self._player = stage.sizes, player
        self._mean, self._moment = rows.mean(axis=0), rows.T @ rows / len(rows)
        self._member = np.zeros((len(player), players))
        self._member[np.arange(len(player)), player] = 1.0
        self._half = [_symmetric(stage, factors, len(player)) for factors in stage.factors]
        self._across = np.not_equal.outer(player, player)

    @property
    def outputs(self) -> int:
        """Number of scores that can be explained."""
        return self._line.outputs

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:
        """Return exact values for encoded `rows`."""
        z, half = np.asarray(rows, dtype=np.float64), self._half[output]
        across, within = np.where(self._across, half, 0.0), np.where(self._across, 0.0, half)
        share = (z - self._mean) * (z @ across) + z * (across @ self._mean) + z * (z @ within)
        share -= (half * self._moment).sum(axis=1)
        line = self._line.explain(rows, output)
        return ShapValues(line.values + share @ self._member, line.base + float((half * self._moment).sum()))

    def interact(self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`, (rows, pairs)."""
        away, half = np.asarray(rows, dtype=np.float64) - self._mean, self._half[output]
        tied = half * (self._moment - np.outer(self._mean, self._mean))
        found = np.zeros((len(away), len(among) * (len(among) - 1) // 2))
        for at, (one, other) in enumerate(combinations(among, 2)):
            place = np.ix_(self._player == one, self._player == other)
            left, right = away[:, self._player == one], away[:, self._player == other]
            found[:, at] = 2.0 * (((left @ half[place]) * right).sum(axis=1) + tied[place].sum())
        return found

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:
        """Return the largest difference to a score summed in single precision."""
        z = np.abs(np.asarray(rows, dtype=np.float64))
        most = float(((z @ np.abs(self._half[output])) * z).sum(axis=1).max(initial=0.0))
        return self._line.rounding(rows, output) + ROUNDING * (most + float(self._sizes[output]))


def _symmetric(stage: ProductStage, factors: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the symmetric matrix whose quadratic form is the sum of the products."""
    found = np.zeros((width, width))
    np.add.at(found, (stage.first, stage.second), factors / 2)
    np.add.at(found, (stage.second, stage.first), factors / 2)
    return found
