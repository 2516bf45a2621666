"""What the background has seen, and what it has not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from governance.explain.methods.limits import strange
from governance.explain.results.report import Background, Strange
from governance.explain.selection.background import BackgroundRows

KNOWN = BackgroundRows(
    pd.DataFrame({
        "age": [20.0, 60.0, 40.0], "debt": [1.0, np.nan, 3.0], "job": pd.Categorical(["a", "b", "a"]), "code": ["1", "2", None],
    }),
    Background(3, 3, "0" * 64, "data"),
)  # fmt: skip


def rows(**columns: list[object]) -> pd.DataFrame:
    usual = {"age": 30.0, "debt": 2.0, "job": "a", "code": "1"}
    size = len(next(iter(columns.values())))
    return pd.DataFrame({name: columns.get(name, [value] * size) for name, value in usual.items()})


def test_numbers_are_outside_beyond_the_range_and_missing_only_where_none_was_missing_before() -> None:
    assert KNOWN.outside(rows(age=[19.9, 20.0, 60.0, 60.1, np.nan])).tolist() == [True, False, False, True, True]
    assert KNOWN.outside(rows(debt=[np.nan, 0.0])).tolist() == [False, True]


def test_words_are_outside_when_the_background_does_not_hold_them() -> None:
    assert KNOWN.outside(rows(job=["a", "c", None])).tolist() == [False, True, True]
    assert KNOWN.outside(rows(code=["2", None, "9"])).tolist() == [False, False, True]


def test_a_word_among_numbers_is_outside() -> None:
    assert KNOWN.outside(rows(age=["30", "old", None])).tolist() == [False, True, True]


def test_what_is_strange_about_a_row_is_said_in_words() -> None:
    found = strange(KNOWN, rows(age=[93.0], job=["c"]).iloc[:1])
    assert found == (Strange("age", "93", "20 to 60"), Strange("job", "c", "none of 2 categories"))
