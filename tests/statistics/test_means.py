"""Student's interval of a mean, plain and weighted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from governance.statistics.means import mean_of, student_interval

VALUES = st.lists(st.integers(-50, 50), min_size=2, max_size=40)


@given(VALUES)
def test_it_is_scipys(values: list[int]) -> None:
    rows = np.array(values, dtype=np.float64)
    oracle = stats.ttest_1samp(rows, 0.0).confidence_interval(0.9) if rows.var() > 0 else (rows.mean(), rows.mean())
    assert mean_of(rows).interval(0.9) == pytest.approx(tuple(oracle), abs=1e-9)


@given(VALUES)
def test_equal_weights_change_nothing_and_the_lower_end_stops_where_values_stop(values: list[int]) -> None:
    rows = np.abs(np.array(values, dtype=np.float64))
    plain, weighted = mean_of(rows), mean_of(rows, np.full(len(rows), 3.0))
    assert weighted.interval() == pytest.approx(plain.interval(), abs=1e-9)
    assert plain.interval(least=0.0) == pytest.approx((max(plain.interval()[0], 0.0), plain.interval()[1]))


def test_a_weighted_mean_by_hand() -> None:
    """Values 0 and 3 with weights 2 and 1: mean 1, variance (2 x 1 + 1 x 4) / 3 = 2, effective rows 9 / 5."""
    mean = mean_of(np.array([0.0, 3.0]), np.array([2.0, 1.0]))
    assert (mean.value, mean.variance, mean.effective) == pytest.approx((1.0, 2.0, 1.8))
    half = stats.t.ppf(0.975, 0.8) * np.sqrt(2 / 0.8)
    assert mean.interval() == pytest.approx((1 - half, 1 + half))


def test_one_effective_row_has_no_interval() -> None:
    assert mean_of(np.array([2.0])).interval() is None
    assert mean_of(np.array([2.0, 5.0]), np.array([1.0, 0.0])).interval() is None
    assert np.isnan(student_interval([2.0, 1.0], 1.0, [1.0, 0.0])[0]).all()


def test_the_gap_between_student_and_normal_is_what_the_docstring_says() -> None:
    covered = [1 - 2 * stats.t.sf(stats.norm.ppf(0.975), rows - 1) for rows in (5, 10, 30)]
    assert covered == pytest.approx([0.88, 0.92, 0.94], abs=0.005)
