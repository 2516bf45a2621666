"""What each column of a table holds, one column in memory at a time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Progress, silent, text_of
from governance.subject import Dataset

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
    """The most frequent values, at most ten, ties in order of the value: numbers and moments by size, text by letters."""


def profile(data: Dataset, progress: Progress = silent) -> tuple[ColumnProfile, ...]:
    """Return what each column of the cohort holds, in file order; columns that the schema ignores are not read."""
    found = []
    names = tuple(name for name in data.columns if name not in data.schema.ignore)
    for index, name in enumerate(names):
        progress(index, len(names), "looking at the columns")
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
    seen, rows = _counted(values)
    top = _most_frequent(seen, rows)
    texts = text_of(pd.Series(seen[top])).tolist()
    minimum = maximum = None
    earliest = latest = ""
    if kind in {"integer", "number"}:
        numbers = seen.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = numbers[np.isfinite(numbers)]
        if len(finite):
            minimum, maximum = float(finite.min()), float(finite.max())
    if kind == "timestamp" and len(seen):
        earliest, latest = values.min().isoformat(), values.max().isoformat()
    return ColumnProfile(
        name=name,
        kind=kind,
        rows=len(values),
        missing=len(values) - int(rows.sum()),
        distinct=len(seen),
        minimum=minimum,
        maximum=maximum,
        earliest=earliest,
        latest=latest,
        top=tuple(ValueCount(text[:200], int(rows[at])) for text, at in zip(texts, top, strict=True)),
    )


def _counted(values: pd.Series) -> tuple[pd.Index, NDArray[np.int64]]:
    """Return the different values that are not missing, and how many rows have each.

    Plain numbers are sorted, which is several times faster than hashing when nearly all of them differ.
    """
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iuf":
        counts = values.value_counts(sort=False)
        counts = counts[counts > 0]
        return counts.index, np.asarray(counts, dtype=np.int64)
    known = values.to_numpy()
    known = np.sort(known[~np.isnan(known)] if values.dtype.kind == "f" else known)
    first = np.flatnonzero(np.concatenate(([True], known[1:] != known[:-1]))) if len(known) else np.empty(0, np.int64)
    ends = np.append(first[1:], len(known))
    return pd.Index(known[first]), np.asarray(ends - first, dtype=np.int64)


def _most_frequent(seen: pd.Index, rows: NDArray[np.int64], most: int = 10) -> NDArray[np.intp]:
    """Return the places of the most frequent values, the most frequent first, ties in order of the value.

    A column of numbers may tie in millions of values that occur once: only as many as are shown are put in order.
    """
    most = min(most, len(rows))
    if not most:
        return np.empty(0, np.intp)
    least = np.partition(rows, -most)[-most]
    above, tied = np.flatnonzero(rows > least), np.flatnonzero(rows == least)
    chosen = np.concatenate([above, tied[_smallest(seen[tied], most - len(above))]])
    order = np.argsort(_ranks(seen[chosen]), kind="stable")
    return chosen[order][np.argsort(-rows[chosen][order], kind="stable")]


def _smallest(values: pd.Index, count: int) -> NDArray[np.intp]:
    if isinstance(values, pd.DatetimeIndex) or (isinstance(values.dtype, np.dtype) and values.dtype.kind in "iufb"):
        return np.argpartition(values.to_numpy(), count - 1)[:count]
    texts = text_of(pd.Series(values)).tolist()
    return np.asarray(heapq.nsmallest(count, range(len(texts)), key=texts.__getitem__), np.intp)


def _ranks(values: pd.Index) -> NDArray[np.intp]:
    """Return the rank of each of a few values: numbers and moments by size, all else by text."""
    if isinstance(values, pd.DatetimeIndex) or pd.api.types.is_numeric_dtype(values.dtype):
        return np.argsort(np.argsort(values.to_numpy(), kind="stable"), kind="stable")
    texts = text_of(pd.Series(values)).tolist()
    return np.argsort(np.asarray(sorted(range(len(texts)), key=texts.__getitem__)), kind="stable")
