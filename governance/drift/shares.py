"""The shares that two windows (or bins) give to the same cells, smoothed alike on both sides."""

from __future__ import annotations

from typing import Final

import numpy as np

from governance.drift.runs import Floats, Ints

JEFFREYS: Final = 0.5
"""Added to every cell on both sides (Jeffreys' prior), so that an empty cell never makes a distance infinite."""


def smoothed(reference: Ints, current: Ints) -> tuple[Floats, Floats]:
    """Return (c + .5) / (n + .5 B) for both sides over the last axis, without cells that are empty on both."""
    if reference.ndim == 1:
        occupied = (reference + current) > 0
        reference, current = reference[occupied], current[occupied]
    return _smooth(reference), _smooth(current)


def _smooth(counts: Ints) -> Floats:
    cells = counts.shape[-1]
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray((counts + JEFFREYS) / (total + JEFFREYS * cells), dtype=np.float64)


def chance_factor(reference: Ints, current: Ints) -> float:
    """Return (1/N + 1/M) times the 95 per cent quantile of chi-square with B-1 degrees: the PSI that chance exceeds in 5 %."""
    from scipy.stats import chi2

    cells = int(np.count_nonzero(reference + current))
    if cells < 2:
        return 0.0
    return float((1 / reference.sum() + 1 / current.sum()) * chi2.isf(0.05, cells - 1))
