"""A window counted against a frozen baseline: one pass over its rows, in chunks of any size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from governance.drift.baseline.baseline import Baseline, CategoryBaseline, ColumnBaseline, NumericBaseline
from governance.drift.samples.pairs import Gaps, NumericPair, Pair, counted, gaps_of, level_counts, numbers
from governance.drift.samples.two_samples import Floats, Ints, runs_of_counts
from governance.evidence import RefusedInputError


@dataclass(frozen=True)
class NumericCounts:
    """Rows of a window at and between the knots of a baseline."""

    gaps: Gaps
    at: Ints
    """(k,) rows equal to a knot."""
    between: Ints
    """(k + 1,) rows before the first knot, between knots, after the last."""
    least: float
    """Smallest value, inf when there is none."""
    most: float
    """Largest value, -inf when there is none."""

    def __add__(self, other: NumericCounts) -> NumericCounts:
        """Return the counts of both parts."""
        return NumericCounts(
            _sum(self.gaps, other.gaps),
            self.at + other.at,
            self.between + other.between,
            min(self.least, other.least),
            max(self.most, other.most),
        )


@dataclass(frozen=True)
class CategoryCounts:
    """Rows of a window by level."""

    gaps: Gaps
    levels: Mapping[str, int]

    def __add__(self, other: CategoryCounts) -> CategoryCounts:
        """Return the counts of both parts."""
        levels = dict(self.levels)
        for level, count in other.levels.items():
            levels[level] = levels.get(level, 0) + count
        return CategoryCounts(_sum(self.gaps, other.gaps), levels)


def _sum(one: Gaps, other: Gaps) -> Gaps:
    return Gaps(one.rows + other.rows, one.missing + other.missing, one.infinite + other.infinite)


def pairs_of(baseline: Baseline, chunks: Iterable[pd.DataFrame]) -> dict[str, Pair]:
    """Return every column of the baseline beside the window; only one chunk is in memory at a time.

    Raises:
        RefusedInputError: a column is not there, or holds text where the baseline has numbers.
    """
    found: dict[str, NumericCounts | CategoryCounts] = {}
    for chunk in chunks:
        for column in baseline.columns:
            if column.name not in chunk.columns:
                raise RefusedInputError(
                    f"The window lacks column {column.name!r} of the baseline.",
                    "Give the same columns, or a new baseline.",
                )
            part = _part(column, chunk[column.name])
            before = found.get(column.name)
            found[column.name] = part if before is None else _added(before, part)
    if not found:
        raise RefusedInputError("The window has no rows.", "Give a file with rows.")
    return {column.name: _pair(column, found[column.name]) for column in baseline.columns}


def _added(
    before: NumericCounts | CategoryCounts, part: NumericCounts | CategoryCounts
) -> NumericCounts | CategoryCounts:
    if isinstance(before, NumericCounts):
        assert isinstance(part, NumericCounts)
        return before + part
    assert isinstance(part, CategoryCounts)
    return before + part


def _part(column: ColumnBaseline, values: pd.Series) -> NumericCounts | CategoryCounts:
    if isinstance(column, CategoryBaseline):
        levels = level_counts(values)
        return CategoryCounts(Gaps(len(values), len(values) - sum(levels.values())), levels)
    found = numbers(values)
    if not values.isna().all() and np.isnan(found).all():
        raise RefusedInputError(
            f"Column {column.name!r} holds {values.dtype}; the baseline has numbers.", "Give the column the same type."
        )
    usable = found[np.isfinite(found)]
    knots = np.array(column.knots)
    left = np.searchsorted(knots, usable, side="left")
    exact = np.append(knots, np.inf)[left] == usable
    return NumericCounts(
        gaps_of(found),
        np.bincount(left[exact], minlength=len(knots)),
        np.bincount(left[~exact], minlength=len(knots) + 1),
        float(usable.min(initial=np.inf)),
        float(usable.max(initial=-np.inf)),
    )


def _pair(column: ColumnBaseline, found: NumericCounts | CategoryCounts) -> Pair:
    if isinstance(column, CategoryBaseline) and isinstance(found, CategoryCounts):
        levels = dict(column.levels)
        return counted(levels, dict(found.levels), Gaps(column.rows, column.missing), found.gaps)
    assert isinstance(column, NumericBaseline)
    assert isinstance(found, NumericCounts)
    value, reference, current = _laid_out(column, found)
    kept = reference + current > 0
    return NumericPair(
        runs_of_counts(value[kept], reference[kept], current[kept]),
        Gaps(column.rows, column.missing, column.infinite),
        found.gaps,
    )


def _laid_out(column: NumericBaseline, found: NumericCounts) -> tuple[Floats, Ints, Ints]:
    """Return values in turn between and at the knots; rows between two knots stand in the middle."""
    knots = np.array(column.knots)
    size = 2 * len(knots) + 1
    value, reference, current = np.empty(size), np.zeros(size, np.int64), np.zeros(size, np.int64)
    value[1::2] = knots
    if len(knots):
        value[2:-1:2] = knots[:-1] / 2 + knots[1:] / 2
        value[0], value[-1] = min(found.least, knots[0]), max(found.most, knots[-1])
    else:
        value[0] = found.least
    reference[1::2], current[1::2] = column.at, found.at
    reference[0:-1:2], current[0::2] = column.between, found.between
    return value, reference, current
