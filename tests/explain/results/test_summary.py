"""Views of stored attributions need no model: sums of chunks are sums of all, cohorts are cut out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from governance.explain.results.summary import Sums, features, importance_of, sample, shade

VALUES = np.random.default_rng(0).normal(size=(50, 3))


def table() -> pa.Table:
    columns = {name: VALUES[:, at].astype(np.float32) for at, name in enumerate("abc")}
    return pa.table(
        {**columns, "base_value": np.zeros(50, np.float32), "model_output": VALUES.sum(axis=1).astype(np.float32)}
    )


def test_sums_of_chunks_are_the_sums_of_all() -> None:
    whole = Sums.of(VALUES).importance(("a", "b", "c"))
    parts = (Sums.of(VALUES[:20]) + Sums.of(VALUES[20:])).importance(("a", "b", "c"))
    for one, other in zip(whole, parts, strict=True):
        assert one.feature == other.feature
        assert one.mean_abs == pytest.approx(other.mean_abs, abs=1e-12)
        assert one.high == pytest.approx(other.high, abs=1e-12)


def test_the_interval_is_that_of_a_mean() -> None:
    found = next(item for item in Sums.of(VALUES).importance(("a", "b", "c")) if item.feature == "b")
    absolute = np.abs(VALUES[:, 1])
    half = 1.959964 * absolute.std(ddof=1) / np.sqrt(50)
    assert (found.low, found.high) == pytest.approx((absolute.mean() - half, absolute.mean() + half), abs=1e-6)


def test_a_cohort_is_cut_out_of_the_stored_table() -> None:
    rows = np.array([3, 7, 11])
    found = {item.feature: item.mean_abs for item in importance_of(table(), rows)}
    assert found["a"] == pytest.approx(np.abs(VALUES[rows, 0]).mean(), abs=1e-6)
    assert features(table()) == ("a", "b", "c")


def test_rows_without_values_are_left_out() -> None:
    column = pa.array([1.0, None, 3.0], pa.float32())
    found = importance_of(pa.table({"a": column, "base_value": column, "model_output": column}))
    assert found[0].mean_abs == 2
    assert importance_of(pa.table({"a": column, "base_value": column, "model_output": column}), np.array([1])) == ()


def test_numbers_have_a_standing_and_words_have_none() -> None:
    assert shade(pd.Series([10.0, 30.0, np.nan, 20.0])).tolist() == pytest.approx([1 / 3, 1, -1, 2 / 3])
    assert shade(pd.Series(["x", "y"])).tolist() == [-1, -1]


def test_a_sample_is_spread_evenly_and_always_the_same() -> None:
    assert sample(100, 5).tolist() == [0, 24, 49, 74, 99]
    assert sample(3, 5).tolist() == [0, 1, 2]
    assert sample(0, 5).tolist() == []
