"""Cohorts built from choices read as the same cohorts written by hand."""

from __future__ import annotations

import pytest

from governance.data import Asked, built, condition_text, parse
from governance.evidence import RefusedInputError


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((), ""),
        ((Asked("age", "is at least", (60.0,)),), "age >= 60"),
        ((Asked("age", "is above", (60.5,)), Asked("sex", "is one of", ("F",))), 'age > 60.5 and sex = "F"'),
        ((Asked("sex", "is one of", ("F", 'a "b"')),), 'sex in ("F", "a ""b""")'),
        ((Asked("sex", "is none of", ("F", "M")),), 'not (sex in ("F", "M"))'),
        ((Asked("and or", "is not missing"),), "`and or` is not missing"),
        ((Asked("open", "is one of", (True,)),), "open = true"),
        ((Asked("x", "is not", (1.0,)), Asked("x", "is missing")), "x != 1 and x is missing"),
    ],
)
def test_lines_become_the_filter_that_a_person_would_write(lines: tuple[Asked, ...], text: str) -> None:
    condition = built(lines)
    assert condition_text(condition) == text
    assert parse(text) == condition


def test_a_line_without_a_value_and_an_unknown_operator_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="'sex' is one of nothing: a value is expected"):
        built((Asked("sex", "is one of"),))
    with pytest.raises(RefusedInputError, match="No operator 'like'"):
        built((Asked("sex", "like", ("F",)),))
