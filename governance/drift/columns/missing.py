"""Missing values: whether their share changed, by a test of two proportions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from governance.drift.columns.column_test import MISSING_VALUES, ColumnTest, CountedColumn, Measured


def share(x: int, n: int, y: int, m: int) -> Measured:
    """Return how the share x of n rows became y of m."""
    from governance.statistics import two_shares

    if not n or not m:
        return Measured(statistic=None, p_value=None, noise_floor=None, reason="a window without rows")
    found = two_shares(x, n, y, m)
    gap = found.current - found.reference
    return Measured(
        statistic=gap,
        p_value=found.p_value,
        noise_floor=found.noise_floor,
        reason=f"share in the current window minus share in the reference, {found.how}",
        effect=abs(gap),
        also={"reference": found.reference, "current": found.current},
    )


def measure(column: CountedColumn) -> Measured:
    """Return the change of the share of missing values; without any in both windows there is no question."""
    before, after = column.pair.reference, column.pair.current
    found = share(before.missing, before.rows, after.missing, after.rows)
    return replace(found, open=before.missing + after.missing > 0)


TEST: Final = ColumnTest(
    id="missing",
    kinds=("numeric", "categorical"),
    facet=MISSING_VALUES,
    measure=measure,
    default_limit=0.02,
    unit="difference of the shares of missing values, 0 to 1",
    label="Missing values",
    said="the share of missing values changed by {0:.1%}",
    meaning="How much the share of missing values changed. 0 is no change.",
    field_name="test of two proportions",
    source="Pearson's test of two proportions; Fisher's exact test with the mid-p value (Lancaster 1961)",
    needs_values=False,
)
