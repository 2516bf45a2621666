"""One fused pass over a table: counts of every column, hashes of rows, and every k-th row for questions about several columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.data import columns_of, mask, parse
from governance.evidence import Progress, silent
from governance.quality.column_summary import ColumnSummary, summarise
from governance.quality.expectation import Expectation
from governance.quality.row_hash import MOST_ROWS, column_hashes, row_hashes
from governance.subject import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_ROWS: Final = 50_000
"""At most about this many rows are kept for leakage, order and medians."""
CHUNK_ROWS: Final = 262_144


@dataclass(slots=True)
class TableSummary:
    """What one pass keeps of a table; `a + b` is the summary of the rows of a followed by those of b."""

    columns: dict[str, ColumnSummary] = field(default_factory=dict)
    rows: int = 0
    hashes: tuple[NDArray[np.uint64], ...] = ()
    broken_rules: dict[str, int] = field(default_factory=dict)
    """Rule -> rows that break it."""
    sample: tuple[pd.DataFrame, ...] = ()
    """Every k-th row in file order, text as `str`."""

    def __add__(self, other: TableSummary) -> TableSummary:
        names = dict.fromkeys((*self.columns, *other.columns))
        columns = {
            name: self.columns.get(name, ColumnSummary(name)) + other.columns.get(name, ColumnSummary(name))
            for name in names
        }
        rules = dict.fromkeys((*self.broken_rules, *other.broken_rules))
        return TableSummary(
            columns,
            self.rows + other.rows,
            self.hashes + other.hashes,
            {rule: self.broken_rules.get(rule, 0) + other.broken_rules.get(rule, 0) for rule in rules},
            self.sample + other.sample,
        )

    def sampled(self) -> pd.DataFrame:
        """Return the kept rows as one frame."""
        return pd.concat(self.sample, ignore_index=True) if self.sample else pd.DataFrame()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the pass has to look at beside the plain counts."""

    expected: tuple[Expectation, ...]
    duplicates: bool
    """Whether rows are compared with each other."""
    identifier: str
    step: int
    """Every step-th row of the file is kept for the sample."""

    def of(self, column: str) -> tuple[Expectation, ...]:
        """Return the expectations on one column."""
        return tuple(item for item in self.expected if item.column == column)

    @property
    def keys(self) -> frozenset[str]:
        """Columns whose values must be unique."""
        return frozenset(item.column for item in self.expected if item.check == "unique_key")

    @property
    def rules(self) -> tuple[str, ...]:
        """The conditions that every row must satisfy."""
        return tuple(item.text for item in self.expected if item.check == "rule")


def plan(data: Dataset, expected: tuple[Expectation, ...]) -> Plan:
    """Return what a pass over the data has to look at."""
    wanted = any(item.check == "duplicate_rows" for item in expected)
    return Plan(
        expected, wanted and data.n_rows <= MOST_ROWS, data.schema.identifier, max(1, -(-data.n_rows // SAMPLE_ROWS))
    )


def summary_of(data: Dataset, what: Plan, progress: Progress = silent) -> TableSummary:
    """Return the summary of all rows, one chunk in memory at a time."""
    found = TableSummary({name: ColumnSummary(name) for name in data.columns})
    for chunk in data.chunks(rows=CHUNK_ROWS):
        found = found + summarise_chunk(chunk, what, start=found.rows)
        progress(found.rows, data.n_rows, "checking the rows")
    return found


def summarise_chunk(chunk: pd.DataFrame, what: Plan, *, start: int) -> TableSummary:
    """Return the summary of one chunk whose first row is row `start` of the table."""
    names = tuple(map(str, chunk.columns))
    hashed = {
        name: column_hashes(chunk[name])
        for name in names
        if name in what.keys or (what.duplicates and name != what.identifier)
    }
    compared = [hashed[name] for name in names if name in hashed and name != what.identifier]
    columns = {
        name: summarise(name, chunk[name], what.of(name), hashes=hashed[name] if name in what.keys else None)
        for name in names
    }
    kept = np.arange(-start % what.step, len(chunk), what.step)
    return TableSummary(
        columns,
        len(chunk),
        (row_hashes(compared),) if what.duplicates and compared else (),
        {rule: _broken(rule, chunk) for rule in what.rules if set(_columns(rule)) <= set(names)},
        (_plain(chunk.iloc[kept]),),
    )


def _columns(rule: str) -> tuple[str, ...]:
    condition = parse(rule)
    return columns_of(condition) if condition is not None else ()


def _broken(rule: str, chunk: pd.DataFrame) -> int:
    condition = parse(rule)
    return 0 if condition is None else int((~mask(condition, chunk)).sum())


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with text as `str`, so that pieces of several chunks can be joined.

    Each category is written once and the rows take it: pandas' own cast writes every row.
    """
    rows = rows.reset_index(drop=True)
    text = {
        str(name): column.cat.categories.astype("str").array.take(column.cat.codes.to_numpy(), allow_fill=True)
        for name, column in rows.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    return rows.assign(**text) if text else rows
