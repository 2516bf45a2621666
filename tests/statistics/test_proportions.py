from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from governance.statistics.intervals import clopper_pearson
from governance.statistics.proportions import two_shares, unseen


def test_common_values_are_compared_by_pearsons_test() -> None:
    found = two_shares(30, 200, 60, 250)
    oracle = stats.chi2_contingency([[30, 170], [60, 190]], correction=False)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-10)


def test_rare_values_are_compared_by_fishers_mid_p() -> None:
    found = two_shares(0, 100, 3, 100)
    exact = stats.fisher_exact([[0, 100], [3, 97]]).pvalue
    point = stats.hypergeom.pmf(3, 200, 3, 100)
    assert found.p_value == pytest.approx(exact - point, rel=1e-9)


def test_nothing_missing_anywhere_is_no_difference() -> None:
    assert two_shares(0, 10, 0, 20).p_value == 1.0


@pytest.mark.parametrize(("count", "rows"), [(0, 10), (3, 10), (10, 10)])
def test_the_interval_of_a_share_is_scipys_exact_one(count: int, rows: int) -> None:
    oracle = stats.binomtest(count, rows).proportion_ci(method="exact")
    assert clopper_pearson(count, rows) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


def test_the_chance_of_unseen_levels_is_that_of_relabelling() -> None:
    rng = np.random.default_rng(8)
    reference, current = np.array([40, 3, 0, 0, 1, 0]), np.array([30, 1, 2, 1, 0, 1])
    rows, p_value = unseen(reference, current)
    drawn = rng.multivariate_hypergeometric(reference + current, int(current.sum()), size=20_000)
    new = np.where(reference + current - drawn == 0, drawn, 0).sum(axis=1)
    assert rows == 4
    assert p_value == pytest.approx((new > 4).mean() + (new == 4).mean() / 2, abs=0.03)


def test_a_new_level_with_many_rows_is_certain() -> None:
    assert unseen(np.array([500, 0]), np.array([400, 100])) == (100, pytest.approx(0.0, abs=1e-12))
