"""The rows of both windows as they are compared: which columns are read, under which types, and which are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from governance.drift.samples.reconcile import reconciled_frames
from governance.drift.samples.row_numbers import row_numbers
from governance.drift.samples.same_rows import same_rows
from governance.evidence import RefusedInputError, levels_of
from governance.subject import Dataset, Schema


def read_windows(
    reference: Dataset, current: Dataset, needed: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, Mapping[str, str]]:
    """Return the rows of both windows, and what was done to bring columns to one type.

    Columns that the schema ignores are not read, unless the model needs them; those that it needs stay as they are.

    Raises:
        RefusedInputError: both are the same rows, of one file or of two, a window has no rows, or no column is in both.
    """
    check_apart(reference, current)
    left, right = (_frame(data, needed) for data in (reference, current))
    if not len(left) or not len(right):
        empty = "reference" if not len(left) else "current"
        raise RefusedInputError(f"The {empty} window has no rows.", "Choose another file or cohort.")
    both = [name for name in left.columns if name in right.columns]
    if not both:
        raise RefusedInputError("The two windows have no column in common.", "Compare two files of the same kind.")
    left, right = (as_codes(frame, current.schema.code) for frame in (left, right))
    left, right, notes = reconciled_frames(left, right, [name for name in both if name not in needed])
    if same_rows(left, right):
        raise RefusedInputError(
            f"The reference and the current window hold the same {len(left):,} rows (the files differ, their contents do not), so "
            "nothing can have moved.",
            "Compare two different windows.",
        )
    return left, right, notes


def _frame(data: Dataset, needed: Sequence[str]) -> pd.DataFrame:
    return data.frame(tuple(name for name in data.columns if name in needed or name not in data.schema.ignore))


def check_apart(reference: Dataset, current: Dataset) -> None:
    """Refuse a table as its own reference: nothing could have moved, and a green answer would say nothing.

    Raises:
        RefusedInputError: both are the same rows of one file.
    """
    same = bool(reference.digest) and reference.digest == current.digest
    if same and np.array_equal(reference.positions(), current.positions()):
        raise RefusedInputError(
            "The reference and the current window are the same rows of the same file, so nothing can have moved.",
            "Compare two different windows.",
        )


def as_codes(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the frame with the columns of codes as categories: code 7 is not more than code 3."""
    here = [name for name in names if name in frame.columns]
    return frame.assign(**{name: _categories(frame[name]) for name in here}) if here else frame


def _categories(values: pd.Series) -> pd.Series:
    codes, names = levels_of(values)
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str")), index=values.index)


def left_out(schema: Schema, reference: pd.DataFrame, current: pd.DataFrame, *, has_model: bool) -> Mapping[str, str]:
    """Return which columns of both windows are not compared, and why."""
    roles = {schema.identifier: "identifier", schema.timestamp: "time", schema.weight: "weight"}
    both = [name for name in reference.columns if name in current.columns]
    found = {name: f"its role is {roles[name]}" for name in both if name in roles}
    ignored = dict.fromkeys(schema.ignore, "it is ignored, as the schema says")
    free = [name for name in schema.features(tuple(both)) if name not in (*schema.sensitive, *schema.control)]
    numbering = {} if has_model else row_numbers(reference, current, free)
    return {**found, **ignored, **numbering}


def joined(reference: Schema, current: Schema) -> Schema:
    """Return the current window's roles; a window whose outcomes are not known yet borrows the label's name from the reference."""
    if current.target:
        return current
    return replace(
        current,
        target=reference.target,
        positive=reference.positive,
        negative=reference.negative,
        classes=reference.classes,
    )


def compared(schema: Schema, reference: Sequence[str], current: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to compare: all in both windows but identifier, time, weight and ignored ones."""
    left_out = {schema.identifier, schema.timestamp, schema.weight, *schema.ignore}
    return tuple(name for name in reference if name in set(current) and name not in left_out)
