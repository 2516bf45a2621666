"""The same values in two windows that two programs wrote: one type before anything is compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.drift.samples.ecdf import scan
from governance.drift.samples.pairs import CategoryPair, NumericPair, pair_of
from governance.drift.samples.reconcile import reconciled
from governance.drift.samples.row_numbers import row_numbers
from governance.drift.samples.two_samples import runs_of

BITS = [0, 1, 1, 0, 1, 0]


@pytest.mark.parametrize(
    "other",
    [
        pd.Series(BITS), pd.Series(BITS, dtype="float64"), pd.Series([str(bit) for bit in BITS]),
        pd.Series(["False", "True", "TRUE", "false", "true ", "False"]), pd.Series([*BITS[:-1], None], dtype="float64"),
    ],
)  # fmt: skip
def test_true_and_one_are_one_coding(other: pd.Series) -> None:
    pair = pair_of(pd.Series(BITS, dtype=bool), other)
    assert isinstance(pair, CategoryPair)
    assert pair.levels == ("False", "True")
    assert pair.current_count.sum() == other.notna().sum()
    assert "one coding" in pair.note


def test_true_beside_other_numbers_counts_as_one() -> None:
    pair = pair_of(pd.Series(BITS, dtype=bool), pd.Series([0, 1, 2]))
    assert isinstance(pair, NumericPair)
    assert pair.runs.value.tolist() == [0, 1, 2]


def test_text_numbers_are_compared_with_numbers_as_numbers() -> None:
    text = pd.Series([*map(str, range(60)), "?"])
    pair = pair_of(text, pd.Series(np.arange(60.0)))
    assert isinstance(pair, NumericPair)
    assert (pair.runs.n, pair.runs.m, pair.reference.missing) == (60, 60, 1)
    assert "1 text(s) that are no number" in pair.note
    assert np.array_equal(pair.runs.reference, pair.runs.current)


def test_five_and_five_point_zero_are_one_value_and_leading_zeros_are_not() -> None:
    assert isinstance(pair_of(pd.Series(["5", "6"]), pd.Series(["5.0", "6.0"])), NumericPair)
    codes = pair_of(pd.Series(["05", "06"]), pd.Series([5, 6]))
    assert isinstance(codes, CategoryPair)
    assert "compared as text" in codes.note


@pytest.mark.parametrize("kept", [np.float32, np.float64])
def test_a_tie_of_32_bits_meets_the_same_tie_of_64_bits(kept: type) -> None:
    tenths = np.repeat(np.arange(1, 7) / 10, 50)
    single = pd.Series(tenths.astype(np.float32).astype(kept))
    pair = pair_of(single, pd.Series(tenths))
    assert isinstance(pair, NumericPair)
    assert len(pair.runs.value) == 6
    assert np.array_equal(pair.runs.reference, pair.runs.current)


def test_a_tie_of_16_bits_meets_the_same_tie_of_32_and_of_64_bits() -> None:
    tenths = np.repeat(np.arange(1, 7) / 10, 50)
    half = pd.Series(tenths.astype(np.float16).astype(np.float32))
    for other in (pd.Series(tenths), pd.Series(tenths.astype(np.float32))):
        pair = pair_of(half, other)
        assert isinstance(pair, NumericPair)
        assert np.array_equal(pair.runs.reference, pair.runs.current)
        assert "16 bits" in pair.note


def test_a_range_that_16_bits_do_not_have_stays_as_it_is() -> None:
    half = pd.Series(np.array([0.1, 5000.0], np.float16).astype(np.float32))
    assert not reconciled(half, pd.Series([0.1, 5001.0])).note


def test_long_whole_numbers_are_not_rounded_to_32_bits() -> None:
    left, right = pd.Series([0.1, 123456789.0], dtype="float32").astype("float64"), pd.Series([0.1, 123456789.0])
    assert not reconciled(left, right).note


def test_moments_and_their_text_are_one() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"]))
    found = reconciled(days, pd.Series(["2024-01-02", None]))
    assert found.current.tolist()[0] == pd.Timestamp("2024-01-02")
    assert found.current.isna().tolist() == [False, True]


def test_edges_do_not_sit_on_ties() -> None:
    tenths = np.repeat(np.arange(1, 7) / 10, 50)
    found = scan(runs_of(tenths, tenths + 1e-9))
    assert np.array_equal(found.reference_bins, found.current_bins)


def test_edges_stay_order_statistics_where_each_value_is_there_once() -> None:
    values = np.arange(1.0, 101.0)
    assert scan(runs_of(values, values)).edges.tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_what_numbers_the_rows_is_recognised_by_values_or_name() -> None:
    rng = np.random.default_rng(0)
    one = pd.DataFrame({"nr": range(30), "Unnamed: 0": rng.permutation(30), "age": rng.permutation(30), "x": 1})
    two = pd.DataFrame({"nr": range(30, 60), "Unnamed: 0": rng.permutation(30), "age": rng.permutation(30), "x": 1})
    assert set(row_numbers(one, two, list(one.columns))) == {"nr", "Unnamed: 0"}
