"""Kullback-Leibler divergence of the current window from the reference: sum q ln(q / p), q current and p reference.

The direction is named because the other one gives another number: this one grows where the current window has what the
reference hardly had. Cells and smoothing as for the population stability index; best value 0, unit nats; chance gives about half
of that index's.
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


def kl(reference: Ints, current: Ints) -> Floats:
    """Return KL(current || reference) of counts over the last axis."""
    p, q = smoothed(reference, current)
    return np.asarray((q * np.log(q / p)).sum(axis=-1), dtype=np.float64)


def noise_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return the divergence that chance exceeds in 5 of 100 undrifted pairs."""
    if drawn is not None:
        return float(np.quantile(kl(*drawn), 0.95))
    return chance_factor(reference, current) / 2


TEST: Final = ColumnTest(
    id="kl",
    kinds=("numeric", "categorical"),
    facet=VALUES,
    measure=distance(kl, noise_floor, unit="KL(current || reference), nats"),
    default_limit=0.05,
    unit="Kullback-Leibler divergence of current from reference, nats, from 0",
    label="Surprise at the shares (Kullback-Leibler)",
    said="the current shares surprise who expects the reference's (KL {0:.2f})",
    meaning="How surprising the current shares are to somebody who expects those of the reference. 0 is equal; it has no upper end.",
    field_name="Kullback-Leibler divergence, in nats",
    source="Kullback and Leibler 1951",
    corrected=False,
    decides=False,
)
