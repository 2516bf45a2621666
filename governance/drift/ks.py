"""Kolmogorov-Smirnov: the largest vertical distance of two distribution functions.

D = sup |F(x) - G(x)|, 0 to 1, best value 0. The p value is conditional on the pooled values, so ties do not make it
timid: exact by counting lattice paths for small samples (Hodges 1957, with the bound checked only where a run of equal values
ends), Kolmogorov's limit for large ones without heavy ties, the Brownian bridge on the values that occur otherwise.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from governance.drift.bridge import DRAWS, GRID, Chance, beyond
from governance.drift.runs import Floats, Ints, Runs
from governance.drift.scan import Scan

EXACT: Final = 1_000_000
"""Up to this product of the sample sizes the p value is exact."""
HEAVY_TIE: Final = 0.005


def p_value(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the two-sided p value of the distance in `found`."""
    n, m = runs.n, runs.m
    if n * m <= EXACT:
        return exact(runs.reference + runs.current, n, m, found.distance)
    from scipy.stats import kstwo

    limit = float(kstwo.sf(found.distance, max(round(n * m / (n + m)), 1)))
    if found.largest_tie <= HEAVY_TIE:
        return limit
    drawn = _tied(runs, found.distance, chance)
    return drawn if drawn > 1 / DRAWS else min(limit, 1 / DRAWS)


def noise_floor(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the distance that chance exceeds in 5 of 100 undrifted pairs (with ties: at most)."""
    if found.largest_tie > HEAVY_TIE or runs.n * runs.m <= EXACT:
        at = runs.pooled(GRID)
        return beyond(np.abs(chance.gaps(runs, at)).max(axis=1))
    from scipy.stats import kstwo

    return float(kstwo.isf(0.05, max(round(runs.n * runs.m / (runs.n + runs.m)), 1)))


def _tied(runs: Runs, distance: float, chance: Chance) -> float:
    """Return the p value by drawing the bridge at the values that occur.

    Between two grid points with many values in between, the chance of an excursion is added by the reflection principle:
    exp(-2 (d-a)(d-b) / t) for a bridge from a to b of duration t.
    """
    at = runs.pooled(GRID)
    drawn = chance.gaps(runs, at)
    inside = np.all(np.abs(drawn) < distance * (1 - 1e-12), axis=1).astype(np.float64)
    wide = np.flatnonzero(np.diff(at) > 2)
    if len(wide):
        inside *= _no_excursion(runs, at, wide, drawn, distance)
    return float(1 - inside.mean())


def _no_excursion(runs: Runs, at: Ints, wide: Ints, drawn: Floats, distance: float) -> Floats:
    rank = (runs.reference[at] + runs.current[at]) / (runs.n + runs.m)
    time = (rank[wide + 1] - rank[wide]) * (1 / runs.n + 1 / runs.m)
    a, b = drawn[:, wide], drawn[:, wide + 1]
    above = np.exp(-2 * np.maximum(distance - a, 0) * np.maximum(distance - b, 0) / time)
    below = np.exp(-2 * np.maximum(distance + a, 0) * np.maximum(distance + b, 0) / time)
    return np.asarray(np.prod(np.clip(1 - above - below, 0, 1), axis=1), dtype=np.float64)


def exact(rank: Ints, n: int, m: int, distance: float) -> float:
    """Return the exact conditional p value.

    Args:
        rank: pooled values at or below each distinct value, ascending; the last is n + m.
        n: values of one sample.
        m: values of the other.
        distance: the observed D.
    """
    ends = np.zeros(n + m + 1, dtype=np.bool_)
    ends[rank] = True
    bound = round(distance * n * m)
    return float(min(_paths(ends, n, m, bound), 1.0))


@njit(nogil=True, cache=True, error_model="numpy")
def _paths(ends: NDArray[np.bool_], n: int, m: int, bound: int) -> float:
    """Return the share of relabellings whose distance reaches `bound` / (n m) at an end of a run."""
    weight = np.zeros(n + 1)
    weight[0] = 1.0
    lost = 0.0
    for t in range(1, n + m + 1):
        low = t - m if t > m else 0
        high = min(n, t)
        for i in range(high, low - 1, -1):
            stay = weight[i] * (m - (t - 1 - i)) / (n + m - t + 1) if t - 1 - i >= 0 and t - 1 - i < m else 0.0
            come = weight[i - 1] * (n - i + 1) / (n + m - t + 1) if i > 0 else 0.0
            weight[i] = stay + come
        if low > 0:
            weight[low - 1] = 0.0
        if ends[t]:
            for i in range(low, high + 1):
                if abs(i * m - (t - i) * n) >= bound:
                    lost += weight[i]
                    weight[i] = 0.0
    return lost
