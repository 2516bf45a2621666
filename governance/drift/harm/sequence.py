"""Errors that come one by one: a bound that may be looked at after every row without raising false alarms.

Podkopaev and Ramdas (2022, "Tracking the risk of a deployed model and detecting harmful distribution shifts"): an alarm is raised
when a lower confidence sequence of the current risk passes an upper bound of the reference's risk plus the tolerance. Without
harm the chance that this ever happens, however long one looks, is at most `alpha`.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from governance.drift.results.report import ErrorStream, StreamPoint
from governance.drift.samples.two_samples import Floats

ALPHA: Final = 0.05
POINTS: Final = 60
"""At most so many points are kept for a picture."""


def lower_bounds(loss: Floats, alpha: float) -> Floats:
    """Return (n,) lower bounds of the mean that hold together with probability 1 - `alpha`, for losses between 0 and 1.

    The predictable plug-in empirical Bernstein sequence (Waudby-Smith and Ramdas 2024, theorem 2): with l_t = min(1/2,
    sqrt(2 log(1/alpha) / (s^2_{t-1} t log(1 + t)))), the bound is sum(l x)/sum(l) - (log(1/alpha) + sum(4 (x - m)^2 psi(l)))/sum(l),
    psi(l) = (-log(1 - l) - l) / 4, m and s^2 the mean and variance before the row. A bound that once was higher stays.
    """
    return np.asarray(_bounds(np.ascontiguousarray(loss, dtype=np.float64), math.log(1 / alpha)), dtype=np.float64)


@njit(nogil=True, cache=True)
def _bounds(loss: Floats, budget: float) -> Floats:
    result = np.empty(len(loss))
    mean, spread = 0.5, 0.25
    total, squares = 0.5, 0.25
    weight, weighted, spent = 0.0, 0.0, 0.0
    best = 0.0
    for i in range(len(loss)):
        t = i + 1.0
        stake = min(0.5, math.sqrt(2 * budget / (spread * t * math.log(1 + t))))
        x = loss[i]
        weight += stake
        weighted += stake * x
        spent += 4 * (x - mean) ** 2 * (-math.log(1 - stake) - stake) / 4
        best = max(best, (weighted - budget - spent) / weight)
        result[i] = best
        total += x
        mean = total / (t + 1)
        squares += (x - mean) ** 2
        spread = squares / (t + 1)
    return result


def upper_bound(loss: Floats, alpha: float) -> float:
    """Return an upper bound of the mean at level 1 - `alpha`.

    Losses of 0 and 1: exact (Clopper and Pearson 1934); others between 0 and 1: the mirrored lower bound of their sequence.
    """
    from scipy.stats import beta

    rows, ones = len(loss), int((loss == 1).sum())
    if ones + int((loss == 0).sum()) < rows:
        return 1 - float(lower_bounds(1 - loss, alpha)[-1])
    return float(beta.ppf(1 - alpha, ones + 1, rows - ones)) if ones < rows else 1.0


def stream(reference: Floats, current: Floats, tolerance: float, order: str, *, alpha: float = ALPHA) -> ErrorStream:
    """Return how the loss of the current window builds up, row by row.

    Half of `alpha` is spent on the reference's bound and half on the sequence.

    Args:
        reference: (n,) losses of the reference, 0 to 1.
        current: (m,) losses of the current window in the order in which they became known, 0 to 1; at least one.
        tolerance: how much more is still accepted.
        order: words for that order.
        alpha: the chance of any false alarm in the whole sequence, 0 to 1.
    """
    from governance.drift.harm.detectors import detections

    limit = min(upper_bound(reference, alpha / 2) + tolerance, 1.0)
    low = lower_bounds(current, alpha / 2)
    beyond = np.flatnonzero(low > limit)
    running = np.cumsum(current) / np.arange(1, len(current) + 1)
    at = np.unique(np.linspace(0, len(current) - 1, min(POINTS, len(current))).astype(np.int64))
    return ErrorStream(
        limit=limit,
        alarm_at=int(beyond[0]) + 1 if len(beyond) else None,
        rows=len(current),
        points=tuple(StreamPoint(int(i) + 1, float(running[i]), float(low[i])) for i in at),
        detectors=detections(reference, current),
        order=order,
        alpha=alpha,
    )
