"""What a column holds, against pandas' own counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from governance.data.profile import column_profile

NUMBERS = st.lists(
    st.one_of(st.none(), st.sampled_from([-2.0, -0.0, 0.0, 1.5, 3.0, 10.0, float("inf")]), st.floats(-9, 9))
)
TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "10", "9", "é"]), st.text(max_size=3)))


def by_pandas(values: pd.Series) -> list[tuple[object, int]]:
    """Return every value and its rows, the most frequent first, ties in order of the value."""
    counts = values.value_counts()
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


@given(NUMBERS)
def test_numbers_are_counted_as_pandas_counts_them(given_values: list[float | None]) -> None:
    values = pd.Series(given_values, dtype="float64")
    found, expected = column_profile("x", values), by_pandas(values)
    assert [(float(item.value), item.rows) for item in found.top] == [
        (pytest.approx(float(value), abs=1e-9), rows) for value, rows in expected[:10]
    ]
    assert (found.distinct, found.missing, found.rows) == (len(expected), int(values.isna().sum()), len(values))
    finite = [value for value, _ in expected if np.isfinite(value)]
    assert (found.minimum, found.maximum) == ((min(finite), max(finite)) if finite else (None, None))


@given(TEXTS)
def test_texts_are_counted_as_pandas_counts_them(given_values: list[str | None]) -> None:
    values = pd.Series(given_values, dtype="object").astype("category")
    found, expected = column_profile("x", values), by_pandas(values.astype("object"))
    assert [(item.value, item.rows) for item in found.top] == expected[:10]
    assert (found.distinct, found.missing) == (len(expected), int(values.isna().sum()))


def test_a_column_of_which_every_value_differs_shows_its_ten_smallest_and_sorts_no_texts() -> None:
    values = pd.Series(np.random.default_rng(1).permutation(200_000).astype(np.float64))
    found = column_profile("x", values)
    assert [item.value for item in found.top] == [str(number) for number in range(10)]
    assert found.distinct == 200_000
