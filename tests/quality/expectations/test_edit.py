"""A table of expectations goes to a person and comes back, and no row is believed because a screen allowed it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from governance.evidence.errors import RefusedInputError
from governance.quality.expectation import Expectation
from governance.quality.expectations.edit import Row, from_rows, rows_of
from governance.quality.expectations.formats import read

COLUMNS = ("age", "sex", "seen")
FOREIGN = Expectation("foreign", "age", text="expect_column_mean_to_be_between", original='{"kwargs":{},"type":"x"}')
EVERY = (
    Expectation("column_exists", "gone"),
    Expectation("missing", "age", share=0.1),
    Expectation("range", "age", share=0.005, minimum=18.0, maximum=99.0),
    Expectation("values", "sex", values=("F", "M | other")),
    Expectation("type", "age", text="integer"),
    Expectation("unit_jump", "age", reference=41.5),
    Expectation("imbalance", minimum=0.05),
    Expectation("leakage", maximum=0.9),
    Expectation("rule", text="age >= 18", share=0.01),
    Expectation("freshness", "seen", text="2026-01-31"),
    FOREIGN,
)


def new(check: str, column: str = "", **said: object) -> Row:
    return replace(Row(None, check, column, 0.0, None, None, (), ""), **said)


def test_a_table_that_nobody_touched_gives_what_it_was_made_from() -> None:
    assert from_rows(rows_of(EVERY), EVERY, COLUMNS) == EVERY


@given(st.permutations(range(len(EVERY))))
def test_rows_written_again_by_hand_mean_the_same(order: list[int]) -> None:
    rows = [replace(row, entry=row.entry if row.check == "foreign" else None) for row in rows_of(EVERY)]
    assert set(from_rows([rows[index] for index in order], EVERY, COLUMNS)) == set(EVERY)


def test_a_changed_row_changes_one_expectation_alone() -> None:
    rows = list(rows_of(EVERY))
    rows[2] = replace(rows[2], maximum=70.0, percent=2.0)
    found = from_rows(rows, EVERY, COLUMNS)
    assert [old for old, now in zip(EVERY, found, strict=True) if old != now] == [EVERY[2]]
    assert found[2] == replace(EVERY[2], maximum=70.0, share=0.02)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (new("no_such_check", "age"), "No check"),
        (new("missing"), "names no column"),
        (new("missing", "zip"), "No column 'zip'"),
        (new("missing", "age", percent=float("nan")), "0 to 100"),
        (new("missing", "age", percent=101.0), "0 to 100"),
        (new("range", "age"), "no end"),
        (new("range", "age", minimum=2.0, maximum=1.0), "holds nothing"),
        (new("range", "age", minimum=float("nan")), "no end"),
        (new("values", "sex"), "No value"),
        (new("type", "age", text="money"), "kind of column"),
        (new("unit_jump", "age"), "median"),
        (new("leakage", maximum=0.0), "above 0"),
        (new("order", "age", maximum=0.1), "whole table"),
        (new("rule", text="zip = 3"), "'zip'"),
        (new("rule", text="age >="), "Row 1"),
        (new("freshness", "seen", text="yesterday"), "no moment"),
        (new("foreign", "age", text="anything"), "by hand"),
    ],
)
def test_a_row_that_means_nothing_is_named(row: Row, said: str) -> None:
    with pytest.raises(RefusedInputError, match=f"^Row 1.*{said}|{said}"):
        from_rows([row], EVERY, COLUMNS)


def test_the_same_thing_is_expected_once_and_something_is() -> None:
    with pytest.raises(RefusedInputError, match="again"):
        from_rows([new("missing", "age"), new("missing", "age", percent=1.0)], (), COLUMNS)
    with pytest.raises(RefusedInputError, match="Nothing is expected"):
        from_rows([new("")], (), COLUMNS)


PANDERA = {
    "schema_type": "dataframe", "api": "pandas", "unique": ["a", "c"],
    "columns": {
        "a": {"dtype": "int64", "unique": True, "greater_than_or_equal_to": 0, "less_than_or_equal_to": 9},
        "b": {"dtype": "float64", "nullable": True, "required": False, "greater_than": -1,
              "in_range": {"min_value": 0, "max_value": 1, "include_min": True, "include_max": True}},
        "c": {"dtype": "string[python]", "nullable": True, "isin": ["x", "y"], "str_matches": "^x"},
        "g": {"nullable": True, "greater_than_or_equal_to": {"min_value": 0, "raise_warning": True}},
    },
}  # fmt: skip
"""What `DataFrameSchema.to_json()` of pandera 0.35 wrote, without the columns that say nothing more."""


def test_a_pandera_schema_comes_in_without_the_library_and_nothing_is_lost() -> None:
    found = read(json.dumps(PANDERA)).expectations
    known = [item for item in found if item.check != "foreign"]
    assert known == [
        Expectation("column_exists", "a"),
        Expectation("missing", "a"),
        Expectation("unique_key", "a"),
        Expectation("type", "a", text="integer"),
        Expectation("range", "a", minimum=0.0, maximum=9.0),
        Expectation("type", "b", text="number"),
        Expectation("range", "b", minimum=0.0, maximum=1.0),
        Expectation("column_exists", "c"),
        Expectation("type", "c", text="text"),
        Expectation("values", "c", values=("x", "y")),
        Expectation("column_exists", "g"),
    ]
    assert [(item.column, item.text) for item in found if item.check == "foreign"] == [
        ("b", "pandera greater_than"),
        ("c", "pandera str_matches"),
        ("g", "pandera greater_than_or_equal_to"),
        ("", "pandera unique"),
    ]


def test_the_older_layout_of_pandera_is_read_as_well() -> None:
    listed = [{"value": [1, 2.5], "options": {"check_name": "isin", "raise_warning": False, "ignore_na": True}}]
    older = {"schema_type": "dataframe", "version": "0.26.1", "coerce": False, "columns": {
        "a": {"dtype": "int64", "nullable": True, "coerce": False, "checks": {"greater_than_or_equal_to": 3}},
        "b": {"dtype": "float64", "nullable": True, "required": False, "checks": listed}}}  # fmt: skip
    assert read(json.dumps(older)).expectations == (
        Expectation("column_exists", "a"),
        Expectation("type", "a", text="integer"),
        Expectation("range", "a", minimum=3.0),
        Expectation("type", "b", text="number"),
        Expectation("values", "b", values=("1", "2.5")),
    )


@pytest.mark.parametrize("text", ['{"columns": [], "rows": 3}', '{"expectations": 3}', "[roles]", "[[expectations]]"])
def test_a_file_of_something_else_is_refused_and_never_taken_for_expectations_that_are_kept(text: str) -> None:
    with pytest.raises(RefusedInputError):
        read(text)
