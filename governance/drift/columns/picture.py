"""What a page draws of a column: a few points, whatever the number of rows."""

from __future__ import annotations

from typing import Final

import numpy as np

from governance.drift.results.report import CategoryPicture, NumericPicture
from governance.drift.samples.ecdf import Scan
from governance.drift.samples.pairs import CategoryPair, NumericPair
from governance.drift.samples.two_samples import Floats, Ints

POINTS: Final = 129
LEVELS: Final = 20
QUANTILES: Final = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def numeric(pair: NumericPair, found: Scan) -> NumericPicture:
    """Return the picture of a numeric column; both windows have values."""
    runs = pair.runs
    at = np.unique(np.append(runs.pooled(POINTS - 1), np.searchsorted(runs.value, found.gap_at)))
    return NumericPicture(
        value=_floats(runs.value[at]),
        reference=_floats(runs.reference[at] / runs.n),
        current=_floats(runs.current[at] / runs.m),
        gap_at=float(found.gap_at),
        edges=_floats(found.edges),
        reference_share=_floats(found.reference_bins / runs.n),
        current_share=_floats(found.current_bins / runs.m),
        reference_quantiles=_floats(runs.quantile(QUANTILES)),
        current_quantiles=_floats(runs.quantile(QUANTILES, of_current=True)),
    )


def categorical(pair: CategoryPair) -> CategoryPicture:
    """Return the picture of a categorical column."""
    order = np.argsort(-(pair.reference_count + pair.current_count), kind="stable")
    shown, rest = order[:LEVELS], order[LEVELS:]
    new = [i for i in order.tolist() if pair.reference_count[i] == 0]
    return CategoryPicture(
        level=tuple(pair.levels[i] for i in shown),
        reference_count=_ints(pair.reference_count[shown]),
        current_count=_ints(pair.current_count[shown]),
        other_levels=len(rest),
        other_reference=int(pair.reference_count[rest].sum()),
        other_current=int(pair.current_count[rest].sum()),
        new_levels=tuple(pair.levels[i] for i in new[:LEVELS]),
    )


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _ints(values: Ints) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
