"""One expectation held against the counts of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, assert_never

import numpy as np

from governance.quality.column_summary import ColumnSummary
from governance.quality.expectations import Expectation
from governance.quality.report import Check, CheckOutcome
from governance.quality.row_hash import MOST_ROWS, repeated
from governance.quality.summary import Plan, TableSummary

_NUMBERS: Final = {"integer", "number"}


def shown(share: float) -> str:
    """Return a share as a percentage that never rounds a positive share to nothing."""
    return f"{share:.1%}" if share >= 0.001 or share == 0 else "under 0.1%"


def held(item: Expectation, found: TableSummary, what: Plan) -> Check:
    """Return the check of one expectation that needs only counts; `governance.quality.hold` does the others."""
    if item.check == "duplicate_rows":
        return _duplicates(item, found, what)
    if item.check == "rule":
        return _rule(item, found)
    if item.check == "foreign":
        return not_run(item, f"{item.text} is an expectation of another tool that has no counterpart here.")
    column = found.columns.get(item.column)
    if column is None or (item.column not in found.columns):
        missing = f"The table has no column {item.column!r}."
        return _check(item, "failed", None, None, missing) if item.check == "column_exists" else not_run(item, missing)
    if not column.rows:
        return not_run(item, "The table has no rows.")
    return _of_column(item, column)


def not_run(item: Expectation, reason: str) -> Check:
    """Return the check as not run, with the reason."""
    return Check(item.check, item.column, "not_run", None, None, reason)


def _check(
    item: Expectation, outcome: CheckOutcome, value: float | None, threshold: float | None, reason: str, examples: tuple[str, ...] = ()
) -> Check:  # fmt: skip
    return Check(item.check, item.column, outcome, value, threshold, reason, tuple(text[:80] for text in examples[:5]))


def _share(item: Expectation, rows: int, of: int, words: str, examples: tuple[str, ...] = ()) -> Check:
    """Return the check that a share of rows is at most the tolerated one."""
    share = rows / of if of else 0.0
    outcome: CheckOutcome = "failed" if share > item.share else "passed"
    reason = f"{rows:,} of {of:,} rows ({shown(share)}) {words}; at most {shown(item.share)} may."
    return _check(item, outcome, share, item.share, reason, examples if outcome == "failed" else ())


def _of_column(item: Expectation, column: ColumnSummary) -> Check:  # noqa: PLR0911 - one line per kind of check
    match item.check:
        case "column_exists":
            return _check(item, "passed", None, None, "The column is there.")
        case "missing":
            return _share(item, column.missing, column.rows, "have no value")
        case "type" | "constant" | "freshness" | "unique_key":
            return _FACTS[item.check](item, column)
        case "empty_text" | "padded_text" | "broken_text" | "values":
            return _texts(item, column)
        case "infinite" | "range":
            return _numbers(item, column)
        case "sentinel":
            return _sentinel(item, column)
        case "unit_jump" | "imbalance" | "leakage" | "order" | "duplicate_rows" | "rule" | "foreign":
            return not_run(item, "This check is about the whole table.")
        case _:
            assert_never(item.check)


def _type(item: Expectation, column: ColumnSummary) -> Check:
    if column.missing == column.rows:
        return not_run(item, "The column has no value, so its kind cannot be told.")
    fits = column.kind == item.text or (item.text == "number" and column.kind == "integer")
    return _check(item, "passed" if fits else "failed", None, None, f"It holds {column.kind}; {item.text} is expected.")


def _constant(item: Expectation, column: ColumnSummary) -> Check:
    known = column.rows - column.missing
    if column.kind in _NUMBERS:
        one = column.low.value == -column.high.value
    elif column.kind == "timestamp":
        return not_run(item, "Moments are not counted one by one.")
    else:
        one = column.texts is not None and len(column.texts) == 1
    if not known:
        return _check(item, "failed", None, None, "The column has no value at all.")
    words = "Every row with a value has the same one." if one else "It has more than one value."
    return _check(item, "failed" if one else "passed", None, None, words)


def _freshness(item: Expectation, column: ColumnSummary) -> Check:
    if column.kind != "timestamp" or not column.latest:
        return not_run(item, f"The column holds {column.kind}, not moments in time.")
    fresh = column.latest >= item.text
    return _check(
        item, "passed" if fresh else "failed", None, None, f"The latest moment is {column.latest}; {item.text} or later is expected."
    )  # fmt: skip


def _unique(item: Expectation, column: ColumnSummary) -> Check:
    return _share(item, repeated(column.keys), column.rows, "repeat the identifier of an earlier row")


_FACTS: Final[dict[str, Callable[[Expectation, ColumnSummary], Check]]] = {
    "type": _type,
    "constant": _constant,
    "freshness": _freshness,
    "unique_key": _unique,
}


def _texts(item: Expectation, column: ColumnSummary) -> Check:
    numbers_too = item.check == "values" and column.kind in _NUMBERS
    if column.kind in _NUMBERS | {"timestamp"} and not numbers_too:
        return not_run(item, f"The column holds {column.kind}, not text.")
    rows = {"empty_text": column.empty, "padded_text": column.padded, "broken_text": column.broken}
    if item.check == "values":
        return _share(item, column.unlisted, column.rows, "hold a value that is not listed", _strange(item, column))
    words = {
        "empty_text": "hold text without a visible character",
        "padded_text": "hold text that starts or ends with a space",
        "broken_text": "hold text that was decoded wrongly",
    }
    return _share(item, rows[item.check], column.rows, words[item.check])


def _strange(item: Expectation, column: ColumnSummary) -> tuple[str, ...]:
    allowed = set(item.values)
    known: Mapping[str, int] = column.texts or {}
    return tuple(text for text, _ in sorted(known.items(), key=lambda pair: (-pair[1], pair[0])) if text not in allowed)


def _numbers(item: Expectation, column: ColumnSummary) -> Check:
    if column.kind not in _NUMBERS:
        return not_run(item, f"The column holds {column.kind}, not numbers.")
    if item.check == "infinite":
        return _share(item, column.infinite, column.rows, "hold an infinite number")
    if item.minimum is None and item.maximum is None:
        return not_run(item, "No range is stated.")
    low = "-" if item.minimum is None else f"{item.minimum:g}"
    high = "-" if item.maximum is None else f"{item.maximum:g}"
    seen = (f"{column.low.value:g}", f"{-column.high.value:g}") if np.isfinite(column.low.value) else ()
    return _share(item, column.outside, column.rows, f"lie outside {low} to {high}", seen)


def _sentinel(item: Expectation, column: ColumnSummary) -> Check:
    found: dict[str, int] = dict(column.words)
    if column.kind in _NUMBERS:
        low, high = column.low, column.high
        rest_low = low.second if low.rows and np.isfinite(low.second) else low.value
        rest_high = -high.second if high.rows and np.isfinite(high.second) else -high.value
        span = max(rest_high - rest_low, 1.0)
        if low.rows and low.second >= 0 > low.value and (low.value <= -9 or low.rows >= 0.005 * column.rows):
            found[f"{low.value:g}"] = low.rows
        if high.rows and np.isfinite(high.second) and -high.value - rest_high > max(span / 2, 1.0):
            found[f"{-high.value:g}"] = high.rows
    names = tuple(sorted(found, key=lambda name: (-found[name], name)))
    listed = ", ".join(repr(name[:40]) for name in names[:3])
    words = f"hold a code that usually means missing{f' ({listed})' if names else ''}"
    return _share(item, sum(found.values()), column.rows, words, names)


def _duplicates(item: Expectation, found: TableSummary, what: Plan) -> Check:
    if not what.duplicates:
        return not_run(item, f"The table has more than {MOST_ROWS:,} rows; duplicates are not looked for.")
    return _share(item, repeated(found.hashes), found.rows, "repeat an earlier row in every compared column")


def _rule(item: Expectation, found: TableSummary) -> Check:
    if item.text not in found.broken_rules:
        return not_run(item, f"The rule {item.text!r} names a column that the table does not have.")
    return _share(item, found.broken_rules[item.text], found.rows, f"break the rule {item.text!r}")
