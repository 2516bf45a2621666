"""Expectations as rows of a table that a person edits, and back: every row is checked, whatever the screen allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from governance.data import columns_of, parse
from governance.evidence import CountersignError, RefusedInputError, unknown_choice
from governance.quality import check_list
from governance.quality.check import QualityCheck
from governance.quality.expectation import Expectation
from governance.quality.judge import EXISTS

MOST: Final = 5_000
"""So many expectations at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One expectation as it stands in the table."""

    entry: int | None
    """Place of the expectation that it was made from, None for a new row."""
    check: str
    column: str
    percent: float
    """Share of rows that may break it, 0 to 100."""
    minimum: float | None
    maximum: float | None
    """The largest value; the strength from which leakage and order fail; for a change of unit the median before."""
    values: tuple[str, ...]
    text: str


def rows_of(expectations: Sequence[Expectation]) -> tuple[Row, ...]:
    """Return one row per expectation, in their order."""
    return tuple(
        Row(
            entry=index,
            check=item.check,
            column=item.column,
            percent=100 * item.share,
            minimum=item.minimum,
            maximum=item.reference if item.check == "unit_jump" else item.maximum,
            values=item.values,
            text=item.text,
        )
        for index, item in enumerate(expectations)
    )


def from_rows(rows: Iterable[Row], before: Sequence[Expectation], columns: Sequence[str]) -> tuple[Expectation, ...]:
    """Return the expectations of a table that a person edited; a row that was not touched gives what it was made from.

    Args:
        rows: the table; empty rows are left out.
        before: the expectations that it was made from.
        columns: names of the table's columns.

    Raises:
        RefusedInputError: a row means nothing, or says the same thing as another; the message names the row from 1.
    """
    found: dict[tuple[str, str, str], Expectation] = {}
    shown = rows_of(before)
    for number, row in enumerate(rows, 1):
        if not row.check:
            continue
        try:
            known = before[row.entry] if row.entry is not None and 0 <= row.entry < len(before) else None
            same = known is not None and row == shown[cast("int", row.entry)]
            item = known if same and known is not None else _expectation(row, known, columns)
        except CountersignError as error:
            raise RefusedInputError(f"Row {number}: {error.what}", error.advice) from error
        key = (item.check, item.column, _about(item))
        if key in found and item.check != "foreign":
            raise RefusedInputError(f"Row {number} expects {item.check} of {item.column!r} again.", "Keep one of them.")
        found[(*key[:2], f"{key[2]} {number}") if item.check == "foreign" else key] = item
    if not found:
        raise RefusedInputError("Nothing is expected.", "Keep at least one row.")
    if len(found) > MOST:
        raise RefusedInputError(f"{len(found):,} expectations; at most {MOST:,}.", "Delete some.")
    return tuple(found.values())


def _about(item: Expectation) -> str:
    """Return what tells two expectations of one check and column apart."""
    if item.check == "value_share":
        return ", ".join(item.values)
    return item.text if item.check in ("rule", "foreign", "column_order") else ""


def _expectation(row: Row, known: Expectation | None, columns: Sequence[str]) -> Expectation:
    check = check_list.named(row.check)
    if check.id == "foreign":
        if known is None or known.check != "foreign":
            raise RefusedInputError("An expectation of another tool cannot be written by hand.", "Import its file.")
        return known
    _check_column(check, row.column, columns)
    if not (math.isfinite(row.percent) and 0 <= row.percent <= 100):
        raise RefusedInputError(f"{row.percent} % of the rows may break it.", "Write 0 to 100.")
    share = round(row.percent / 100, 12) if check.shared else 0.0
    item = Expectation(check.id, row.column, share, text=row.text if check.written else "")
    in_between = item.check in ("value_share", "column_order")
    return _between(item, row, columns) if in_between else _with_figures(item, row, columns)


def _check_column(check: QualityCheck, column: str, columns: Sequence[str]) -> None:
    if check.whole:
        if column:
            raise RefusedInputError(
                f"{check.id} is about the whole table, not about {column!r}.", "Leave the column empty."
            )
        return
    if not column:
        raise RefusedInputError(f"{check.id} names no column.", "Choose one.")
    if check.id != EXISTS and column not in columns:
        raise unknown_choice("column", column, tuple(columns))


def _between(item: Expectation, row: Row, columns: Sequence[str]) -> Expectation:
    """Return an expectation of a share with its ends; one of them is enough.

    Raises:
        RefusedInputError: there is no end, not one value, or no second column.
    """
    if item.check == "value_share" and len(row.values) != 1:
        raise RefusedInputError(
            f"{len(row.values)} values are stated, expected one.", "State the value that is counted."
        )
    if item.check == "column_order" and item.text not in columns:
        raise unknown_choice("column", item.text, tuple(columns))
    low = None if row.minimum is None else _part(_finite(row.minimum), "smallest share")
    high = None if row.maximum is None else _part(_finite(row.maximum), "largest share")
    if low is None and high is None:
        raise RefusedInputError(f"{item.check} states no share.", "Write the smallest or the largest one.")
    return replace(item, minimum=low, maximum=high, values=row.values if item.check == "value_share" else ())


def _with_figures(item: Expectation, row: Row, columns: Sequence[str]) -> Expectation:
    """Return the expectation with what its kind needs.

    Raises:
        RefusedInputError: it lacks that, or it cannot be read.
    """
    match item.check:
        case "range":
            return _range(item, _finite(row.minimum), _finite(row.maximum))
        case "values":
            if not row.values:
                raise RefusedInputError("No value is allowed.", "List the known values.")
            return replace(item, values=tuple(dict.fromkeys(row.values)))
        case "imbalance":
            return replace(item, minimum=_part(_finite(row.minimum), "smallest share of a label"))
        case "leakage" | "order":
            return replace(item, maximum=_part(_finite(row.maximum), "strength"))
        case "unit_jump":
            median = _finite(row.maximum)
            if not median:
                raise RefusedInputError("The median before is not known, or 0.", "Write it as the largest value.")
            return replace(item, reference=median)
        case "rule":
            _check_rule(item.text, columns)
        case "freshness":
            _check_moment(item.text)
    return item


def _range(item: Expectation, low: float | None, high: float | None) -> Expectation:
    if low is None and high is None:
        raise RefusedInputError("A range has no end.", "Write a smallest or a largest value.")
    if low is not None and high is not None and low > high:
        raise RefusedInputError(f"A range from {low:g} to {high:g} holds nothing.", "Swap the ends.")
    return replace(item, minimum=low, maximum=high)


def _check_rule(text: str, columns: Sequence[str]) -> None:
    condition = parse(text)
    strange = [name for name in columns_of(condition) if name not in columns] if condition else [""]
    if strange:
        raise RefusedInputError(f"The rule names {strange[0]!r}.", 'Write one such as: age >= 18 or sex = "F".')


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _part(value: float | None, what: str) -> float:
    if value is None or not 0 < value <= 1:
        raise RefusedInputError(f"The {what} is {value}.", "Write a number above 0 and at most 1.")
    return value


def _check_moment(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusedInputError(f"{text!r} is no moment.", "Write 2026-01-31 or 2026-01-31T12:00:00.") from error
