"""Suggestions for the roles of columns, each with its reason; a person confirms or drops every one.

Names, counts and the range of values are looked at; that a column holds moments is told by its
values. Which value of the label is positive, and whether being selected is good for the person,
is never suggested: the words of a label do not say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from governance.data.profile import ColumnProfile

Role = Literal[
    "target", "sensitive", "control", "identifier", "timestamp", "weight", "score", "prediction", "ignore", "code"
]

_TARGET: Final = {
    "target",
    "label",
    "class",
    "y",
    "outcome",
    "income",
    "readmitted",
    "default",
    "defaulted",
    "approved",
    "hired",
}
_SENSITIVE: Final = {
    "sex": "sex", "gender": "sex", "race": "race or ethnicity", "ethnicity": "race or ethnicity",
    "ethnic": "race or ethnicity", "age": "age", "birth": "age", "dob": "age", "religion": "religion",
    "nationality": "national origin", "citizenship": "national origin", "foreign": "national origin",
    "native": "national origin", "country": "national origin", "disability": "disability", "disabled": "disability",
    "pregnant": "pregnancy", "orientation": "sexual orientation", "marital": "marital status", "veteran": "veteran status",
}  # fmt: skip
_PROXY: Final = {"zip", "zipcode", "postcode", "postal", "neighbourhood", "neighborhood", "district", "surname"}
_IDENTIFIER: Final = {"id", "nbr", "uuid", "guid", "key", "number", "no", "index", "ssn"}
_TIME: Final = {"date", "time", "timestamp", "datetime", "month", "year", "week", "day"}
_CODE: Final = {
    "code",
    "id",
    "type",
    "category",
    "branch",
    "region",
    "zip",
    "postcode",
    "sector",
    "class",
    "kind",
    "group",
}
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_SECONDS: Final = (3.0e8, 4.2e9)
"""Seconds since 1970 of the years 1979 and 2103."""
_WEIGHT: Final = {"weight", "weights", "fnlwgt", "wgt"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A role that a column may have."""

    role: Role
    column: str
    reason: str
    """Why, in words for a person who decides."""


def suggest(profiles: tuple[ColumnProfile, ...]) -> tuple[Suggestion, ...]:
    """Return what the roles of columns may be, likeliest first within a role; a column may be suggested for several."""
    found = [item for column in profiles for item in _of_column(column, is_last=column is profiles[-1])]
    if not any(item.role == "target" for item in found) and profiles and 2 <= profiles[-1].distinct <= 10:
        last = profiles[-1]
        found.append(Suggestion("target", last.name, f"The last column, with {last.distinct} different values."))
    return tuple(found)


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)}


def _of_column(column: ColumnProfile, *, is_last: bool) -> Iterator[Suggestion]:
    words = _words(column.name)
    known = column.rows - column.missing
    if column.distinct <= 1:
        what = "no value at all" if not known else f"one value only ({column.top[0].value!r})"
        yield Suggestion("ignore", column.name, f"It has {what}, so it says nothing about anybody.")
        return
    yield from _target(column, words, is_last=is_last)
    for word in sorted(words & set(_SENSITIVE)):
        yield Suggestion("sensitive", column.name, f"The name speaks of {_SENSITIVE[word]}.")
        break
    for word in sorted(words & _PROXY):
        yield Suggestion("sensitive", column.name, f"{word!r} often stands in for race or ethnicity: consider it.")
    yield from _bookkeeping(column, words, known)


def _target(column: ColumnProfile, words: set[str], *, is_last: bool) -> Iterator[Suggestion]:
    if words & _TARGET and column.distinct <= 50:
        place = " and it is the last column" if is_last else ""
        yield Suggestion("target", column.name, f"The name says so{place}; it has {column.distinct} different values.")


def _bookkeeping(column: ColumnProfile, words: set[str], known: int) -> Iterator[Suggestion]:
    whole = column.kind in {"integer", "text"}
    if whole and known >= 20 and column.distinct == known and not column.missing:
        yield Suggestion("identifier", column.name, f"Every one of the {known:,} rows has a different value.")
    elif words & (_IDENTIFIER - {"number", "no"}) and whole and column.distinct > known / 2 > 10:
        yield Suggestion(
            "identifier",
            column.name,
            f"The name says so; {known - column.distinct:,} of {known:,} rows repeat a value.",
        )
    span = _moments(column, words)
    if span:
        yield Suggestion("timestamp", column.name, f"It holds moments in time: {span}.")
    yield from _numbering(column, known)
    if _is_code(column, words, known):
        yield Suggestion(
            "code", column.name, f"The name says that its {column.distinct} whole numbers are names, not quantities: it would be "
            "compared value by value.",
        )  # fmt: skip
    if words & _WEIGHT and column.kind in {"integer", "number"} and (column.minimum or 0) >= 0:
        yield Suggestion(
            "weight", column.name, "The name says so. Make sure that it counts people, not their body weight."
        )
    if column.kind == "number" and words & {"score", "probability", "prob", "proba"}:
        yield Suggestion(
            "score", column.name, f"The name says so; values from {column.minimum:g} to {column.maximum:g}."
        )
    if words & {"prediction", "predicted", "pred", "decision"}:
        yield Suggestion("prediction", column.name, f"The name says so; it has {column.distinct} different values.")


def _moments(column: ColumnProfile, words: set[str]) -> str:
    """Return in words which moments a column holds, "" for none; the values decide, and a name alone never does."""
    if column.earliest:
        return f"from {column.earliest} to {column.latest}"
    if column.kind != "integer" or column.minimum is None or column.maximum is None or column.distinct < 2:
        return ""
    low, high = column.minimum, column.maximum
    if words & {"year", "date"} and low >= _FIRST_YEAR and high <= _LAST_YEAR:
        return f"years from {low:.0f} to {high:.0f}"
    if words & _TIME and any(
        _SECONDS[0] * unit <= low and high <= _SECONDS[1] * unit for unit in (1, 1_000, 1_000_000)
    ):
        return "seconds (or parts of them) since 1970"
    if words & _TIME and low >= 19_000_101 and high <= 21_001_231:
        return f"days written as numbers, from {low:.0f} to {high:.0f}"
    return ""


def _numbering(column: ColumnProfile, known: int) -> Iterator[Suggestion]:
    """Suggest to ignore what only numbers the rows: each whole number from 0 or 1 on, once."""
    whole = column.kind == "integer" and known >= 20 and column.distinct == known and not column.missing
    if whole and column.minimum in (0, 1) and column.maximum == column.minimum + known - 1:
        yield Suggestion(
            "ignore",
            column.name,
            f"It numbers the {known:,} rows from {column.minimum:.0f} on and says nothing about them.",
        )


def _is_code(column: ColumnProfile, words: set[str], known: int) -> bool:
    """Return whether a column of few different whole numbers is named like a code."""
    few = 3 <= column.distinct <= min(1_000, known / 2)
    return column.kind == "integer" and few and bool(words & _CODE)
