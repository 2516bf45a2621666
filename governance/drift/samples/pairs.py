"""One column in two windows, counted: what every comparison starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from governance.drift.results.report import Kind
from governance.drift.samples.reconcile import reconciled
from governance.drift.samples.two_samples import Floats, Ints, Runs, runs_of
from governance.evidence import text_of


@dataclass(frozen=True)
class Gaps:
    """Rows of one window that carry no usable value."""

    rows: int
    """All rows of the window."""
    missing: int
    infinite: int = 0


@dataclass(frozen=True)
class NumericPair:
    """A numeric column."""

    runs: Runs
    reference: Gaps
    current: Gaps
    note: str = ""
    """What was done to bring both windows to one type."""


@dataclass(frozen=True)
class CategoryPair:
    """A categorical column."""

    levels: tuple[str, ...]
    """(k,) ascending as text; every level occurs in one window at least."""
    reference_count: Ints
    current_count: Ints
    reference: Gaps
    current: Gaps
    note: str = ""
    """What was done to bring both windows to one type, or why numbers were taken as categories."""


Pair = NumericPair | CategoryPair


def kind_of(values: pd.Series) -> Kind | None:
    """Return how a column is compared: numbers and times by their size, everything else by its values; None when all is missing."""
    if not len(values) or bool(values.isna().all()):
        return None
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype) or isinstance(dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        return "numeric"
    real = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)
    return "numeric" if real else "categorical"


def pair_of(reference: pd.Series, current: pd.Series) -> Pair:
    """Return the counted column, both windows under one type; the order of rows does not matter."""
    same = reconciled(reference, current)
    kinds = {kind_of(same.reference), kind_of(same.current)} - {None}
    if kinds <= {"numeric"}:
        a, b = numbers(same.reference), numbers(same.current)
        return NumericPair(runs_of(a, b), gaps_of(a), gaps_of(b), same.note)
    note = "numbers in one window and text in the other, compared as text" if len(kinds) == 2 else same.note
    return categories(same.reference, same.current, note)


def numbers(values: pd.Series) -> Floats:
    """Return values as float64, missing as NaN; times as seconds since 1970, spans as seconds."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        naive = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
        return _seconds(naive.to_numpy(dtype="datetime64[ns]"))
    if pd.api.types.is_timedelta64_dtype(values.dtype):
        return _seconds(values.to_numpy(dtype="timedelta64[ns]"))
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return np.full(len(values), np.nan)
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _seconds(ticks: np.ndarray) -> Floats:
    return np.where(np.isnat(ticks), np.nan, ticks.astype(np.int64) / 1e9)


def gaps_of(values: Floats) -> Gaps:
    """Return how many numbers are missing or infinite."""
    missing, infinite = _unusable(np.ascontiguousarray(values))
    return Gaps(len(values), int(missing), int(infinite))


@njit(nogil=True, cache=True)
def _unusable(values: Floats) -> tuple[int, int]:
    missing = 0
    infinite = 0
    for x in values:
        if np.isnan(x):
            missing += 1
        elif np.isinf(x):
            infinite += 1
    return missing, infinite


def categories(reference: pd.Series, current: pd.Series, note: str = "") -> CategoryPair:
    """Return the counted levels of a categorical column."""
    left, right = level_counts(reference), level_counts(current)
    lacking = [len(values) - sum(found.values()) for values, found in ((reference, left), (current, right))]
    return counted(left, right, Gaps(len(reference), lacking[0]), Gaps(len(current), lacking[1]), note)


def counted(
    left: dict[str, int], right: dict[str, int], reference: Gaps, current: Gaps, note: str = ""
) -> CategoryPair:
    """Return the pair of two level counts."""
    levels = tuple(sorted(left.keys() | right.keys()))
    a = np.array([left.get(level, 0) for level in levels], dtype=np.int64)
    b = np.array([right.get(level, 0) for level in levels], dtype=np.int64)
    return CategoryPair(
        levels=levels, reference_count=a, current_count=b, reference=reference, current=current, note=note
    )


def level_counts(values: pd.Series) -> dict[str, int]:
    """Return the rows of each level, named as text the way a schema writes it; missing rows are left out."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = values.cat.codes.to_numpy(), values.cat.categories.to_series()
    else:
        codes, unique = pd.factorize(values)
        found = pd.Series(unique)
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    result: dict[str, int] = {}
    for name, count in zip(text_of(found).tolist(), counts.tolist(), strict=True):
        if count:
            result[str(name)] = result.get(str(name), 0) + count
    return result
