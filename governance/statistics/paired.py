"""Intervals of a change between two answers about the same rows: only the rows that changed say anything about it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from governance.statistics.intervals import critical

Floats = NDArray[np.float64]
_HALVINGS: Final = 50
"""Halvings of the range of a difference, -1 to 1, until an end is exact to 1e-14."""


def _squared_score(change: Floats, lost: Floats, gained: Floats, n: Floats) -> Floats:
    """Return the squared score statistic of the hypothesis that the share changed by `change`."""
    a = 2 * n
    b = -lost - gained + (2 * n + lost - gained) * change
    c = -lost * change * (1 - change)
    nuisance = (np.sqrt(np.maximum(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
    spread = n * (2 * nuisance + change * (1 - change))
    gap = gained - lost - n * change
    with np.errstate(divide="ignore", invalid="ignore"):
        found = gap * gap / spread
    return np.where(np.abs(gap) < 1e-12, 0.0, np.where(spread > 0, found, np.inf))


def paired_change(lost: ArrayLike, gained: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the score interval of (gained - lost) / n, the change of a share between two answers about the same n rows.

    It has width where no row changed. Source: Tango, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17:891-908 (1998).

    Args:
        lost: rows that counted before and do not count after.
        gained: rows that count after and did not before.
        n: all rows, at least 1 and at least lost + gained.
        confidence: the coverage aimed at, 0 to 1.
    """
    parts = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (lost, gained, n)))
    down, up, rows = (np.array(part, dtype=float) for part in parts)
    limit = critical(confidence) ** 2
    ends = []
    for far in (-1.0, 1.0):
        near, beyond = (up - down) / rows, np.full(rows.shape, far)
        for _ in range(_HALVINGS):
            middle = (near + beyond) / 2
            inside = _squared_score(middle, down, up, rows) <= limit
            near, beyond = np.where(inside, middle, near), np.where(inside, beyond, middle)
        ends.append(near)
    return ends[0], ends[1]


def mcnemar(lost: ArrayLike, gained: ArrayLike) -> Floats:
    """Return the exact two-sided p value of "as many rows lost as gained"; 1 where no row changed.

    Twice the smaller tail of a fair coin thrown lost + gained times, at most 1. Source: McNemar, Psychometrika 12:153-157 (1947), in the
    exact form of the binomial law.

    Args:
        lost: rows that counted before and do not count after.
        gained: rows that count after and did not before.
    """
    from scipy.stats import binom

    down, up = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(lost, gained))
    return np.asarray(np.minimum(1.0, 2 * binom.cdf(np.minimum(down, up), down + up, 0.5)))
