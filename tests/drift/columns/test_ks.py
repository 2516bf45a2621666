from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from governance.drift.columns import ks
from governance.drift.columns.null_distribution import Chance
from governance.drift.samples.ecdf import scan
from governance.drift.samples.two_samples import runs_of

CHANCE = Chance(np.random.default_rng(0))


@pytest.mark.parametrize(("n", "m"), [(30, 40), (1, 1), (500, 900), (3000, 5000)])
def test_distance_and_p_value_are_those_of_scipy_without_ties(n: int, m: int) -> None:
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=n), rng.normal(0.05, size=m)
    runs = runs_of(a, b)
    found = scan(runs)
    oracle = stats.ks_2samp(a, b, method="exact" if n * m <= ks.EXACT else "asymp")
    assert found.distance == pytest.approx(oracle.statistic, abs=1e-15)
    assert found.gap_at == pytest.approx(oracle.statistic_location, rel=1e-12)
    assert ks.p_value(runs, found, CHANCE) == pytest.approx(oracle.pvalue, abs=1e-10)


def test_with_ties_the_p_value_is_the_share_of_all_relabellings() -> None:
    pooled = np.array([0.0, 0, 0, 1, 1, 2, 2, 2, 3])
    chosen = (0, 1, 3, 5)
    n = len(chosen)

    def distance(rows: tuple[int, ...]) -> float:
        mask = np.isin(np.arange(len(pooled)), rows)
        return max(abs((pooled[mask] <= x).mean() - (pooled[~mask] <= x).mean()) for x in pooled)

    everything = [distance(rows) for rows in combinations(range(len(pooled)), n)]
    expected = np.mean(np.array(everything) >= distance(chosen) - 1e-12)
    mask = np.isin(np.arange(len(pooled)), chosen)
    runs = runs_of(pooled[mask], pooled[~mask])
    assert ks.p_value(runs, scan(runs), CHANCE) == pytest.approx(expected, abs=1e-12)


def test_heavy_ties_do_not_make_the_large_sample_p_value_timid() -> None:
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(400):
        runs = runs_of((rng.random(2000) < 0.3) * 1.0, (rng.random(1500) < 0.3) * 1.0)
        rejected += ks.p_value(runs, scan(runs), CHANCE) <= 0.05
    assert 0.025 <= rejected / 400 <= 0.08


def test_a_certain_difference_has_a_tiny_p_value_even_with_ties() -> None:
    runs = runs_of(np.zeros(5000), np.ones(5000))
    assert ks.p_value(runs, scan(runs), CHANCE) < 1e-100
