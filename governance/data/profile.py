"""What each column of a table holds, one column in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from governance.data.dataset import Dataset
from governance.data.outcome import text_of
from governance.evidence import Progress, silent

Kind = Literal["integer", "number", "boolean", "timestamp", "text"]


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How often a value occurs."""

    value: str
    """The value as text, the way a schema writes it."""
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column holds."""

    name: str
    kind: Kind
    rows: int
    missing: int
    distinct: int
    """Different values, missing not counted."""
    minimum: float | None
    """Smallest finite number, None when the column holds no number."""
    maximum: float | None
    earliest: str
    """First moment in ISO 8601, "" when the column holds no dates."""
    latest: str
    top: tuple[ValueCount, ...]
    """The most frequent values, at most ten, ties in order of the text."""


def profile(data: Dataset, progress: Progress = silent) -> tuple[ColumnProfile, ...]:
    """Return what each column of the cohort holds, in file order."""
    found = []
    for index, name in enumerate(data.columns):
        progress(index, len(data.columns), "looking at the columns")
        found.append(column_profile(name, data.frame((name,))[name]))
    return tuple(found)


def kind_of_column(values: pd.Series) -> Kind:
    """Return the kind of a column as `Dataset.frame` gives it; whole numbers with missing values count as integer."""
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind) and not isinstance(kind, pd.CategoricalDtype):
        return "boolean"
    if pd.api.types.is_datetime64_any_dtype(kind):
        return "timestamp"
    if pd.api.types.is_integer_dtype(kind):
        return "integer"
    if pd.api.types.is_numeric_dtype(kind):
        known = values.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = known[np.isfinite(known)]
        return "integer" if len(finite) < len(known) and len(finite) and not np.any(finite % 1) else "number"
    return "text"


def column_profile(name: str, values: pd.Series) -> ColumnProfile:
    """Return what one column holds."""
    kind = kind_of_column(values)
    counts = values.value_counts(sort=False)
    counts = counts[counts > 0]
    few = counts.nlargest(10, keep="all") if len(counts) else counts
    texts = text_of(pd.Series(few.index)).tolist()
    top = sorted((ValueCount(text[:200], int(rows)) for text, rows in zip(texts, few, strict=True)), key=_by_rows)[:10]
    minimum = maximum = None
    earliest = latest = ""
    if kind in {"integer", "number"}:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = numbers[np.isfinite(numbers)]
        if len(finite):
            minimum, maximum = float(finite.min()), float(finite.max())
    if kind == "timestamp" and len(counts):
        earliest, latest = values.min().isoformat(), values.max().isoformat()
    missing = int(values.isna().sum())
    return ColumnProfile(name, kind, len(values), missing, len(counts), minimum, maximum, earliest, latest, tuple(top))


def _by_rows(item: ValueCount) -> tuple[int, str]:
    return -item.rows, item.value
