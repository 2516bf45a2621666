"""Labels are read value by value, not row by row, and come out as every row read by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.evidence.value_text import levels_of, text_of
from governance.subject.outcome import outcome
from governance.subject.schema import Schema

COLUMNS = {
    "numbers": pd.Series([1.0, 0.0, np.nan, 1.0, 2.5]),
    "whole numbers": pd.Series([3, 1, 3, 2]),
    "nullable numbers": pd.Series([1, None, 0, 1], dtype="Int64"),
    "truth values": pd.Series([True, False, True]),
    "nullable truth values": pd.Series([True, None, False], dtype="boolean"),
    "text": pd.Series(["yes", None, "no", "yes"], dtype="str"),
    "mixed": pd.Series([1, "1", None, "a"], dtype=object),
    "categories": pd.Series(pd.Categorical(["b", None, "a", "b"], categories=["a", "b", "never seen"])),
    "categories of numbers": pd.Series(pd.Categorical([2.0, 1.0, None, 2.0])),
    "nothing": pd.Series([np.nan, np.nan]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_levels_are_the_text_of_each_row(name: str) -> None:
    values = COLUMNS[name]
    codes, names = levels_of(values)
    assert [None if code < 0 else names[code] for code in codes] == text_of(values).astype(object).where(
        values.notna(), None
    ).tolist()
    assert set(names) == set(text_of(values).dropna())


def test_a_label_is_one_zero_or_missing() -> None:
    frame = pd.DataFrame({"y": pd.Categorical([">50K", None, "<=50K"]), "s": [0.9, 0.2, 0.1]})
    found = outcome(frame, Schema(target="y", positive=">50K", score="s"), None)
    np.testing.assert_array_equal(found.y_true, [1.0, np.nan, 0.0])
