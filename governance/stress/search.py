"""Every conjunction of two conditions scored by counting: prefix sums of harm and of rows over the bins of two columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.models import kernel


class Bins(NamedTuple):
    """Rows by their bins in the columns that a condition may name; column 0 has one bin, which holds every row."""

    codes: NDArray[np.int16]
    """(columns, rows) the bin of each row; -1 for a row that no condition on the column names."""
    width: NDArray[np.int64]
    """(columns,) bins."""
    ordered: NDArray[np.bool_]
    """(columns,) whether neighbouring bins may be joined to a range."""
    pairs: NDArray[np.int64]
    """(pairs, 2) columns that are combined, the first below the second."""


class Found(NamedTuple):
    """The worst conjunction of one template."""

    harm: float
    """Sum over the rows that the budget lets it strike."""
    rows: float
    pair: int
    first: tuple[int, int]
    """Bins of the first column, from and below."""
    second: tuple[int, int]


@kernel
def row_counts(bins: Any, rows: Any, most: Any) -> Any:
    """Return (pairs, most + 1, most + 1) prefix sums of the rows over the bins of each pair."""
    found = np.zeros((len(bins.pairs), most + 1, most + 1))
    for pair in range(len(bins.pairs)):
        first, second = bins.pairs[pair, 0], bins.pairs[pair, 1]
        _add(found[pair], bins.codes[first], bins.codes[second], rows, np.ones(len(rows)))
        _sum_up(found[pair], bins.width[first], bins.width[second])
    return found


@kernel
def _add(table: Any, first: Any, second: Any, rows: Any, values: Any) -> None:
    for i in range(len(rows)):
        a, b = first[rows[i]], second[rows[i]]
        if a >= 0 and b >= 0:
            table[a + 1, b + 1] += values[i]


@kernel
def _sum_up(table: Any, wide: Any, high: Any) -> None:
    for a in range(1, wide + 1):
        for b in range(1, high + 1):
            table[a, b] += table[a - 1, b] + table[a, b - 1] - table[a - 1, b - 1]


@kernel
def worst_of(bins: Any, counts: Any, rows: Any, harm: Any, limits: Any) -> Any:
    """Return (harm, rows, pair, from, below, from, below) of the worst conjunction.

    Args:
        bins: the rows by their bins.
        counts: prefix sums of the rows that can be struck.
        rows: (m,) rows whose harm is not 0.
        harm: (m,) their harm.
        limits: (rows that the budget allows, fewest rows of a condition).
    """
    budget, least = limits
    best = np.array([0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0])
    table = np.empty(counts.shape[1:])
    for pair in range(len(bins.pairs)):
        first, second = bins.pairs[pair, 0], bins.pairs[pair, 1]
        table[:] = 0.0
        _add(table, bins.codes[first], bins.codes[second], rows, harm)
        _sum_up(table, bins.width[first], bins.width[second])
        sides = (bins.width[first], bins.ordered[first], bins.width[second], bins.ordered[second])
        _scan((table, counts[pair]), sides, pair, (budget, least), best)
    return best


@kernel
def _scan(tables: Any, sides: Any, pair: Any, limits: Any, best: Any) -> None:
    wide, wide_ordered, high, high_ordered = sides
    for a in range(wide):
        for b in range(a + 1, (wide if wide_ordered else a + 1) + 1):
            if b - a == wide and wide > 1:
                continue  # every value of a column is no condition on it
            for c in range(high):
                for d in range(c + 1, (high if high_ordered else c + 1) + 1):
                    if d - c < high or high == 1:
                        _score(tables, (a, b, c, d), pair, limits, best)


@kernel
def _score(tables: Any, box: Any, pair: Any, limits: Any, best: Any) -> None:
    table, counts = tables
    a, b, c, d = box
    budget, least = limits
    rows = counts[b, d] - counts[a, d] - counts[b, c] + counts[a, c]
    if rows < least:
        return
    total = table[b, d] - table[a, d] - table[b, c] + table[a, c]
    if rows > budget:
        total *= budget / rows
    same = abs(total - best[0]) <= 1e-12 and rows > best[1] and total > 0  # of equal ones the widest is the least luck
    if same or total > best[0] + 1e-12:
        best[0], best[1], best[2] = total, rows, pair
        best[3], best[4], best[5], best[6] = a, b, c, d


def conjunctions(bins: Bins) -> int:
    """Return how many conjunctions a template is tried with."""
    ranges = np.where(bins.ordered, bins.width * (bins.width + 1) // 2 - (bins.width > 1), bins.width)
    return int((ranges[bins.pairs[:, 0]] * ranges[bins.pairs[:, 1]]).sum())
