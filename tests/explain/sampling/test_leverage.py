"""Regression on sets drawn by leverage: right where it must be exact, honest about its error, and cheaper where it is chosen."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from governance.evidence.evidence import silent
from governance.explain.sampling.leverage import regress
from governance.explain.sampling.sampled_shap import Ask, Sampled, enumerate_sets

PLAYERS = 9
BACKGROUND = np.random.default_rng(7).normal(size=(25, PLAYERS))
ROWS = [np.random.default_rng(100 + at).normal(size=PLAYERS) for at in range(3)]


def steps(rows: np.ndarray) -> np.ndarray:
    """A tree-like function with interactions of three columns."""
    corner = (rows[:, 0] > 0) * (rows[:, 1] > -0.5) * (rows[:, 3] < 0.8) * 2.0
    return corner + (rows[:, 2] * rows[:, 3] * rows[:, 4] > 0) * 1.5 + np.tanh(rows[:, 5] + rows[:, 6] * rows[:, 7])


def pairs(rows: np.ndarray) -> np.ndarray:
    """A function in which columns act together two at a time."""
    return rows[:, 0] * rows[:, 1] + rows[:, 2] * (rows[:, 3] > 0) - 3 * rows[:, 4]


def asker(model, row: np.ndarray, background: np.ndarray = BACKGROUND) -> Ask:
    return lambda sets, which: model(np.where(sets, row, background[which]))


def sampled(model, row: np.ndarray, budget: int, seed: int, precision: float = 0.0) -> Sampled:
    own, others = float(model(row[None])[0]), model(BACKGROUND)
    rng = np.random.default_rng(seed)
    return regress(asker(model, row), own, others, PLAYERS, budget, precision, rng, silent)


def exact(model, row: np.ndarray) -> np.ndarray:
    return enumerate_sets(asker(model, row), PLAYERS, len(BACKGROUND), silent).values


def test_columns_that_act_together_two_at_a_time_are_answered_without_error() -> None:
    found = sampled(pairs, ROWS[0], 3000, seed=1)
    assert found.values == pytest.approx(exact(pairs, ROWS[0]), abs=1e-10)
    assert found.std_error.max() < 1e-10


def test_asking_every_set_gives_the_exact_values() -> None:
    found = sampled(steps, ROWS[1], 2**PLAYERS * len(BACKGROUND), seed=2)
    assert found.values == pytest.approx(exact(steps, ROWS[1]), abs=1e-10)
    assert found.std_error.max() == 0


def test_values_add_up_whatever_was_drawn() -> None:
    found = sampled(steps, ROWS[0], 800, seed=3)
    assert found.values.sum() + steps(BACKGROUND).mean() == pytest.approx(steps(ROWS[0][None])[0], abs=1e-12)


@pytest.mark.parametrize("budget", [2400, 8000], ids=["some background rows for each set", "all background rows"])
def test_the_stated_standard_error_is_honest(budget: int) -> None:
    known, inside = [exact(steps, row) for row in ROWS], []
    for seed in range(300):
        found = sampled(steps, ROWS[seed % 3], budget, seed)
        inside += (np.abs(found.values - known[seed % 3]) <= 1.96 * found.std_error).tolist()
        assert found.model_rows <= budget
    assert 0.93 <= np.mean(inside) <= 0.97


def test_sampling_stops_at_the_asked_precision() -> None:
    loose, tight = (sampled(steps, ROWS[2], 200_000, 0, precision) for precision in (0.2, 0.02))
    assert loose.std_error.max() < 0.2
    assert tight.std_error.max() < 0.02
    assert loose.model_rows < tight.model_rows < 200_000


def test_at_equal_cost_the_error_is_below_that_of_shap(shap: ModuleType) -> None:
    ours, theirs = [], []
    for at, row in enumerate(ROWS):
        rows_asked = 0

        def counted(values: np.ndarray) -> np.ndarray:
            nonlocal rows_asked
            rows_asked += len(values)
            return steps(np.asarray(values, float))

        masker = shap.maskers.Independent(BACKGROUND, max_samples=len(BACKGROUND))
        explainer = shap.PermutationExplainer(counted, masker, seed=at)
        rows_asked = 0
        answer = explainer(row[None], max_evals=10 * (2 * PLAYERS + 1), silent=True).values[0]
        theirs.append(((answer - exact(steps, row)) ** 2).mean())
        ours += [((sampled(steps, row, rows_asked, seed).values - exact(steps, row)) ** 2).mean() for seed in range(5)]
    assert np.mean(ours) < np.mean(theirs)
