"""Exact Shapley values of a linear score on raw columns.

With the columns of the background independent of each other, a player's share is the sum over its encoded columns of

    w (x - mean of the background).

With `correlated`, v(S) is the expected score given the columns of S under a normal distribution with the background's mean and
covariance, as shap's LinearExplainer defines its correlation-dependent values (Aas, Jullum and Løland 2021); a set's expected score
is linear in x, so the Shapley values are one matrix times x - mean. All 2^K sets are used, with at most 12 players.
"""

from __future__ import annotations

from math import factorial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.explain.trees.tree_shap import ShapValues
from governance.models import LinearStage

MOST_CORRELATED: Final = 12
"""Most players of the correlated game: 4,096 sets."""
ROUNDING: Final = 2e-6
"""Sixteen times the half unit in the last place of single precision, relative to the sum of the sizes of the terms."""


class LinearShap:
    """Explains rows of a linear stage against one background.

    Args:
        stage: the weights.
        player: (encoded columns,) the player of each encoded column.
        players: number of players.
        background: (rows, encoded columns).
        correlated: whether columns are tied by the background's covariance.

    Raises:
        RefusedInputError: too many players for the correlated game, or missing values.
    """

    def __init__(
        self,
        stage: LinearStage,
        player: NDArray[np.int64],
        players: int,
        background: NDArray[Any],
        *,
        correlated: bool = False,
    ) -> None:
        rows = np.asarray(background, dtype=np.float64)
        self._mean = rows.mean(axis=0)
        self._stage = stage
        self._base = stage.weights @ self._mean + stage.intercept
        member = np.zeros((players, len(player)))
        member[player, np.arange(len(player))] = 1.0
        self._shares = [(member * weights).T for weights in stage.weights]
        if correlated:
            if players > MOST_CORRELATED:
                raise RefusedInputError(
                    f"The correlated way takes at most {MOST_CORRELATED} columns, the model has {players}.",
                    "Leave the option out: columns are then varied one by one.",
                )
            self._shares = _correlated(member.astype(bool), _covariance(rows), stage.weights)

    @property
    def outputs(self) -> int:
        """Number of scores that can be explained."""
        return len(self._shares)

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:
        """Return exact values for encoded `rows`."""
        away = np.asarray(rows, dtype=np.float64) - self._mean
        return ShapValues(away @ self._shares[output], float(self._base[output]))

    def interact(self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0) -> NDArray[np.float64]:  # noqa: ARG002
        """Return that no pair of the players `among` acts together."""
        return np.zeros((len(rows), len(among) * (len(among) - 1) // 2))

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:
        """Return the largest difference to a score summed in single precision."""
        terms = np.abs(np.asarray(rows, dtype=np.float64)) @ np.abs(self._stage.weights[output])
        return ROUNDING * float(terms.max(initial=0.0) + abs(self._stage.intercept[output]))


def _covariance(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    away = rows - rows.mean(axis=0)
    return np.asarray(away.T @ away / len(rows))


def _correlated(
    member: NDArray[np.bool_], covariance: NDArray[np.float64], weights: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Return for each output the (encoded columns, players) matrix that turns x - mean into Shapley values."""
    players, width = member.shape
    worth = np.zeros((1 << players, width, len(weights)))
    for subset in range(1, 1 << players):
        inside = np.logical_or.reduce(member[[at for at in range(players) if subset >> at & 1]])
        known = covariance[np.ix_(inside, inside)]
        carried = covariance[:, inside] @ np.linalg.pinv(known, rcond=1e-10, hermitian=True)
        carried[inside] = np.eye(int(inside.sum()))
        worth[subset, inside] = (weights @ carried).T
    shares = np.zeros((players, width, len(weights)))
    for subset in range(1 << players):
        size = subset.bit_count()
        for at in range(players):
            if not subset >> at & 1:
                share = factorial(size) * factorial(players - size - 1) / factorial(players)
                shares[at] += share * (worth[subset | 1 << at] - worth[subset])
    return [np.ascontiguousarray(shares[:, :, output].T) for output in range(len(weights))]
