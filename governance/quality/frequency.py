"""Two checks for errors that stay inside every range: one value that becomes too frequent, and two columns in the wrong order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.evidence import text_of
from governance.quality.check import QualityCheck
from governance.quality.judge import not_run, shown
from governance.quality.report import Check

if TYPE_CHECKING:
    from governance.quality.expectation import Expectation
    from governance.quality.sample import Sample

NO_LIMIT: Final = "No smallest and no largest share is stated."


def _judged(item: Expectation, share: float, words: str) -> Check:
    """Return the check that a share of rows lies between the stated ones."""
    low, high = item.minimum or 0.0, 1.0 if item.maximum is None else item.maximum
    return Check(
        check=item.check,
        column=item.column,
        outcome="passed" if low <= share <= high else "failed",
        value=share,
        threshold=high if share > high or item.minimum is None else low,
        reason=f"{shown(share)} of the rows {words}; {shown(low)} to {shown(high)} may.",
    )


def _value_share(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    if item.column not in sample.rows:
        return (not_run(item, f"The table has no column {item.column!r}."),)
    if len(item.values) != 1:
        return (not_run(item, "State one value whose share is looked at."),)
    if item.minimum is None and item.maximum is None:
        return (not_run(item, NO_LIMIT),)
    if not len(sample.rows):
        return (not_run(item, "The table has no rows."),)
    (wanted,) = item.values  # noqa: PD011 - not a frame
    share = float((text_of(sample.rows[item.column]) == wanted).mean())
    return (_judged(item, share, f"hold {wanted[:40]!r}"),)


def _column_order(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    names = (item.column, item.text)
    absent = [name for name in names if name not in sample.rows]
    if absent:
        return (not_run(item, f"The table has no column {absent[0]!r}."),)
    first, second = (sample.rows[name] for name in names)
    if not all(pd.api.types.is_numeric_dtype(column.dtype) for column in (first, second)):
        return (not_run(item, "Only two columns of numbers have an order."),)
    if item.minimum is None and item.maximum is None:
        return (not_run(item, NO_LIMIT),)
    a, b = (column.to_numpy(dtype=np.float64, na_value=np.nan) for column in (first, second))
    known = ~(np.isnan(a) | np.isnan(b))
    if not known.any():
        return (not_run(item, "No row has a number in both columns."),)
    share = float((a[known] > b[known]).mean())
    return (_judged(item, share, f"hold more in {item.column[:40]!r} than in {item.text[:40]!r}"),)


VALUE_SHARE: Final = QualityCheck(
    id="value_share",
    label="Share of one value",
    question="Which share of the rows holds one value that is known to stand for errors when it becomes frequent?",
    of_sample=_value_share,
    field_name="frequency of a value",
)
COLUMN_ORDER: Final = QualityCheck(
    id="column_order",
    label="Order of two columns",
    question="Which share of the rows holds more in one column than in another, so that exchanged columns show?",
    of_sample=_column_order,
    written=True,
    field_name="column pair A greater than B",
)
