"""Suggestions for column roles and the profile they rest on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from governance.data.profile import ColumnProfile, ValueCount, column_profile, profile
from governance.data.suggest import Suggestion, suggest
from governance.data.table import open_dataset
from governance.evidence.codec import decode, encode


def roles(found: tuple[Suggestion, ...], role: str) -> set[str]:
    return {item.column for item in found if item.role == role}


def test_a_profile_counts_what_is_there() -> None:
    found = column_profile("x", pd.Series([3.0, 1.0, None, 3.0, float("inf")]))
    assert found == ColumnProfile(
        "x", "integer", 5, 1, 3, 1.0, 3.0, "", "",
        (ValueCount("3", 2), ValueCount("1", 1), ValueCount("inf", 1)),
    )  # fmt: skip
    assert decode(ColumnProfile, encode(found)) == found


def test_dates_have_their_range() -> None:
    found = column_profile("day", pd.Series(pd.to_datetime(["2024-02-01", None, "2023-01-31"])))
    assert (found.kind, found.earliest, found.latest) == ("timestamp", "2023-01-31T00:00:00", "2024-02-01T00:00:00")


@pytest.mark.parametrize(
    ("file", "role", "expected"),
    [
        ("adult/adult", "target", {"income"}),
        ("adult/adult", "sensitive", {"age", "sex", "race", "native_country", "marital_status"}),
        ("adult/adult", "weight", {"fnlwgt"}),
        ("diabetes130/train", "identifier", {"encounter_id"}),
        ("diabetes130/train", "sensitive", {"age", "gender", "race"}),
        ("diabetes130/train", "target", {"readmitted"}),
        ("german_credit/german_credit", "target", {"class-label"}),
        ("german_credit/german_credit", "sensitive", {"age", "sex", "foreign-worker", "marital-status"}),
    ],
)
def test_real_tables_get_the_suggestions_that_a_person_would_make(
    shared: Path, file: str, role: str, expected: set[str]
) -> None:
    found = suggest(profile(open_dataset(shared / "data" / f"{file}.parquet")))
    assert roles(found, role) == expected
    assert all(item.reason.endswith((".", ":")) for item in found)


def test_a_constant_and_an_empty_column_are_suggested_for_nothing_else() -> None:
    found = suggest(
        (
            column_profile("sex", pd.Series(["f"] * 30)),
            column_profile("income", pd.Series([None] * 30, dtype="float64")),
        )
    )
    assert [(item.role, item.column) for item in found] == [("ignore", "sex"), ("ignore", "income")]


def test_the_last_column_is_the_target_when_no_name_says_so() -> None:
    found = suggest((column_profile("a", pd.Series(range(30))), column_profile("z", pd.Series([0, 1] * 15))))
    assert roles(found, "target") == {"z"}


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("hours_per_week", range(20, 60), None),
        ("day", range(1, 31), None),
        ("age_in_years", range(18, 70), None),
        ("year", [2015 + i % 6 for i in range(40)], "timestamp"),
        ("event_time", range(1_700_000_000, 1_700_000_040), "timestamp"),
        ("branch_code", [i % 5 * 11 for i in range(40)], "code"),
        ("nr", range(1, 41), "ignore"),
    ],
)
def test_values_decide_what_is_a_moment_a_code_or_a_number_of_the_row(
    name: str, values: range, role: str | None
) -> None:
    found = suggest((column_profile(name, pd.Series(list(values))), column_profile("z", pd.Series([0.5, 1.5] * 20))))
    mine = {item.role for item in found if item.column == name}
    assert (role in mine) if role else not mine & {"timestamp", "code"}
