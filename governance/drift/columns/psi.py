"""Population stability index: sum (p - q) ln(p / q) over cells.

Cells are the deciles of the reference (their edges never depend on the current window) or the categories; both sides smoothed by
half a count a cell. Best value 0, unit nats, symmetric. Chance gives (1/N + 1/M) chi-square with B-1 degrees
(Yurdakul and Naranjo 2020), so a fixed cut-off alone says nothing.
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


def psi(reference: Ints, current: Ints) -> Floats:
    """Return the index of counts over the last axis."""
    p, q = smoothed(reference, current)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1), dtype=np.float64)


def noise_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return the index that chance exceeds in 5 of 100 undrifted pairs; from tables `drawn` under no drift where counts are small."""
    if drawn is not None:
        return float(np.quantile(psi(*drawn), 0.95))
    return chance_factor(reference, current)


TEST: Final = ColumnTest(
    id="psi",
    kinds=("numeric", "categorical"),
    facet=VALUES,
    measure=distance(psi, noise_floor, unit="nats"),
    default_limit=0.1,
    unit="population stability index, nats, from 0",
    label="Shares of rows in parts (PSI)",
    said="the shares of the cells differ (PSI {0:.2f})",
    meaning="How different the shares of rows in each part of the range are. Below 0.1 little, above 0.25 much.",
    field_name="population stability index",
    source="Yurdakul and Naranjo 2020",
    corrected=False,
)
