"""Columns cut into levels, and the sets of levels that a segment may be made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.data import Comparison, Condition, Every, IsMissing, Membership, Some, kind_of_column
from governance.evidence import levels_of
from governance.performance.segment_report import LeftOut
from governance.subject import Dataset

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Codes = NDArray[np.int16]
Value = str | float | bool
BINS: Final = 8
"""Bins of equal size of a column of numbers: octiles."""
FEW: Final = 12
"""A column of numbers with at most so many values keeps them, as `statistics.groups` does."""
MOST_NAMES: Final = 100
"""A text column with more different values describes no group: an identifier, or free text."""
SINGLE_NAMES: Final = 20
"""Of a text column so many values, the most frequent, are looked at one by one; the tree groups all of them."""


@dataclass(frozen=True)
class Coded:
    """One column as levels."""

    name: str
    codes: Codes
    """(n,) level of each row; the last level stands for a missing value."""
    lows: tuple[Value, ...]
    """Lowest value of each level, without the one for missing values; for names the name."""
    highs: tuple[Value, ...]
    """Highest value of each level."""
    ordered: bool
    """Whether the levels are bins of numbers, ascending."""
    counts: NDArray[np.int64]
    """(levels,) rows of each level, missing last."""

    @property
    def size(self) -> int:
        """Number of levels, the one for missing values counted."""
        return len(self.lows) + 1

    @property
    def has_missing(self) -> bool:
        """Whether a value is missing."""
        return bool(self.counts[-1])

    @cached_property
    def parts(self) -> tuple[tuple[NDArray[np.bool_], ...], tuple[tuple[int, int], ...]]:
        """Sets of levels as (levels,) masks, and for each its first and last level: intervals of bins, single names, missing values."""
        last = len(self.lows) - 1
        if self.ordered:
            ends = [(first, end) for first in range(last + 1) for end in range(first, last + 1)]
            kept = [pair for pair in ends if self.has_missing or pair != (0, last)]
        else:
            frequent = np.argsort(-self.counts[:-1], kind="stable")[:SINGLE_NAMES]
            kept = [(int(level), int(level)) for level in np.sort(frequent)]
        if self.has_missing:
            kept.append((last + 1, last + 1))
        place = np.arange(self.size)
        return tuple((place >= first) & (place <= end) for first, end in kept), tuple(kept)

    @cached_property
    def selector(self) -> Floats:
        """The masks of `parts` as a (parts, levels) matrix that sums counts of levels."""
        return np.array(self.parts[0], dtype=np.float64).reshape(-1, self.size)

    def condition(self, first: int, end: int) -> Condition:
        """Return the filter for the levels from `first` to `end`."""
        last = len(self.lows) - 1
        if first > last:
            return IsMissing(self.name)
        if self.lows[first] == self.highs[end]:
            return Comparison(self.name, "=", self.lows[first])
        tests: list[Condition] = []
        if first > 0:
            tests.append(Comparison(self.name, ">=", self.lows[first]))
        if end < last:
            tests.append(Comparison(self.name, "<=", self.highs[end]))
        if not tests:
            return Comparison(self.name, "<=", self.highs[end])
        return tests[0] if len(tests) == 1 else Every(tuple(tests))

    def sides(self, inside: NDArray[np.bool_]) -> tuple[Condition, Condition]:
        """Return the filters for a set of levels without the missing one, and for all other rows."""
        levels = np.flatnonzero(inside[:-1])
        if self.ordered:
            cut = int(levels[-1])
            left: Condition = Comparison(self.name, "<=", self.highs[cut])
            right: Condition = Comparison(self.name, ">=", self.lows[cut + 1]) if cut + 1 < len(self.lows) else left
            none_right = cut + 1 >= len(self.lows)
        else:
            left = _among(self.name, tuple(self.lows[level] for level in levels))
            others = np.flatnonzero(~inside[:-1])
            right, none_right = _among(self.name, tuple(self.lows[level] for level in others)), not len(others)
        missing = IsMissing(self.name)
        if none_right:
            return left, missing
        return left, Some((right, missing)) if self.has_missing else right


def _among(name: str, values: tuple[Value, ...]) -> Condition:
    return Comparison(name, "=", values[0]) if len(values) == 1 else Membership(name, values)


def coded_columns(data: Dataset, names: tuple[str, ...]) -> Iterator[Coded | LeftOut]:
    """Yield each column as levels, or why nothing can be looked for in it; one column is in memory at a time."""
    for name in names:
        yield coded_column(name, data.frame((name,))[name], is_code=name in data.schema.code)


def coded_column(name: str, values: pd.Series, *, is_code: bool) -> Coded | LeftOut:
    """Return a column as levels, or why it has none to look at.

    Args:
        name: of the column.
        values: of all rows.
        is_code: whether its numbers are names.
    """
    kind = kind_of_column(values)
    if kind == "timestamp":
        return LeftOut(name, "it holds moments in time")
    if kind in ("integer", "number"):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return _of_numbers(name, numbers, is_code=is_code)
    codes, texts = levels_of(values)
    if len(texts) > MOST_NAMES:
        return LeftOut(name, f"{len(texts):,} different texts, more than {MOST_NAMES}")
    names: tuple[Value, ...] = tuple(texts) if kind == "text" else tuple(text == "True" for text in texts)
    return _coded(name, codes, names, names, ordered=False)


def _of_numbers(name: str, numbers: Floats, *, is_code: bool) -> Coded | LeftOut:
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        return LeftOut(name, f"{infinite:,} of its values are infinite")
    known = np.isfinite(numbers)
    values = np.unique(numbers[known])
    if is_code and len(values) > MOST_NAMES:
        return LeftOut(name, f"{len(values):,} different codes, more than {MOST_NAMES}")
    edges = values if is_code or len(values) <= FEW else _octiles(numbers[known])
    codes = np.where(known, np.searchsorted(edges, np.where(known, numbers, 0.0), side="left"), -1)
    starts = values[np.searchsorted(values, edges[:-1], side="right")] if len(edges) else values
    lows = (values[0], *starts) if len(edges) else ()
    floats = tuple(float(item) for item in lows), tuple(float(item) for item in edges)
    return _coded(name, codes, *floats, ordered=not is_code)


def _octiles(known: Floats) -> Floats:
    """Return the highest value of each bin of about equal size, ascending; a value is never split."""
    ordered = np.sort(known)
    at = np.linspace(0, len(ordered) - 1, BINS + 1).round().astype(np.intp)[1:]
    return np.unique(ordered[at])


def _coded(
    name: str, codes: NDArray[np.intp], lows: tuple[Value, ...], highs: tuple[Value, ...], *, ordered: bool
) -> Coded | LeftOut:
    placed = np.where(codes < 0, len(lows), codes).astype(np.int16)
    counts = np.bincount(placed, minlength=len(lows) + 1)
    if np.count_nonzero(counts) < 2:
        return LeftOut(name, "it has one value alone")
    return Coded(name=name, codes=placed, lows=lows, highs=highs, ordered=ordered, counts=counts)
