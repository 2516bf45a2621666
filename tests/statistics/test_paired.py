"""The interval of a change between two answers about the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from governance.statistics.paired import mcnemar, paired_change


def squared_score(change: float, lost: int, gained: int, n: int) -> float:
    """Return the score statistic with the nuisance share found by maximising the likelihood, not by a formula."""

    def minus_log_likelihood(share: float) -> float:
        cells = ((lost, share), (gained, share + change), (n - lost - gained, 1 - 2 * share - change))
        return -sum(rows * np.log(max(p, 1e-300)) for rows, p in cells if rows)

    bounds = (max(0.0, -change), (1 - change) / 2)
    share = minimize_scalar(minus_log_likelihood, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
    return float((gained - lost - n * change) ** 2 / (n * (2 * share + change - change**2)))


@pytest.mark.parametrize(("lost", "gained", "n"), [(12, 2, 50), (3, 0, 100), (40, 5, 1000), (0, 7, 60)])
def test_both_ends_are_where_the_score_statistic_reaches_its_quantile(lost: int, gained: int, n: int) -> None:
    for end in paired_change(lost, gained, n):
        assert squared_score(float(end), lost, gained, n) == pytest.approx(1.959964**2, rel=1e-4)


def test_no_changed_row_leaves_an_interval_with_width() -> None:
    low, high = paired_change(0, 0, 40)
    assert float(high) == -float(low)  # nothing tells the two directions apart
    assert float(high) == pytest.approx(
        1.959964**2 / (40 + 1.959964**2), abs=1e-8
    )  # worked by hand: n d / (1 - d) = z^2


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 200))
def test_the_change_lies_inside_and_a_swap_mirrors_the_interval(lost: int, gained: int, more: int) -> None:
    n = lost + gained + more
    low, high = paired_change(lost, gained, n)
    assert low <= (gained - lost) / n <= high
    other_low, other_high = paired_change(gained, lost, n)
    assert (-float(high), -float(low)) == pytest.approx((float(other_low), float(other_high)), abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_exact_test_of_a_change_is_that_of_a_fair_coin(lost: int, gained: int) -> None:
    expected = binomtest(lost, lost + gained).pvalue if lost + gained else 1.0
    assert mcnemar(lost, gained) == pytest.approx(expected, rel=1e-9)
