"""How far scores are from the rates that they promise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
"""Bins of equal width, as in the paper; more of them measure chance, fewer hide what over- and underestimates cancel."""


def calibration_error(label: Floats | NDArray[np.uint8], score: Floats, mass: Floats) -> float:
    """Return the expected calibration error: sum over bins of |sum of mass (score - label)| / all mass; 0 is best, NaN without mass.

    It has no interval: chance alone makes it positive, the more so the fewer rows there are.

    Args:
        label: (n,) 1 or 0.
        score: (n,) probabilities, 0 to 1.
        mass: (n,) rows or weights behind each score.

    Source: Naeini, Cooper and Hauskrecht, AAAI (2015).
    """
    everything = mass.sum()
    if everything <= 0:
        return float("nan")
    place = np.minimum((score * BINS).astype(np.intp), BINS - 1)
    gap = np.abs(np.bincount(place, mass * (score - label), minlength=BINS))
    return float(gap.sum() / everything)
