from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from governance.drift.correction import adjusted, spent

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(deadline=None)
@given(P_VALUES)
def test_benjamini_hochberg_is_scipys(p_values: list[float]) -> None:
    oracle = stats.false_discovery_control(p_values, method="bh")
    assert adjusted(p_values, "bh") == pytest.approx(tuple(oracle), rel=1e-12)


def test_holm_is_the_worked_example() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.005], "holm") == pytest.approx((0.03, 0.06, 0.06, 0.02))


@settings(deadline=None)
@given(P_VALUES)
def test_holm_is_never_less_strict_than_benjamini_hochberg(p_values: list[float]) -> None:
    pairs = zip(adjusted(p_values, "holm"), adjusted(p_values, "bh"), p_values, strict=True)
    assert all(h >= b - 1e-12 and b >= p - 1e-12 for h, b, p in pairs)


def test_no_correction_changes_nothing_and_no_test_is_no_answer() -> None:
    assert adjusted([0.2, 0.1], "none") == (0.2, 0.1)
    assert adjusted([], "bh") == ()


def test_all_windows_for_ever_spend_no_more_than_alpha() -> None:
    assert np.sum([spent(0.05, t) for t in range(1, 10_000)]) <= 0.05
