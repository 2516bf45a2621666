"""Infinite values: whether their share changed, by a test of two proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.drift.columns.column_test import INFINITE_VALUES, ColumnTest, CountedColumn, Measured
from governance.drift.columns.missing import share

if TYPE_CHECKING:
    from governance.drift.samples.pairs import Pair


def measure(column: CountedColumn) -> Measured:
    """Return the change of the share of infinite values."""
    before, after = column.pair.reference, column.pair.current
    return share(before.infinite, before.rows, after.infinite, after.rows)


def some(pair: Pair) -> bool:
    """Return whether a window holds an infinite value."""
    return bool(pair.reference.infinite or pair.current.infinite)


TEST: Final = ColumnTest(
    id="infinite",
    kinds=("numeric", "categorical"),
    facet=INFINITE_VALUES,
    measure=measure,
    default_limit=0.001,
    unit="difference of the shares of infinite values, 0 to 1",
    label="Infinite numbers",
    said="the share of infinite values changed by {0:.1%}",
    meaning="How much the share of infinite numbers changed. 0 is no change.",
    field_name="test of two proportions",
    source="Pearson's test of two proportions; Fisher's exact test with the mid-p value (Lancaster 1961)",
    needs_values=False,
    applies=some,
)
