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
EXACT_FLOOR: Final = 200_000
"""Up to this product the noise floor is exact: it takes ten times as long as a p value."""
HEAVY_TIE: Final = 0.005
MANY: Final = 10_000
"""From this effective number of rows the limit law serves."""


def p_value(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the two-sided p value of the distance in `found`."""
    n, m = runs.n, runs.m
    if n * m <= EXACT:
        return exact(runs.reference + runs.current, n, m, found.distance)
    limit = _limit(found.distance, n * m / (n + m))
    if found.largest_tie <= HEAVY_TIE:
        return limit
    drawn = _tied(runs, found.distance, chance)
    return drawn if drawn > 1 / DRAWS else min(limit, 1 / DRAWS)


def noise_floor(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the distance that chance exceeds in 5 of 100 undrifted pairs (with ties or few rows: at most)."""
    if runs.n * runs.m <= EXACT_FLOOR:
        return _exact_floor(runs)
    if found.largest_tie > HEAVY_TIE:
        return beyond(np.abs(chance.gaps(runs, runs.pooled(GRID))).max(axis=1))
    return _limit_floor(runs)


def _limit(distance: float, rows: float) -> float:
    """Return the p value of a distance without heavy ties; `rows` is n m / (n + m).

    Many rows: Kolmogorov's limit with the correction of Vrbik (2018), whose error is of the order 1 / rows; the law for finite
    samples agrees to six digits there and costs a thousand times as much.
    """
    from scipy.special import kolmogorov
    from scipy.stats import kstwo

    if rows <= MANY:
        return float(kstwo.sf(distance, max(round(rows), 1)))
    x = distance * np.sqrt(rows)
    return float(kolmogorov(x + 1 / (6 * np.sqrt(rows)) + (x - 1) / (4 * rows)))


def _limit_floor(runs: Runs) -> float:
    from scipy.special import kolmogi

    rows = runs.n * runs.m / (runs.n + runs.m)
    return float((kolmogi(0.05) - 1 / (6 * np.sqrt(rows))) / np.sqrt(rows))


def _exact_floor(runs: Runs) -> float:
    """Return the distance just below the smallest whose exact p value is at most .05, to 1 part in 200 by halving."""
    n, m, rank = runs.n, runs.m, runs.reference + runs.current
    low, high = 0, min(round(1.5 * _limit_floor(runs) * n * m), n * m)
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        if exact(rank, n, m, middle / (n * m), 0.05) <= 0.05:
            high = middle
        else:
            low = middle
    return (high - 1) / (n * m) if exact(rank, n, m, high / (n * m), 0.05) <= 0.05 else 1.0


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


def exact(rank: Ints, n: int, m: int, distance: float, enough: float = 1.0) -> float:
    """Return the exact conditional p value, or anything above `enough` as soon as it is known to be above.

    Args:
        rank: pooled values at or below each distinct value, ascending; the last is n + m.
        n: values of one sample.
        m: values of the other.
        distance: the observed D.
        enough: where to stop counting.
    """
    ends = np.zeros(n + m + 1, dtype=np.bool_)
    ends[rank] = True
    bound = round(distance * n * m)
    return float(min(_paths(ends, n, m, bound, enough), 1.0))


@njit(nogil=True, cache=True, error_model="numpy")
def _paths(ends: NDArray[np.bool_], n: int, m: int, bound: int, enough: float) -> float:
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
            if lost > enough:
                break
    return lost
