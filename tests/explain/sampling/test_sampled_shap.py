"""Sampled values: unbiased, with standard errors that keep their word, and no worse than shap's at equal cost."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from governance.evidence.evidence import silent
from governance.explain.sampling.sampled_shap import Sampled, enumerate_sets, permute

RNG = np.random.default_rng(7)
BACKGROUND = RNG.normal(size=(30, 6))
PLAYERS = 6


def model(rows: np.ndarray) -> np.ndarray:
    """A tree-like function with steps and interactions."""
    steps = (rows[:, 0] > 0) * (rows[:, 1] > -0.5) * (rows[:, 3] < 0.8) * 2.0 + (
        rows[:, 2] * rows[:, 3] * rows[:, 4] > 0
    ) * 1.5
    return steps + np.where((rows[:, 4] > 0.3) & (rows[:, 2] < 0.6), rows[:, 0], -0.5 * rows[:, 1])


def asker(row: np.ndarray):
    return lambda sets, which: model(np.where(sets, row, BACKGROUND[which]))


def exact(row: np.ndarray) -> np.ndarray:
    return enumerate_sets(asker(row), PLAYERS, len(BACKGROUND), silent).values


def sampled(row: np.ndarray, budget: int, seed: int, precision: float = 0.0) -> Sampled:
    own, others = float(model(row[None])[0]), model(BACKGROUND)
    return permute(asker(row), own, others, PLAYERS, budget, precision, np.random.default_rng(seed), silent)


@pytest.mark.parametrize(
    "budget", [12_100, 20_000], ids=["some background rows once more", "all background rows equally often"]
)
def test_the_stated_standard_error_is_honest(budget: int) -> None:
    inside = []
    for at in range(200):
        row = np.random.default_rng(1000 + at % 12).normal(size=PLAYERS)
        found = sampled(row, budget, seed=at)
        live = found.std_error > 1e-9
        inside += (np.abs(found.values - exact(row))[live] <= 1.96 * found.std_error[live]).tolist()
    assert len(inside) > 400
    assert 0.93 <= np.mean(inside) <= 0.97


def test_the_standard_error_is_honest_for_a_background_too_large_to_go_through() -> None:
    large = np.random.default_rng(8).normal(size=(3000, 6))
    row = np.array([0.5, 0.2, 1.0, -1.0, 1.0, 0.0])

    def ask(sets: np.ndarray, which: np.ndarray) -> np.ndarray:
        return model(np.where(sets, row, large[which]))

    known, inside = enumerate_sets(ask, PLAYERS, len(large), silent).values, []
    for seed in range(200):
        found = permute(
            ask, float(model(row[None])[0]), model(large), PLAYERS, 3000, 0.0, np.random.default_rng(seed), silent
        )
        inside += (np.abs(found.values - known)[:5] <= 1.96 * found.std_error[:5]).tolist()
    assert 0.93 <= np.mean(inside) <= 0.97


def test_values_add_up_exactly_when_every_background_row_is_used_equally_often() -> None:
    row = np.array([0.5, 0.2, 1.0, 1.0, 1.0, 0.0])
    found = sampled(row, 2400, seed=3)
    assert found.values.sum() + model(BACKGROUND).mean() == pytest.approx(model(row[None])[0], abs=1e-12)


def test_a_column_that_plays_no_part_gets_nothing() -> None:
    found = sampled(np.ones(PLAYERS), 800, seed=0)
    assert found.values[5] == pytest.approx(0, abs=1e-15)
    assert found.std_error[5] == pytest.approx(0, abs=1e-15)


def test_sampling_stops_at_the_asked_precision() -> None:
    row = np.array([0.5, 0.2, 1.0, -1.0, 1.0, 0.0])
    loose, tight = sampled(row, 60_000, 0, precision=0.2), sampled(row, 60_000, 0, precision=0.02)
    assert loose.std_error.max() < 0.2
    assert tight.std_error.max() < 0.02
    assert loose.model_rows < tight.model_rows < 60_000


def test_at_equal_cost_the_error_is_not_above_that_of_shap(shap: ModuleType) -> None:
    ours, theirs = [], []
    for at in range(12):
        row = np.random.default_rng(500 + at).normal(size=PLAYERS)
        rows_asked = 0

        def counted(values: np.ndarray) -> np.ndarray:
            nonlocal rows_asked
            rows_asked += len(values)
            return model(np.asarray(values, float))

        explainer = shap.PermutationExplainer(counted, shap.maskers.Independent(BACKGROUND, max_samples=30), seed=at)
        rows_asked = 0
        answer = explainer(row[None], max_evals=2 * PLAYERS + 1, silent=True).values[0]
        known = exact(row)
        assert rows_asked > 300
        theirs.append(((answer - known) ** 2).mean())
        ours.append(((sampled(row, rows_asked, seed=at).values - known) ** 2).mean())
    assert np.mean(ours) <= np.mean(theirs)


@pytest.mark.parametrize(("budget", "used"), [(1300, 46), (5000, 50), (40, 19)])
def test_no_background_row_is_used_twice_before_its_turn(budget: int, used: int) -> None:
    asked: list[int] = []

    def ask(sets: np.ndarray, which: np.ndarray) -> np.ndarray:
        asked.extend(which.tolist())
        return sets.sum(axis=1).astype(float)

    found = permute(ask, 12.0, np.zeros(50), 12, budget, 0.0, np.random.default_rng(0), silent)
    uses = np.bincount(asked) // 22
    assert (uses > 0).sum() == used
    assert np.ptp(uses[uses > 0]) <= 1
    assert found.values == pytest.approx(np.ones(12))
