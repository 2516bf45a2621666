"""One expectation held against the counts of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.quality.chance import by_chance
from governance.quality.check import QualityCheck
from governance.quality.report import Check, CheckOutcome
from governance.quality.row_hash import MOST_ROWS, repeated

if TYPE_CHECKING:
    from governance.quality.column_summary import ColumnSummary
    from governance.quality.expectation import Expectation
    from governance.quality.summary import Plan, TableSummary
    from governance.subject import Schema

EXISTS: Final = "column_exists"
"""The only check that a column which is not there fails; the others cannot be run."""

_NUMBERS: Final = {"integer", "number"}


def shown(share: float) -> str:
    """Return a share as a percentage that never rounds a positive share to nothing."""
    return f"{share:.1%}" if share >= 0.001 or share == 0 else "under 0.1%"


def held(check: QualityCheck, item: Expectation, found: TableSummary, what: Plan) -> Check:
    """Return the check of one expectation that needs only counts; `governance.quality.hold` does the others."""
    if check.of_table is not None:
        return check.of_table(item, found, what)
    column = found.columns.get(item.column)
    if column is None:
        missing = f"The table has no column {item.column!r}."
        return _check(item, "failed", None, None, missing) if check.id == EXISTS else not_run(item, missing)
    if not column.rows:
        unread = f"Column {item.column!r} is ignored, as the schema says, and was not read."
        return not_run(item, unread if found.rows else "The table has no rows.")
    if check.of_column is None:
        return not_run(item, "This check is about the whole table.")
    return check.of_column(item, column)


def not_run(item: Expectation, reason: str) -> Check:
    """Return the check as not run, with the reason."""
    return Check(check=item.check, column=item.column, outcome="not_run", value=None, threshold=None, reason=reason)


def _check(
    item: Expectation, outcome: CheckOutcome, value: float | None, threshold: float | None, reason: str, examples: tuple[str, ...] = ()
) -> Check:  # fmt: skip
    return Check(
        check=item.check,
        column=item.column,
        outcome=outcome,
        value=value,
        threshold=threshold,
        reason=reason,
        examples=tuple(text[:80] for text in examples[:5]),
    )


def _share(item: Expectation, rows: int, of: int, words: str, examples: tuple[str, ...] = ()) -> Check:
    """Return the check that a share of rows is at most the tolerated one."""
    share = rows / of if of else 0.0
    outcome: CheckOutcome = "failed" if share > item.share else "passed"
    reason = f"{rows:,} of {of:,} rows ({shown(share)}) {words}; at most {shown(item.share)} may."
    return _check(
        item,
        outcome,
        value=share,
        threshold=item.share,
        reason=reason,
        examples=examples if outcome == "failed" else (),
    )


def _exists(item: Expectation, _: ColumnSummary) -> Check:
    return _check(item, "passed", None, None, "The column is there.")


def _missing(item: Expectation, column: ColumnSummary) -> Check:
    return _share(item, column.missing, column.rows, "have no value")


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


def _no_text(item: Expectation, column: ColumnSummary) -> Check | None:
    """Return that a check of texts cannot be run on a column of numbers or moments, None where it can."""
    if column.kind in _NUMBERS | {"timestamp"}:
        return not_run(item, f"The column holds {column.kind}, not text.")
    return None


def _empty(item: Expectation, column: ColumnSummary) -> Check:
    words = "hold text without a visible character"
    return _no_text(item, column) or _share(item, column.empty, column.rows, words)


def _padded(item: Expectation, column: ColumnSummary) -> Check:
    words = "hold text that starts or ends with a space"
    return _no_text(item, column) or _share(item, column.padded, column.rows, words)


def _broken(item: Expectation, column: ColumnSummary) -> Check:
    words = "hold text that was decoded wrongly"
    return _no_text(item, column) or _share(item, column.broken, column.rows, words)


def _values(item: Expectation, column: ColumnSummary) -> Check:
    if column.kind == "timestamp":
        return not_run(item, f"The column holds {column.kind}, not text.")
    return _share(item, column.unlisted, column.rows, "hold a value that is not listed", _strange(item, column))


def _strange(item: Expectation, column: ColumnSummary) -> tuple[str, ...]:
    allowed = set(item.values)
    known: Mapping[str, int] = column.texts or {}
    return tuple(text for text, _ in sorted(known.items(), key=lambda pair: (-pair[1], pair[0])) if text not in allowed)


def _infinite(item: Expectation, column: ColumnSummary) -> Check:
    if column.kind not in _NUMBERS:
        return not_run(item, f"The column holds {column.kind}, not numbers.")
    return _share(item, column.infinite, column.rows, "hold an infinite number")


def _range(item: Expectation, column: ColumnSummary) -> Check:
    if column.kind not in _NUMBERS:
        return not_run(item, f"The column holds {column.kind}, not numbers.")
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
    seen = repeated(found.hashes)
    judged = _share(item, seen, found.rows, "repeat an earlier row in every compared column")
    if judged.outcome != "failed" or judged.threshold is None:
        return judged
    chance = by_chance(found.sampled(), what.identifier, found.rows, step=what.step)
    if (seen - chance) / found.rows > judged.threshold:
        return judged
    words = f" That is what chance explains: the columns hold so few different values that about {chance:,.0f} rows would repeat."
    return replace(judged, outcome="passed", reason=judged.reason + words)


def _foreign(item: Expectation, found: TableSummary, what: Plan) -> Check:
    del found, what
    return not_run(item, f"{item.text} is an expectation of another tool that has no counterpart here.")


def _rule(item: Expectation, found: TableSummary, what: Plan) -> Check:
    del what
    if item.text not in found.broken_rules:
        return not_run(item, f"The rule {item.text!r} names a column that the table does not have.")
    return _share(item, found.broken_rules[item.text], found.rows, f"break the rule {item.text!r}")


def _no_identifier(schema: Schema) -> str:
    return "" if schema.identifier else "No column has the role of identifier."


COLUMN_EXISTS: Final = QualityCheck(
    id="column_exists",
    label="Column is there",
    question="Is the column there?",
    of_column=_exists,
)
TYPE: Final = QualityCheck(
    id="type",
    label="Kind of value",
    question="Does the column hold the kind of value that is expected?",
    of_column=_type,
    written=True,
    field_name="data type",
)
MISSING: Final = QualityCheck(
    id="missing",
    label="Missing values",
    question="Which share of the rows has no value?",
    of_column=_missing,
    shared=True,
    field_name="completeness",
)
EMPTY_TEXT: Final = QualityCheck(
    id="empty_text",
    label="Empty text",
    question="Which share of the rows holds text without a visible character?",
    of_column=_empty,
    shared=True,
    suits=("text",),
)
PADDED_TEXT: Final = QualityCheck(
    id="padded_text",
    label="Spaces around text",
    question="Which share of the rows holds text that starts or ends with a space?",
    of_column=_padded,
    shared=True,
    suits=("text",),
)
BROKEN_TEXT: Final = QualityCheck(
    id="broken_text",
    label="Wrongly decoded text",
    question="Which share of the rows holds text that was decoded wrongly?",
    of_column=_broken,
    shared=True,
    suits=("text",),
    field_name="mojibake",
)
INFINITE: Final = QualityCheck(
    id="infinite",
    label="Infinite numbers",
    question="Which share of the rows holds an infinite number?",
    of_column=_infinite,
    shared=True,
    suits=("integer", "number"),
)
SENTINEL: Final = QualityCheck(
    id="sentinel",
    label="Codes for missing",
    question="Which share of the rows holds a code that usually means missing, such as -999?",
    of_column=_sentinel,
    shared=True,
    suits=("integer", "number", "timestamp", "text"),
    field_name="sentinel values",
)
RANGE: Final = QualityCheck(
    id="range",
    label="Range",
    question="Which share of the rows lies outside the stated range?",
    of_column=_range,
    shared=True,
    unstated=lambda _: "No ranges are stated and no baseline was given.",
)
VALUES: Final = QualityCheck(
    id="values",
    label="Known values",
    question="Which share of the rows holds a value that is not in the stated list?",
    of_column=_values,
    shared=True,
    unstated=lambda _: "No lists of values are stated and no baseline was given.",
    field_name="domain of values",
)
CONSTANT: Final = QualityCheck(
    id="constant",
    label="One value only",
    question="Does the column say anything at all?",
    of_column=_constant,
    suits=("integer", "number", "text", "boolean"),
    field_name="constant column",
)
UNIQUE_KEY: Final = QualityCheck(
    id="unique_key",
    label="Repeated identifiers",
    question="Which share of the rows repeats the identifier of an earlier row?",
    of_column=_unique,
    shared=True,
    default_limits={},
    of_identifier=True,
    unstated=_no_identifier,
    field_name="uniqueness of the key",
)
DUPLICATE_ROWS: Final = QualityCheck(
    id="duplicate_rows",
    label="Repeated rows",
    question="Which share of the rows repeats an earlier row in every column but the identifier?",
    of_table=_duplicates,
    whole=True,
    shared=True,
    default_limits={"share": 0.01},
    field_name="duplicates",
)
FRESHNESS: Final = QualityCheck(
    id="freshness",
    label="Freshness",
    question="Is the latest moment recent enough?",
    of_column=_freshness,
    written=True,
    unstated=lambda _: "No moment is stated from which the data count as fresh.",
    field_name="timeliness",
)
RULE: Final = QualityCheck(
    id="rule",
    label="Rule",
    question="Which share of the rows breaks the stated rule?",
    of_table=_rule,
    whole=True,
    shared=True,
    written=True,
    field_name="cross-column rule",
)
FOREIGN: Final = QualityCheck(
    id="foreign",
    label="Other tool",
    question="An expectation of another tool.",
    of_table=_foreign,
)
