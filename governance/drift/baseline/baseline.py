"""A frozen baseline: what a reference looked like, small enough to keep, so that a window costs only its own rows.

Numbers are kept as at most KNOTS values of the reference with exact counts at and between them; its deciles are always among
them, so the cells of distances are exact. Between two knots the reference's distribution function is not known closer than the rows
that lie there: `Baseline.error` says how much that is at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.samples.pairs import Gaps, gaps_of, kind_of, level_counts, numbers
from governance.drift.samples.two_samples import Floats, Ints
from governance.evidence import RefusedInputError

KNOTS: Final = 512
MOST_LEVELS: Final = 2_000
"""Levels of a category that are kept by name; a column with more names rows rather than groups them."""
MOST_VALUES: Final = 1_000_000
"""Beyond so many distinct numbers they are rounded to 16 binary digits while counting, which bounds memory."""
_ROUNDED: Final = ~np.int64((1 << 36) - 1)


@dataclass(frozen=True, slots=True)
class NumericBaseline:
    """A numeric column of the reference."""

    name: str
    rows: int
    missing: int
    infinite: int
    knots: tuple[float, ...]
    """Ascending; first and last are the smallest and the largest value."""
    at: tuple[int, ...]
    """Rows equal to each knot."""
    between: tuple[int, ...]
    """Rows between the knot before and this one; the first is 0."""
    rounded: bool
    """Whether values were rounded to 16 binary digits because there were too many."""


@dataclass(frozen=True, slots=True)
class CategoryBaseline:
    """A categorical column of the reference."""

    name: str
    rows: int
    missing: int
    levels: Mapping[str, int]
    """Rows of each level."""


ColumnBaseline = NumericBaseline | CategoryBaseline


@dataclass(frozen=True, slots=True)
class Baseline:
    """A reference, frozen."""

    columns: tuple[ColumnBaseline, ...]
    left_out: Mapping[str, str]
    """Columns that cannot be kept, with the reason."""
    rows: int
    digest: str
    """SHA-256 of the reference's stored bytes."""
    format: str = "countersign-baseline/1"

    @property
    def error(self) -> float:
        """How far a distribution function can be off between two knots, 0 to 1."""
        shares = [
            max(item.between, default=0) / (sum(item.between) + sum(item.at))
            for item in self.columns
            if isinstance(item, NumericBaseline) and item.knots
        ]
        return max(shares, default=0.0)


