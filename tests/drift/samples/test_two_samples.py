from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from governance.drift.samples.two_samples import runs_of, runs_of_counts

NUMBERS = st.lists(
    st.sampled_from([-1e300, -2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, 1e6, 1e300, np.nan, np.inf, -np.inf]), max_size=40
)


def floats(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@given(NUMBERS, NUMBERS)
def test_runs_count_values_at_or_below_each_distinct_value(left: list[float], right: list[float]) -> None:
    a, b = floats(left), floats(right)
    found = runs_of(a, b)
    usable = np.unique(np.concatenate([a, b])[np.isfinite(np.concatenate([a, b]))])
    assert found.value.tolist() == usable.tolist()
    assert found.reference.tolist() == [int((a[np.isfinite(a)] <= x).sum()) for x in usable]
    assert found.current.tolist() == [int((b[np.isfinite(b)] <= x).sum()) for x in usable]


@given(NUMBERS, NUMBERS, st.randoms())
def test_the_order_of_rows_does_not_matter(left: list[float], right: list[float], random) -> None:
    before = runs_of(floats(left), floats(right))
    random.shuffle(left)
    random.shuffle(right)
    after = runs_of(floats(left), floats(right))
    assert before.value.tobytes() == after.value.tobytes()
    assert before.reference.tolist() == after.reference.tolist()


def test_a_quantile_is_the_smallest_value_with_enough_of_the_sample_at_or_below() -> None:
    found = runs_of(np.arange(1.0, 11.0), np.array([5.0]))
    assert found.quantile(np.array([0.1, 0.5, 0.55, 1.0])).tolist() == [1.0, 5.0, 6.0, 10.0]


def test_bins_close_on_the_right() -> None:
    found = runs_of(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 2.5, 9.0]))
    reference, current = found.counts(np.array([1.0, 2.0]))
    assert reference.tolist() == [1, 1, 1]
    assert current.tolist() == [1, 1, 2]


def test_counted_values_give_the_same_runs() -> None:
    direct = runs_of(np.array([1.0, 1.0, 2.0]), np.array([2.0, 3.0]))
    counted = runs_of_counts(np.array([1.0, 2.0, 3.0]), np.array([2, 1, 0]), np.array([0, 1, 1]))
    assert direct.reference.tolist() == counted.reference.tolist()
    assert direct.current.tolist() == counted.current.tolist()


@pytest.mark.parametrize("points", [2, 5, 50])
def test_pooled_positions_end_at_the_largest_value(points: int) -> None:
    rng = np.random.default_rng(0)
    found = runs_of(rng.normal(size=300), rng.normal(size=200))
    at = found.pooled(points)
    assert len(at) <= points
    assert at[-1] == len(found.value) - 1
