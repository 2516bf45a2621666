"""What earlier rows suggest about a stage of a pipeline: ranges, missing values, texts, and one category a row.

How many rows of a batch break an expectation by chance follows from exchangeability. If one reference row of n would have broken it had
it been the new one (it alone holds the largest value, or a text that no other has), a new row does with a chance that is distributed
as Beta(s, n + 1 - s) for s such rows (order statistics: Wilks, "Determination of sample sizes for setting tolerance limits", Annals of
Mathematical Statistics 12:91-96, 1941; s / (n + 1) is also what Good and Turing give for texts never seen). The number of rows of a batch
is then beta-binomial. s is taken to be at least 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.stress.stage_report import Sort

MOST_WORDS: Final = 1_000
"""Different texts of a column; one with more is no list of categories."""
MOST_COLUMNS: Final = 2_000
"""Columns of one stage."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One expectation and the rows that break it."""

    check: Sort
    column: int
    """Place in the stage; -1 for the stage as a whole."""
    expected: str
    alone: int
    """Reference rows that would break it if they were the new ones."""
    broken: NDArray[np.bool_]
    """(rows,) which rows do."""
    values: NDArray[np.generic]
    """(rows,) what stands there."""


@dataclass(slots=True)
class Numbers:
    """What the reference holds in a tensor of numbers, chunk by chunk."""

    rows: int = 0
    low: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """(columns,) smallest finite number; infinite where there is none."""
    high: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    at_low: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(columns,) rows that hold the smallest."""
    at_high: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    missing: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    sums: frozenset[float] | None = None
    """The sums of rows, as long as every number is 0 or 1; empty where one is not."""

    def learn(self, tensor: NDArray[np.generic]) -> None:
        """Take the next rows of the reference."""
        values = tensor.astype(np.float64)
        if not self.rows:
            width = values.shape[1]
            self.low, self.high = np.full(width, np.inf), np.full(width, -np.inf)
            self.at_low, self.at_high, self.missing = (np.zeros(width, np.int64) for _ in range(3))
        finite = np.isfinite(values)
        low = np.where(finite, values, np.inf).min(axis=0)
        high = np.where(finite, values, -np.inf).max(axis=0)
        self.low, self.at_low = _nearer(self.low, self.at_low, low, (values == low).sum(axis=0), np.less)
        self.high, self.at_high = _nearer(self.high, self.at_high, high, (values == high).sum(axis=0), np.greater)
        self.missing = self.missing + np.isnan(values).sum(axis=0)
        plain = bool(((values == 0) | (values == 1)).all()) and values.shape[1] > 1
        own = frozenset(np.unique(values.sum(axis=1)).tolist()) if plain else frozenset()
        self.sums = own if self.sums is None else self.sums | own if self.sums and own else frozenset()
        self.rows += len(values)

    def held(self, tensor: NDArray[np.generic]) -> list[Breach]:
        """Return every expectation with the rows of a batch that break it."""
        return list(self._breaches(tensor.astype(np.float64)))

    def _breaches(self, values: NDArray[np.float64]) -> Iterator[Breach]:
        for at in range(values.shape[1]):
            own = values[:, at]
            known = np.isfinite(self.low[at])
            if known:
                alone = int(self.at_low[at] == 1) + int(self.at_high[at] == 1)
                outside = ~np.isnan(own) & ((own < self.low[at]) | (own > self.high[at]))
                yield Breach(
                    check="range",
                    column=at,
                    expected=f"{self.low[at]:g} to {self.high[at]:g}",
                    alone=alone,
                    broken=outside,
                    values=own,
                )
            share = self.missing[at] / self.rows
            expected = f"{share:.2%} of the rows are missing" if share else "no value is missing"
            yield Breach(
                check="missing",
                column=at,
                expected=expected,
                alone=int(self.missing[at]),
                broken=np.isnan(own),
                values=own,
            )
        if self.sums and len(self.sums) == 1 and next(iter(self.sums)) > 0:
            (each,) = self.sums
            total = values.sum(axis=1)
            words = "one category in every row" if each == 1 else f"{each:g} categories in every row"
            yield Breach(check="one_each", column=-1, expected=words, alone=0, broken=total != each, values=total)


@dataclass(slots=True)
class Texts:
    """What the reference holds in a tensor of texts, chunk by chunk."""

    rows: int = 0
    counts: list[dict[str, int]] = field(default_factory=list)
    """For each column text -> rows; emptied where there are too many."""
    crowded: set[int] = field(default_factory=set)
    """Columns with more than `MOST_WORDS` different texts."""

    def learn(self, tensor: NDArray[np.generic]) -> None:
        """Take the next rows of the reference."""
        values = tensor.astype(str)
        self.counts = self.counts or [{} for _ in range(values.shape[1])]
        for at, known in enumerate(self.counts):
            if at in self.crowded:
                continue
            words, counts = np.unique(values[:, at], return_counts=True)
            for word, count in zip(words.tolist(), counts.tolist(), strict=True):
                known[word] = known.get(word, 0) + count
            if len(known) > MOST_WORDS:
                self.crowded.add(at)
                known.clear()
        self.rows += len(values)

    def held(self, tensor: NDArray[np.generic]) -> list[Breach]:
        """Return every expectation with the rows of a batch that break it."""
        return list(self._breaches(tensor.astype(str)))

    def _breaches(self, values: NDArray[np.str_]) -> Iterator[Breach]:
        for at, known in enumerate(self.counts):
            if at in self.crowded:
                continue
            own = values[:, at]
            strange = ~np.isin(own, np.array(list(known), dtype=str))
            alone = sum(count == 1 for count in known.values())
            yield Breach(
                check="category",
                column=at,
                expected=f"one of {len(known)} known texts",
                alone=alone,
                broken=strange,
                values=own,
            )


def _nearer(
    end: NDArray[np.float64],
    count: NDArray[np.int64],
    new: NDArray[np.float64],
    rows: NDArray[np.int64],
    better: np.ufunc,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the more extreme of two ends, and how many rows hold it."""
    closer, same = better(new, end), new == end
    return np.where(closer, new, end), np.where(closer, rows, np.where(same, count + rows, count))


def chance(
    alone: Sequence[int], rows: int, reference_rows: int, seen: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return the expected number of rows that break each expectation by chance, and the chance of at least so many as were seen.

    Args:
        alone: reference rows that would break each if they were new.
        rows: of the batch.
        reference_rows: of the reference, at least 1.
        seen: rows of the batch that break each.
    """
    from scipy.stats import betabinom

    first = np.clip(np.array(alone, dtype=np.float64), 1, reference_rows)
    second = reference_rows + 1 - first
    expected = rows * first / (reference_rows + 1)
    counts = np.array(seen)
    p = np.where(counts > 0, betabinom.sf(counts - 1, rows, first, second), 1.0)
    return expected.tolist(), np.clip(p, 0.0, 1.0).tolist()