@dataclass(frozen=True)
class Tally:
    """One column of some rows, counted without loss (or rounded); tallies of parts add up to the tally of the whole."""

    gaps: Gaps
    value: Floats
    """(k,) ascending distinct finite numbers; empty for categories."""
    count: Ints
    levels: Mapping[str, int]
    kind: str
    """"numeric", "categorical", or "" while all is missing."""
    rounded: bool = False

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both parts.

        Raises:
            RefusedInputError: one part holds numbers and the other text.
        """
        if self.kind and other.kind and self.kind != other.kind:
            raise RefusedInputError(
                "A column holds numbers in one part and text in another.", "Give the column one type."
            )
        gaps = Gaps(
            self.gaps.rows + other.gaps.rows,
            self.gaps.missing + other.gaps.missing,
            self.gaps.infinite + other.gaps.infinite,
        )
        levels = dict(self.levels)
        for level, rows in other.levels.items():
            levels[level] = levels.get(level, 0) + rows
        value = np.concatenate([self.value, other.value])
        count = np.concatenate([self.count, other.count])
        rounded = self.rounded or other.rounded
        value, count, rounded = _merged(value, count, rounded)
        return Tally(gaps=gaps, value=value, count=count, levels=levels, kind=self.kind or other.kind, rounded=rounded)


def tally(values: pd.Series) -> Tally:
    """Return the tally of one part of a column."""
    kind = kind_of(values)
    none, nothing = np.empty(0), np.empty(0, dtype=np.int64)
    if kind == "numeric":
        found = numbers(values)
        value, count, rounded = _merged(found[np.isfinite(found)] + 0.0, None, rounded=False)
        return Tally(gaps=gaps_of(found), value=value, count=count, levels={}, kind=kind, rounded=rounded)
    levels = level_counts(values) if kind else {}
    gaps = Gaps(len(values), len(values) - sum(levels.values()))
    return Tally(gaps, none, nothing, levels, kind or "")


def _merged(value: Floats, count: Ints | None, rounded: bool) -> tuple[Floats, Ints, bool]:
    weight = np.ones(len(value), dtype=np.int64) if count is None else count
    value, weight = _counted(_cut(value) if rounded else value, weight)
    if not rounded and len(value) > MOST_VALUES:
        value, weight = _counted(_cut(value), weight)
        rounded = True
    return value, weight, rounded


def _cut(value: Floats) -> Floats:
    return (np.ascontiguousarray(value).view(np.int64) & _ROUNDED).view(np.float64) + 0.0


def _counted(value: Floats, weight: Ints) -> tuple[Floats, Ints]:
    order = np.argsort(value, kind="stable")
    ordered = value[order]
    first = np.flatnonzero(np.append(True, ordered[1:] > ordered[:-1])) if len(ordered) else np.empty(0, dtype=np.int64)
    return ordered[first], np.add.reduceat(weight[order], first) if len(first) else weight[:0]


def tallies(chunks: Iterable[pd.DataFrame], columns: Sequence[str]) -> dict[str, Tally]:
    """Return the tally of each column over all chunks; one chunk is in memory at a time."""
    found: dict[str, Tally] = {}
    for chunk in chunks:
        for name in columns:
            part = tally(chunk[name])
            found[name] = found[name] + part if name in found else part
    return found


def freeze(found: Mapping[str, Tally], digest: str = "") -> Baseline:
    """Return the baseline of counted columns."""
    kept: list[ColumnBaseline] = []
    left_out = {}
    for name, item in found.items():
        if item.kind == "numeric":
            kept.append(_numeric(name, item))
        elif len(item.levels) > MOST_LEVELS:
            left_out[name] = f"{len(item.levels):,} different values, more than {MOST_LEVELS:,}"
        else:
            kept.append(CategoryBaseline(name, item.gaps.rows, item.gaps.missing, dict(sorted(item.levels.items()))))
    rows = max((item.gaps.rows for item in found.values()), default=0)
    return Baseline(tuple(kept), left_out, rows, digest)


def _numeric(name: str, item: Tally) -> NumericBaseline:
    gaps = item.gaps
    if not len(item.value):
        return NumericBaseline(
            name=name,
            rows=gaps.rows,
            missing=gaps.missing,
            infinite=gaps.infinite,
            knots=(),
            at=(),
            between=(),
            rounded=item.rounded,
        )
    below = np.cumsum(item.count)
    n = int(below[-1])
    even = np.ceil(np.linspace(0, 1, KNOTS - 75) * n - 1e-9)
    ends = 2.0 ** np.arange(min(32, n.bit_length()))  # long tails: the outermost 1, 2, 4, ... rows on either side
    tenths = np.ceil(np.arange(1, 10) / 10 * n - 1e-9)
    tails = np.ceil(np.array([0.005, 0.995]) * n - 1e-9)
    ranks = np.clip(np.concatenate([even, tenths, tails, ends, n + 1 - ends]), 1, n)
    place = np.unique(np.searchsorted(below, ranks))
    if len(item.value) <= KNOTS:
        place = np.arange(len(item.value))
    at = item.count[place]
    between = np.diff(below[place] - at, prepend=0) - np.concatenate([[0], at[:-1]])
    return NumericBaseline(
        name=name, rows=gaps.rows, missing=gaps.missing, infinite=gaps.infinite,
        knots=tuple(item.value[place].tolist()), at=tuple(at.tolist()), between=tuple(between.tolist()), rounded=item.rounded,
    )  # fmt: skip
