"""The e-values are exact: no point of a norm has an expectation above 1, by arithmetic and not by simulation."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from governance.fairness.norms.evalue import log_e_of_pairs
from governance.fairness.norms.projection import (
    Project,
    nearest_at_every_score,
    nearest_difference,
    nearest_mean,
    nearest_ratio,
)

Floats = NDArray[np.float64]
POINTS = 100_000
SLACK = 1e-9


def expectation(truth: Floats, bet: Floats, near: Floats, rows: Floats) -> Floats:
    """The expectation of the likelihood ratio of one group: each person is 1 with chance `truth`."""
    return np.asarray((truth * bet / near + (1 - truth) * (1 - bet) / (1 - near)) ** rows)


def inside(project: Project, a: Floats, b: Floats, limit: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Move second rates so that each pair keeps its norm, half of them exactly at its edge."""
    if project is nearest_difference:
        low, high = np.maximum(a - limit, 0), np.minimum(a + limit, 1)
    else:
        low, high = a * limit, np.minimum(a / limit, 1)
    edge = np.where(rng.random(len(a)) < 0.5, low, high)
    return a, np.where(rng.random(len(a)) < 0.5, edge, np.clip(b, low, high))


@pytest.mark.parametrize(("project", "low", "high"), [(nearest_difference, 0.0, 0.3), (nearest_ratio, 0.5, 0.999)])
def test_no_null_point_of_two_rates_has_an_expectation_above_one(project: Project, low: float, high: float) -> None:
    rng = np.random.default_rng(1)
    worst = 0.0
    for limit in rng.uniform(low, high, 20):
        p, q = rng.uniform(0.001, 0.999, (2, POINTS // 20))
        n, m = rng.integers(1, 400, (2, POINTS // 20)).astype(float)
        near_p, near_q = project(p, q, n, m, float(limit))
        a, b = rng.uniform(0, 1, (2, POINTS // 20))
        a, b = inside(project, a, b, np.full(len(a), limit), rng)
        both = expectation(a, p, near_p, n) * expectation(b, q, near_q, m)
        worst = max(worst, float(both.max()))
    assert worst <= 1 + SLACK


@pytest.mark.parametrize("project", [nearest_difference, nearest_ratio])
def test_at_the_nearest_point_the_expectation_is_one(project: Project) -> None:
    rng = np.random.default_rng(2)
    p, q = rng.uniform(0.01, 0.99, (2, 5_000))
    n, m = rng.integers(1, 400, (2, 5_000)).astype(float)
    near_p, near_q = project(p, q, n, m, 0.1 if project is nearest_difference else 0.8)
    np.testing.assert_allclose(expectation(near_p, p, near_p, n) * expectation(near_q, q, near_q, m), 1, rtol=1e-12)


@pytest.mark.parametrize("every", [False, True])
def test_no_null_point_of_a_calibration_norm_has_an_expectation_above_one(*, every: bool) -> None:
    rng = np.random.default_rng(3)
    worst = 0.0
    for limit in rng.uniform(0.001, 0.2, 40):
        score = rng.uniform(0.02, 0.98, (POINTS // 40, 6))
        rows = rng.integers(0, 40, score.shape).astype(float)
        bet = np.clip(score + rng.uniform(-0.4, 0.4, (len(score), 1)), 0.001, 0.999)
        near = (nearest_at_every_score if every else nearest_mean)(bet, rows, score, float(limit))
        truth = np.clip(score + rng.normal(0, 0.3, score.shape), 0, 1)
        truth = np.clip(truth, score - limit, score + limit) if every else pulled(truth, rows, score, float(limit))
        truth = np.clip(truth, 0, 1)
        worst = max(worst, float(expectation(truth, bet, near, rows).prod(axis=1).max()))
    assert worst <= 1 + SLACK


def pulled(truth: Floats, rows: Floats, score: Floats, limit: float) -> Floats:
    """Pull rates towards the scores until the mean of rate minus score is within the band."""
    gap = (rows * (truth - score)).sum(axis=1) / np.maximum(rows.sum(axis=1), 1)
    share = np.minimum(1.0, limit / np.maximum(np.abs(gap), 1e-12))
    return np.asarray(score + (truth - score) * share[:, None])


@pytest.mark.parametrize(("project", "limit"), [(nearest_difference, 0.1), (nearest_ratio, 0.8)])
def test_all_outcomes_of_three_and_three_people_add_up_to_at_most_one(project: Project, limit: float) -> None:
    rng = np.random.default_rng(4)
    p, q = np.array([0.8]), np.array([0.3])
    near = project(p, q, np.array([3.0]), np.array([3.0]), limit)

    def summed(a: float, b: float) -> float:
        total = 0.0
        for i, j in product(range(4), repeat=2):
            chance = comb(3, i) * a**i * (1 - a) ** (3 - i) * comb(3, j) * b**j * (1 - b) ** (3 - j)
            e = 1.0
            for k, bet, at in ((i, p[0], near[0][0]), (j, q[0], near[1][0])):
                e *= (bet / at) ** k * ((1 - bet) / (1 - at)) ** (3 - k)
            total += chance * e
        return total

    a, b = inside(project, rng.uniform(0, 1, 50), rng.uniform(0, 1, 50), np.full(50, limit), rng)
    assert max(summed(x, y) for x, y in zip(a, b, strict=True)) <= 1 + SLACK
    assert summed(float(near[0][0]), float(near[1][0])) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("project", "limit"), [(nearest_difference, 0.1), (nearest_ratio, 0.8)])
def test_the_nearest_rates_are_those_of_another_optimiser(project: Project, limit: float) -> None:
    rng = np.random.default_rng(5)
    for _ in range(12):
        p, q = rng.uniform(0.05, 0.95, 2)
        n, m = rng.integers(5, 200, 2)

        def loss(x: Floats, p: float = p, q: float = q, n: int = n, m: int = m) -> float:
            return float(
                n * (p * np.log(p / x[0]) + (1 - p) * np.log((1 - p) / (1 - x[0])))
                + m * (q * np.log(q / x[1]) + (1 - q) * np.log((1 - q) / (1 - x[1])))
            )

        if project is nearest_difference:
            kept = [{"type": "ineq", "fun": lambda x: limit - abs(x[0] - x[1])}]
        else:
            kept = [{"type": "ineq", "fun": lambda x, s=s: x[s] - limit * x[1 - s]} for s in (0, 1)]
        middle = np.full(2, (p + q) / 2)
        other = minimize(loss, middle, bounds=[(1e-6, 1 - 1e-6)] * 2, constraints=kept, method="SLSQP",
                         options={"ftol": 1e-14, "maxiter": 500})  # fmt: skip
        ours = np.concatenate(project(*(np.array([float(value)]) for value in (p, q, n, m)), limit))
        assert loss(ours) <= other.fun + 1e-6
        np.testing.assert_allclose(ours, other.x, atol=1e-5)


def test_a_bet_inside_the_norm_costs_nothing() -> None:
    n = np.full((5, 2), 100.0)
    k = np.array([[40.0, 41.0]] * 5)
    assert (log_e_of_pairs(k, n, [(0, 1)], nearest_difference, 0.05) == 0).all()


def test_the_names_of_two_groups_can_be_exchanged() -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(20, 200, (12, 2)).astype(float)
    k = rng.binomial(n.astype(int), [0.7, 0.3]).astype(float)
    for project, limit in ((nearest_difference, 0.05), (nearest_ratio, 0.8)):
        one = log_e_of_pairs(k, n, [(0, 1)], project, limit)
        other = log_e_of_pairs(k[:, ::-1], n[:, ::-1], [(0, 1)], project, limit)
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_one_window_worked_by_hand() -> None:
    """Bets: (0 + .5) of 1 in the first window; in the second (8 + .5) / 11 and (2 + .5) / 11 with the pooled rate .5 of 20 rows.

    The nearest point of equal rows with a difference of at most .5 lies at .75 and .25 by symmetry.
    """
    k, n = np.array([[8.0, 2.0], [7.0, 3.0]]), np.full((2, 2), 10.0)
    found = log_e_of_pairs(k, n, [(0, 1)], nearest_difference, 0.5)[2, :, 0]
    p, q = 8.5 / 11, 2.5 / 11
    by_hand = 7 * np.log(p / 0.75) + 3 * np.log((1 - p) / 0.25) + 3 * np.log(q / 0.25) + 7 * np.log((1 - q) / 0.75)
    assert found[0] == 0
    assert found[1] == pytest.approx(by_hand, abs=1e-12)
