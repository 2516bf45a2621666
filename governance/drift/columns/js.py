"""Jensen-Shannon distance: the square root of the mean divergence of both sides from their average.

sqrt((KL(p || a) + KL(q || a)) / 2) with a = (p + q) / 2 and the natural logarithm, 0 to sqrt(ln 2) = .833, best value 0,
a metric (Endres and Schindelin 2003). Cells and smoothing as for the population stability index. Chance gives about
sqrt((B-1)(1/N + 1/M) / 8): a fixed cut-off of .1 fires on every second undrifted pair of 100 rows and 10 categories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.columns.column_test import VALUES, ColumnTest
from governance.drift.columns.distance import distance
from governance.drift.samples.shares import chance_factor, smoothed

if TYPE_CHECKING:
    from governance.drift.samples.shares import Tables
    from governance.drift.samples.two_samples import Floats, Ints


def js(reference: Ints, current: Ints) -> Floats:
    """Return the distance of counts over the last axis."""
    p, q = smoothed(reference, current)
    a = (p + q) / 2
    divergence = (p * np.log(p / a) + q * np.log(q / a)).sum(axis=-1) / 2
    return np.asarray(np.sqrt(np.maximum(divergence, 0.0)), dtype=np.float64)


def noise_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return the distance that chance exceeds in 5 of 100 undrifted pairs."""
    if drawn is not None:
        return float(np.quantile(js(*drawn), 0.95))
    return float(np.sqrt(chance_factor(reference, current) / 8))


TEST: Final = ColumnTest(
    id="js",
    kinds=("numeric", "categorical"),
    facet=VALUES,
    measure=distance(js, noise_floor, unit="distance, natural logarithm"),
    default_limit=0.11,
    unit="Jensen-Shannon distance, natural logarithm, 0 to .833",
    label="Shares of rows in parts (Jensen-Shannon)",
    said="the shares of the cells differ (JS {0:.2f})",
    meaning="How different the shares of rows in each part of the range are, both windows alike. 0 is equal, 0.833 is disjoint.",
    field_name="Jensen-Shannon distance",
    source="Endres and Schindelin 2003",
    corrected=False,
    decides=False,
)
