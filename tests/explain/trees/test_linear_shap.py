"""Linear scores: independent columns by hand, correlated ones by the definition and against shap's own explainer."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest

from governance.evidence.errors import RefusedInputError
from governance.explain.trees.linear_shap import LinearShap
from governance.models.graph.linear import LinearStage

WEIGHTS = np.array([2.0, -1.0, 0.5, 3.0])
BACKGROUND = np.random.default_rng(0).normal(size=(400, 4)) @ np.array(
    [[1.0, 0.8, 0.0, 0.3], [0.0, 1.0, 0.4, 0.0], [0.0, 0.0, 1.0, 0.9], [0.0, 0.0, 0.0, 1.0]]
)
ROW = np.array([1.0, -2.0, 0.5, 1.5])


def explainer(player: list[int], *, correlated: bool) -> LinearShap:
    stage = LinearStage(WEIGHTS[None, :], np.array([0.7]))
    return LinearShap(stage, np.array(player), max(player) + 1, BACKGROUND, correlated=correlated)


def conditional_shapley(player: list[int]) -> np.ndarray:
    """Shapley values of v(S) = E[score | columns of S] under the normal distribution, every set once."""
    players, mean = max(player) + 1, BACKGROUND.mean(axis=0)
    covariance = np.cov(BACKGROUND.T, bias=True)

    def worth(subset: int) -> float:
        inside = np.array([bool(subset >> owner & 1) for owner in player])
        expected = mean.copy()
        if inside.any():
            away = np.linalg.solve(covariance[np.ix_(inside, inside)], (ROW - mean)[inside])
            expected = mean + covariance[:, inside] @ away
        return float(WEIGHTS @ expected)

    out = np.zeros(players)
    for one in range(players):
        for subset in range(1 << players):
            if not subset >> one & 1:
                size = subset.bit_count()
                share = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
                out[one] += share * (worth(subset | 1 << one) - worth(subset))
    return out


def test_independent_columns_get_weight_times_distance_from_the_mean() -> None:
    found = explainer([0, 1, 2, 3], correlated=False).explain(ROW[None, :])
    assert found.values[0] == pytest.approx(WEIGHTS * (ROW - BACKGROUND.mean(axis=0)), abs=1e-12)
    assert found.base == pytest.approx(WEIGHTS @ BACKGROUND.mean(axis=0) + 0.7, abs=1e-12)


@pytest.mark.parametrize("player", [[0, 1, 2, 3], [0, 0, 1, 2]])
def test_correlated_columns_get_the_shapley_values_of_the_conditional_game(player: list[int]) -> None:
    found = explainer(player, correlated=True).explain(ROW[None, :])
    assert found.values[0] == pytest.approx(conditional_shapley(player), abs=1e-9)


def test_the_correlated_option_is_the_one_of_shaps_linear_explainer(shap: ModuleType) -> None:
    masker = shap.maskers.Impute((BACKGROUND.mean(axis=0), np.cov(BACKGROUND.T, bias=True)))
    np.random.seed(0)  # shap draws permutations from numpy's shared generator  # noqa: NPY002
    theirs = shap.LinearExplainer((WEIGHTS, 0.7), masker, nsamples=4000)
    found = explainer([0, 1, 2, 3], correlated=True).explain(ROW[None, :])
    assert found.values[0] == pytest.approx(theirs.shap_values(ROW[None, :])[0], abs=0.15)
    assert found.values[0].sum() == pytest.approx(theirs.shap_values(ROW[None, :])[0].sum(), abs=1e-6)


def test_too_many_correlated_columns_are_refused() -> None:
    stage = LinearStage(np.ones((1, 13)), np.zeros(1))
    with pytest.raises(RefusedInputError, match="at most 12 columns, the model has 13"):
        LinearShap(stage, np.arange(13), 13, np.ones((20, 13)), correlated=True)
