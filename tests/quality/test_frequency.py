"""Checks for errors that stay inside every range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.quality import expectation as expected
from governance.quality.checks import run
from governance.quality.expectation import Expectation, Expectations
from governance.quality.expectations import edit, formats
from governance.quality.report import Check, QualityReport
from governance.quality.spec import QualityParameters
from governance.subject.schema import Schema
from governance.subject.subject import Subject

TABLE = pd.DataFrame({"a": [0.0, 0.0, 5.0, np.nan], "b": [1.0, 2.0, 3.0, 4.0], "word": ["x", "y", "x", "x"]})


def checked(item: Expectation) -> Check:
    parameters = QualityParameters(expectations=Expectations(expectations=(item,)))
    found = run(Subject(InMemory(TABLE, Schema())), parameters, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, QualityReport)
    return next(check for check in found.checks if check.check == item.check)


@pytest.mark.parametrize(
    ("item", "outcome", "value"),
    [
        (Expectation("value_share", "a", values=("0",), maximum=0.4), "failed", 0.5),
        (Expectation("value_share", "a", values=("0",), maximum=0.6), "passed", 0.5),
        (Expectation("value_share", "word", values=("x",), minimum=0.8), "failed", 0.75),
        (Expectation("value_share", "word", values=("z",), maximum=0.1), "passed", 0.0),
        (Expectation("column_order", "a", text="b", maximum=0.2), "failed", 1 / 3),  # of the three rows with both, one
        (Expectation("column_order", "a", text="b", maximum=0.4), "passed", 1 / 3),
        (Expectation("column_order", "b", text="a", minimum=0.9), "failed", 2 / 3),
        (Expectation("column_order", "a", text="word", maximum=0.4), "not_run", None),
        (Expectation("column_order", "a", text="c", maximum=0.4), "not_run", None),
        (Expectation("value_share", "a", values=("0",)), "not_run", None),
        (Expectation("value_share", "a", maximum=0.1), "not_run", None),
    ],
)
def test_a_share_is_counted_and_held_against_its_ends(item: Expectation, outcome: str, value: float | None) -> None:
    found = checked(item)
    assert (found.outcome, found.value) == (outcome, value if value is None else pytest.approx(value))


def test_both_can_be_written_in_a_file_and_in_the_editor() -> None:
    share = Expectation("value_share", "a", values=("0",), maximum=0.4)
    order = Expectation("column_order", "a", text="b", minimum=0.1, maximum=0.4)
    stated = Expectations(expectations=(share, order))
    assert formats.read(expected.to_toml(stated)).expectations == stated.expectations
    rows = edit.rows_of(stated.expectations)
    assert edit.from_rows(rows, stated.expectations, ("a", "b")) == stated.expectations
    by_hand = (
        edit.Row(None, "value_share", "a", 0.0, None, 0.4, ("0",), ""),
        edit.Row(None, "column_order", "a", 0.0, 0.1, 0.4, (), "b"),
    )
    assert edit.from_rows(by_hand, (), ("a", "b")) == stated.expectations


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (edit.Row(None, "value_share", "a", 0.0, None, 0.4, (), ""), "0 values are stated, expected one"),
        (edit.Row(None, "value_share", "a", 0.0, None, None, ("0",), ""), "states no share"),
        (edit.Row(None, "column_order", "a", 0.0, None, 0.4, (), "c"), "No column 'c'"),
        (edit.Row(None, "column_order", "a", 0.0, None, 4.0, (), "b"), "largest share"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(row: edit.Row, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        edit.from_rows((row,), (), ("a", "b"))
