"""Checks a table that somebody else published: which of its cells follow from its own counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from governance.errors import RefusedInputError
from governance.fairness.impact_ratio import impact_table, lines_from_rows
from governance.fairness.report import CellCheck, ImpactCategory, ImpactTable

COLUMNS = ("category", "applicants", "selected")
MOST_BYTES = 5_000_000


def read_table(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV text with at least the columns category, applicants, selected (any case, any order).

    Raises:
        RefusedInputError: a column is missing, a row is too long or too short, there are no rows, or the text is too long.
    """
    if len(text) > MOST_BYTES:
        raise RefusedInputError(
            f"The table has {len(text):,} characters, expected at most {MOST_BYTES:,}.", "Is it a table of counts?"
        )
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise RefusedInputError(
            f"The table has the columns {', '.join(header) or 'none'}; missing: {', '.join(missing)}.",
            "Expected category,applicants,selected.",
        )
    rows = []
    for number, fields in enumerate(reader, start=2):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            raise RefusedInputError(
                f"Line {number} has {len(fields)} fields, expected {len(header)}.", "Mend the table."
            )
        rows.append(dict(zip(header, fields, strict=True)))
    if not rows:
        raise RefusedInputError("The table has no rows.", "Give one row per category.")
    return rows


def check(text: str, *, keep_small: bool = False, justification: str = "") -> tuple[ImpactTable, tuple[CellCheck, ...]]:
    """Return the table computed from the counts, and each published rate and ratio against it."""
    rows = read_table(text)
    lines, unknown = lines_from_rows(rows)
    table = impact_table(lines, unknown=unknown, keep_small=keep_small, justification=justification)
    return table, tuple(_cells(rows, table))


def _cells(rows: Sequence[Mapping[str, str]], table: ImpactTable) -> list[CellCheck]:
    by_name = {group.category: group for group in table.groups}
    best = by_name.get(table.reference)
    found = []
    for row in rows:
        group = by_name.get(row["category"].strip())
        columns: tuple[Literal["rate", "impact_ratio"], ...] = ("rate", "impact_ratio")
        for column in columns:
            text = row.get(column, "").strip()
            if group is not None and text:
                exact = _exact(group, best, column)
                computed = None if exact is None else float(exact)
                found.append(CellCheck(group.category, column, text, computed, _same(text, exact)))
    return found


def _exact(group: ImpactCategory, best: ImpactCategory | None, column: str) -> Fraction | None:
    if not group.applicants:
        return None
    rate = Fraction(group.selected, group.applicants)
    if column == "rate":
        return rate
    if best is None or group.impact_ratio is None:
        return None
    return rate / Fraction(best.selected, best.applicants)


def _same(text: str, exact: Fraction | None) -> bool:
    """Compare at the published precision; "45.0%" and "0.450" are both accepted, and halves may be rounded either way."""
    percent = text.endswith("%")
    try:
        published = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        return False
    if exact is None or not published.is_finite():
        return False
    exact = exact * 100 if percent else exact
    step = Decimal(1).scaleb(int(published.as_tuple().exponent))
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return published in {value.quantize(step, ROUND_HALF_UP), value.quantize(step, ROUND_HALF_DOWN)}
