"""Population stability index: sum (p - q) ln(p / q) over cells.

Cells are the deciles of the reference (their edges never depend on the current window) or the categories; both sides smoothed by
half a count a cell. Best value 0, unit nats, symmetric. Chance gives (1/N + 1/M) chi-square with B-1 degrees
(Yurdakul and Naranjo 2020), so a fixed cut-off alone says nothing.
"""

from __future__ import annotations

import numpy as np

from governance.drift.runs import Floats, Ints
from governance.drift.shares import Tables, chance_factor, smoothed


def psi(reference: Ints, current: Ints) -> Floats:
    """Return the index of counts over the last axis."""
    p, q = smoothed(reference, current)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1), dtype=np.float64)


def noise_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return the index that chance exceeds in 5 of 100 undrifted pairs; from tables `drawn` under no drift where counts are small."""
    if drawn is not None:
        return float(np.quantile(psi(*drawn), 0.95))
    return chance_factor(reference, current)
