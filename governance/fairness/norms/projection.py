"""The point inside a norm that is nearest to a bet: reverse information projections on two rates, or on the scores of a group.

A bet is a guess of the true rates, made before a window is seen. The likelihood ratio of the bet against its projection
q = argmin over the norm of the sum of n KL(bet || q) has an expectation of at most 1 wherever the truth lies inside the norm
(Turner, Ly, Grünwald 2021, arXiv:2106.02693; Grünwald, de Heide, Koolen 2024, JRSS B 86): the norm is convex, and by the condition
of the optimum its supporting plane at q is the tangent of the set in which the log-concave expectation is at least 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Project = Callable[[Floats, Floats, Floats, Floats, float], tuple[Floats, Floats]]
"""(bet a, bet b, rows a, rows b, limit) -> nearest rates (a, b) that keep the norm."""
STEPS = 60
"""Halvings at most: a bracket of width 1 is below the resolution of a float after 53."""
_TINY = 1e-9


def nearest_difference(a: Floats, b: Floats, n: Floats, m: Floats, limit: float) -> tuple[Floats, Floats]:
    """Return the rates nearest to (a, b), all in (0, 1) and of one shape, whose difference is at most `limit`."""

    def high(x: Floats, y: Floats, n: Floats, m: Floats) -> tuple[Floats, Floats]:
        """Return the projection where x - y > limit: on the line x = y + limit."""

        def slope(t: Floats) -> Floats:
            return n * (t + limit - x) / ((t + limit) * (1 - t - limit)) + m * (t - y) / (t * (1 - t))

        t = _root(slope, y, x - limit)
        return t + limit, t

    return _sided(a, b, n, m, over=lambda x, y: x - y > limit, high=high)


def nearest_ratio(a: Floats, b: Floats, n: Floats, m: Floats, limit: float) -> tuple[Floats, Floats]:
    """Return the rates nearest to (a, b), all in (0, 1) and of one shape, neither below `limit` times the other."""

    def high(x: Floats, y: Floats, n: Floats, m: Floats) -> tuple[Floats, Floats]:
        """Return the projection where y < limit x: on the line y = limit x."""

        def slope(t: Floats) -> Floats:
            return n * (t - x) / (t * (1 - t)) + m * (limit * t - y) / (t * (1 - limit * t))

        t = _root(slope, y / limit, x)
        return t, limit * t

    return _sided(a, b, n, m, over=lambda x, y: y < limit * x, high=high)


def _sided(
    a: Floats, b: Floats, n: Floats, m: Floats, *, over: Callable[..., Any], high: Callable[..., Any]
) -> tuple[Floats, Floats]:
    """Return the projection of each pair: the pair itself inside the norm, else on the side that it breaks."""
    near_a, near_b = a.copy(), b.copy()
    first, second = over(a, b), over(b, a)
    if first.any():
        near_a[first], near_b[first] = high(a[first], b[first], n[first], m[first])
    if second.any():
        near_b[second], near_a[second] = high(b[second], a[second], m[second], n[second])
    return near_a, near_b


def _root(slope: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where a rising function is 0 between two ends, by halving."""
    low, high = low.copy(), high.copy()
    for _ in range(STEPS):
        middle = (low + high) / 2
        rising = slope(middle) > 0
        high = np.where(rising, middle, high)
        low = np.where(rising, low, middle)
    return (low + high) / 2


def nearest_mean(bet: Floats, rows: Floats, score: Floats, limit: float) -> Floats:
    """Return (g, bins) the rates nearest to `bet` under which the mean of rate minus score of each group is within +-`limit`.

    Each bin is the root of a quadratic in the multiplier of the constraint, which one bisection a group finds.

    Args:
        bet: (g, bins) rates in (0, 1).
        rows: (g, bins) labelled rows, 0 for an empty bin.
        score: (g, bins) mean score of the bin, 0 to 1.
        limit: half of the band, in (0, 1).
    """
    total = np.maximum(rows.sum(axis=1), _TINY)
    gap = (rows * (bet - score)).sum(axis=1) / total
    near = bet.copy()
    for mirrored in (False, True):
        hit = (-gap if mirrored else gap) > limit
        if hit.any():
            x, s = (1 - bet[hit], 1 - score[hit]) if mirrored else (bet[hit], score[hit])
            found = _lowered(x, rows[hit], s, limit * total[hit])
            near[hit] = 1 - found if mirrored else found
    return near


def _lowered(x: Floats, rows: Floats, score: Floats, most: Floats) -> Floats:
    """Return rates below x whose sum of rows (rate - score) is `most`."""

    def excess(multiplier: Floats) -> Floats:
        return np.asarray((rows * (_tilted(x, multiplier) - score)).sum(axis=1) - most)

    high = np.ones(len(x))
    for _ in range(STEPS):
        still = excess(high) > 0
        if not still.any():
            break
        high = np.where(still, 2 * high, high)
    return _tilted(x, _root(lambda value: -excess(value), np.zeros(len(x)), high))


def _tilted(x: Floats, multiplier: Floats) -> Floats:
    """Return the root t in (0, x] of t - x + multiplier t (1 - t) = 0, in the form that loses no digits."""
    above = 1 + multiplier[:, None]
    return np.asarray(2 * x / (above + np.sqrt(np.maximum(above**2 - 4 * multiplier[:, None] * x, 0.0))))


def nearest_at_every_score(bet: Floats, _rows: Floats, score: Floats, limit: float) -> Floats:
    """Return (g, bins) the rates nearest to `bet` of which each is within +-`limit` of the score of its bin."""
    return np.clip(bet, np.maximum(score - limit, _TINY), np.minimum(score + limit, 1 - _TINY))
