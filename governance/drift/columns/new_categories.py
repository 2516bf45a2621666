"""New categories: the share of current rows in levels that the reference never showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.columns.column_test import NEW_CATEGORIES, ColumnTest, CountedColumn, Measured

if TYPE_CHECKING:
    from governance.drift.samples.two_samples import Ints

RARE: Final = 20
"""Pooled rows up to which a level may be absent from one window by chance."""


def measure(column: CountedColumn) -> Measured:
    """Return the share with its exact interval; it is no question where no level is rare enough to be absent by chance."""
    from governance.statistics import clopper_pearson, proportions

    a, b = column.categories.cells
    rows, p_value = proportions.unseen(a, b)
    total = int(b.sum())
    low, high = clopper_pearson(rows, total)
    levels = int(np.count_nonzero((a == 0) & (b > 0)))
    return Measured(
        statistic=rows / total,
        p_value=p_value,
        noise_floor=None,
        reason=f"share of current rows in {levels:,} levels that the reference never showed",
        effect=rows / total,
        also={"low": low, "high": high, "rows": float(rows), "levels": float(levels)},
        open=rows > 0 or _rare(a, b),
    )


def _rare(a: Ints, b: Ints) -> bool:
    return int((a + b).min(initial=RARE + 1)) <= RARE


TEST: Final = ColumnTest(
    id="new_categories",
    kinds=("categorical",),
    facet=NEW_CATEGORIES,
    measure=measure,
    default_limit=0.01,
    unit="share of current rows in categories that the reference never showed, 0 to 1",
    label="Categories never seen before",
    said="{0:.1%} of rows are in categories never seen before",
    meaning="The share of current rows in categories that the reference never showed. 0 is none.",
    field_name="unseen categories",
    source="Clopper and Pearson 1934; given the pooled counts, a level lies in one window alone by sampling without return",
)
