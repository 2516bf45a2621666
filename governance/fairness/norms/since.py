"""Since when: the window from which a gap is another one, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.fairness.norms.projection import Floats

DROP: Final = 3.0
"""Units of log-likelihood below the best that the interval still holds: 2 would be a 95 % interval of a smooth parameter, and the place
of a change is none."""


@dataclass(frozen=True, slots=True)
class Since:
    """When a breach began, as windows from 0."""

    window: int
    """The most likely one."""
    low: int
    """The first of the interval; 0 may also mean before the first window."""
    high: int
    """The last of the interval."""


def since(gap: Floats, variance: Floats, proven: int) -> Since:
    """Return when the gap changed, by the profile likelihood of two means up to the window that proved it.

    Args:
        gap: (windows,) difference of the two groups, or mean of label minus score; NaN where a window says nothing.
        variance: (windows,) of the gap, above 0.
        proven: window in which the breach was proven.
    """
    seen = np.flatnonzero(~np.isnan(gap[: proven + 1]))
    if not len(seen):
        return Since(proven, 0, proven)
    value, weight = gap[seen], 1 / np.maximum(variance[seen], 1e-9)
    mass, first = np.cumsum(weight), np.cumsum(weight * value)
    before = np.concatenate([[0.0], first[:-1] ** 2 / mass[:-1]])
    after_mass = np.concatenate([[mass[-1]], mass[-1] - mass[:-1]])
    after_sum = np.concatenate([[first[-1]], first[-1] - first[:-1]])
    fit = (before + after_sum**2 / np.maximum(after_mass, 1e-9)) / 2
    fit = fit[: len(seen)]
    close = seen[fit >= fit.max() - DROP]
    return Since(int(seen[int(fit.argmax())]), int(close.min()), int(close.max()))
