"""Kullback-Leibler divergence of the current window from the reference: sum q ln(q / p), q current and p reference.

The direction is named because the other one gives another number: this one grows where the current window has what the
reference hardly had. Cells and smoothing as for the population stability index; best value 0, unit nats; chance gives about half
of that index's.
"""

from __future__ import annotations

import numpy as np

from governance.drift.runs import Floats, Ints
from governance.drift.shares import Tables, chance_factor, smoothed


def kl(reference: Ints, current: Ints) -> Floats:
    """Return KL(current || reference) of counts over the last axis."""
    p, q = smoothed(reference, current)
    return np.asarray((q * np.log(q / p)).sum(axis=-1), dtype=np.float64)


def noise_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return the divergence that chance exceeds in 5 of 100 undrifted pairs."""
    if drawn is not None:
        return float(np.quantile(kl(*drawn), 0.95))
    return chance_factor(reference, current) / 2
