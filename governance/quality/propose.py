"""Expectations proposed to a person: general ones for any table, and those that a baseline suggests."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from governance.quality import check_list
from governance.quality.column_summary import ColumnSummary
from governance.quality.expectation import Expectation, Expectations
from governance.quality.relations import median
from governance.quality.summary import TableSummary
from governance.subject import Schema

MISSING_FEATURE = 0.10
MISSING_SENSITIVE = 0.05
MANY_TEXTS = 100
"""A text column with more different values gets no list of allowed ones."""


def general(schema: Schema, kinds: Mapping[str, str]) -> tuple[Expectation, ...]:
    """Return what is expected of any table with these roles.

    Args:
        schema: the roles.
        kinds: column -> integer, number, boolean, timestamp or text.
    """
    found: list[Expectation] = []
    for name, kind in kinds.items():
        found.append(Expectation("missing", name, share=_tolerated(name, schema)))
        found += [Expectation(check, name) for check in check_list.suited(kind)]
    return (*found, *_whole(schema))


def _tolerated(name: str, schema: Schema) -> float:
    if name in {schema.target, schema.identifier, schema.timestamp, schema.weight}:
        return 0.0
    return MISSING_SENSITIVE if name in schema.sensitive else MISSING_FEATURE


def _whole(schema: Schema) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            check.id,
            schema.identifier if check.of_identifier else "",
            share=check.default_limits.get("share", 0.0),
            minimum=check.default_limits.get("minimum"),
            maximum=check.default_limits.get("maximum"),
        )
        for check in check_list.CHECKS
        if check.default_limits is not None and (schema.identifier or not check.of_identifier)
    )


def propose(baseline: TableSummary, schema: Schema, digest: str = "", name: str = "expectations") -> Expectations:
    """Return the expectations that a baseline suggests, for a person to edit.

    Types as seen; missing shares up to the baseline's plus three standard errors and one percentage point; ranges from the
    smallest to the largest value, with half a percent of rows allowed outside, or 8 / (n + 1) for a baseline of n rows when that is
    more (new rows of the same kind fall outside with probability 2 / (n + 1)); lists of texts with up to 100 different ones;
    medians for the unit.
    """
    sample = baseline.sampled()
    found: list[Expectation] = []
    for column in baseline.columns.values():
        if column.name not in schema.ignore:
            found += _of_column(column, sample, schema)
    return Expectations(name, 1, digest, (*found, *_whole(schema)))


def _of_column(column: ColumnSummary, sample: pd.DataFrame, schema: Schema) -> list[Expectation]:
    share = column.missing / column.rows if column.rows else 0.0
    allowed = 0.0 if not column.missing else share + 3 * math.sqrt(share * (1 - share) / column.rows) + 0.01
    found = [
        Expectation("column_exists", column.name),
        Expectation("missing", column.name, share=round(min(1.0, allowed), 4)),
    ]
    if column.missing == column.rows:
        return found
    found.append(Expectation("type", column.name, text=column.kind))
    found += [Expectation(check, column.name) for check in check_list.suited(column.kind)]
    bookkeeping = {schema.identifier, schema.timestamp, *schema.ignore, *schema.code}
    if column.kind in {"integer", "number"} and column.name not in bookkeeping and np.isfinite(column.low.value):
        found.append(
            Expectation(
                "range",
                column.name,
                share=min(1.0, max(0.005, round(8 / (column.rows + 1), 4))),
                minimum=column.low.value,
                maximum=-column.high.value + 0.0,
            )
        )
        middle = median(sample[column.name])
        if math.isfinite(middle) and middle:
            found.append(Expectation("unit_jump", column.name, reference=middle))
    elif column.name not in bookkeeping and column.texts is not None and 0 < len(column.texts) <= MANY_TEXTS:
        found.append(Expectation("values", column.name, values=tuple(sorted(column.texts))))
    return found
