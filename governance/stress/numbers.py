"""What an error does to a predicted number: its mean, and its mean distance from the true value, of all rows and of each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from governance.statistics import critical
from governance.stress.effect import Clean, Struck
from governance.stress.report import Effect

FEW = "Fewer than 2 rows."


def number_effects(clean: Clean, struck: Struck, metrics: Sequence[str]) -> tuple[Effect, ...]:
    """Return the change of mean score and mean absolute error, with the normal interval of a mean of paired differences.

    A row that is not touched differs by 0; rows that are lost or doubled leave no pairs, and no interval.
    """
    return tuple(
        _one(clean, struck, name, grouping_at, group)
        for name in metrics
        for grouping_at, grouping in enumerate(clean.groupings)
        for group in range(len(grouping.names))
        if (grouping.codes == group).any()
    )


def _one(clean: Clean, struck: Struck, metric: str, grouping_at: int, group: int) -> Effect:
    grouping = clean.groupings[grouping_at]
    by_error = metric == "mean_absolute_error"
    counts = grouping.codes == group
    if by_error:
        counts &= ~np.isnan(clean.value)
    old = np.abs(clean.score - clean.value) if by_error else clean.score
    own = counts[struck.rows]
    rows = struck.rows[own]
    new = np.abs(struck.score[own] - clean.value[rows]) if by_error else struck.score[own]
    n = int(counts.sum())
    before = float(old[counts].mean()) if n else None
    paired = struck.weight == 1
    if before is None:
        after, low, high = None, None, None
    elif paired:
        difference = new - old[rows]
        mean = float(difference.sum() / n)
        spread = float(np.sqrt(max(0.0, (difference @ difference) / n - mean * mean) / max(1, n - 1)))
        after, low, high = before + mean, mean - critical(0.95) * spread, mean + critical(0.95) * spread
    else:
        left = n + (struck.weight - 1) * len(rows)
        total = float(old[counts].sum() + (struck.weight - 1) * old[rows].sum())
        after, low, high = (total / left if left else None), None, None
    few = n < 2
    return Effect(
        metric=metric,
        attribute=grouping.attribute,
        group=grouping.names[group],
        rows=n,
        before=before,
        after=after,
        change=None if before is None or after is None else after - before,
        low=None if few else low,
        high=None if few else high,
        reason=FEW if few else "" if paired else "Rows are lost or doubled: there is no pair of answers to compare.",
    )
