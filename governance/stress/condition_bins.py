"""The conditions that the search may combine: ranges between quantiles of numbers, single values of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.data import Comparison, Every, condition_text
from governance.stress.search import Bins

if TYPE_CHECKING:
    from governance.stress.columns import Columns

BINS: Final = 12
"""Bins of a column: ranges between twelfths of its rows, or its twelve most frequent texts."""


@dataclass(frozen=True, slots=True)
class ConditionColumn:
    """One column that a condition may name."""

    name: str
    edges: tuple[float, ...]
    """Inner edges of the bins of numbers, rising; () for texts."""
    values: tuple[str, ...]
    """Texts of the bins; () for numbers."""
    codes: NDArray[np.int16]
    """(n,) the bin of each row; -1 where a value is missing or a text is rarer."""

    @property
    def width(self) -> int:
        """How many bins there are."""
        return len(self.values) if self.values else len(self.edges) + 1

    def comparisons(self, low: int, below: int) -> tuple[Comparison, ...]:
        """Return the condition of the bins from `low` to `below` - 1."""
        if self.values:
            return (Comparison(self.name, "=", self.values[low]),)
        found = []
        if low > 0:
            found.append(Comparison(self.name, ">=", self.edges[low - 1]))
        if below < self.width:
            found.append(Comparison(self.name, "<", self.edges[below - 1]))
        return tuple(found)


def condition_columns(columns: Columns, names: Sequence[str]) -> tuple[ConditionColumn, ...]:
    """Return the columns that conditions may name; those with one value only say nothing and are left out."""
    found = [_of_numbers(columns, name) if columns.sort(name) == "number" else _of_words(columns, name)
             for name in names if columns.sort(name) != "other"]  # fmt: skip
    return tuple(item for item in found if item.width > 1)


def _of_numbers(columns: Columns, name: str) -> ConditionColumn:
    values = columns.numbers(name)
    known = values[np.isfinite(values)]
    if not len(known):
        return ConditionColumn(name, (), (), np.full(len(values), -1, np.int16))
    inner = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1], method="nearest"))
    edges = inner[inner > known.min()]
    codes = np.where(np.isfinite(values), np.searchsorted(edges, values, side="right"), -1)
    return ConditionColumn(name, tuple(edges.tolist()), (), codes.astype(np.int16))


def _of_words(columns: Columns, name: str) -> ConditionColumn:
    column, frequent = columns.words(name), columns.facts(name).words[:BINS]
    place = {word: at for at, word in enumerate(frequent)}
    table = np.array([*(place.get(word, -1) for word in column.words), -1], dtype=np.int16)
    return ConditionColumn(name, (), frequent, table[column.codes])


def bins_of(found: Sequence[ConditionColumn], rows: NDArray[np.int64], conditions: int) -> Bins:
    """Return rows by their bins, ready to be searched.

    Args:
        found: the columns.
        rows: which rows.
        conditions: how many conditions are combined, 0 to 2.
    """
    codes = np.vstack([np.zeros(len(rows), np.int16), *(item.codes[rows] for item in found)]).astype(np.int16)
    pairs = [(0, 0)]
    if conditions > 0:
        pairs += [(0, at + 1) for at in range(len(found))]
    if conditions > 1:
        pairs += [(a + 1, b + 1) for a, b in combinations(range(len(found)), 2)]
    return Bins(
        codes=codes,
        width=np.array([1, *(item.width for item in found)], np.int64),
        ordered=np.array([False, *(not item.values for item in found)]),
        pairs=np.array(pairs, np.int64),
    )


def where_of(found: Sequence[ConditionColumn], columns: tuple[int, int], box: tuple[int, int, int, int]) -> str:
    """Return the text of a conjunction, in the grammar of cohorts; "" for every row."""
    parts: list[Comparison] = []
    for column, low, below in ((columns[0], *box[:2]), (columns[1], *box[2:])):
        if column > 0:
            parts += found[column - 1].comparisons(low, below)
    return condition_text(parts[0] if len(parts) == 1 else Every(tuple(parts))) if parts else ""
