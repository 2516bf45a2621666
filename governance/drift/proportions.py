"""Shares of missing, infinite and never-seen values in two windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.drift.runs import Floats, Ints

SURE: Final = 1e-14


@dataclass(frozen=True)
class Difference:
    """Two shares compared."""

    reference: float
    current: float
    p_value: float
    noise_floor: float
    """The absolute difference that chance exceeds in 5 of 100 undrifted pairs."""
    how: str


def two_shares(x: int, n: int, y: int, m: int) -> Difference:
    """Return the two-sided test of x of n against y of m rows, n and m at least 1.

    Pearson's test without continuity correction; where an expected count is below 5, Fisher's exact test with the
    mid-p value (Lancaster 1961), which keeps its level on average.
    """
    pooled = (x + y) / (n + m)
    spread = float(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))
    gap = y / m - x / n
    if min(pooled, 1 - pooled) * min(n, m) < 5:
        return Difference(x / n, y / m, _mid_p(x, n, y, m), 1.96 * spread, "Fisher's exact test, mid-p")
    from scipy.special import ndtr

    return Difference(x / n, y / m, float(2 * ndtr(-abs(gap) / spread)), 1.96 * spread, "test of two proportions")


def _mid_p(x: int, n: int, y: int, m: int) -> float:
    from scipy.stats import hypergeom

    if x + y in (0, n + m):
        return 1.0
    possible = np.arange(max(0, x + y - n), min(m, x + y) + 1)
    chance = hypergeom.pmf(possible, n + m, x + y, m)
    observed = chance[y - possible[0]]
    near = np.abs(chance - observed) <= 1e-7 * observed
    return float(min(chance[(chance < observed) & ~near].sum() + chance[near].sum() / 2, 1.0))


def clopper_pearson(count: int, rows: int) -> tuple[float, float]:
    """Return the exact 95 per cent interval of a share (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    low = float(beta.ppf(0.025, count, rows - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, rows - count)) if count < rows else 1.0
    return low, high


def unseen(reference: Ints, current: Ints) -> tuple[int, float]:
    """Return the current rows in levels that the reference never showed, and how likely chance gives so many.

    Rare levels fall into one window only by chance. Given the pooled counts, a level of c rows lies wholly in the
    current window with probability M(M-1).../(N+M)(N+M-1)... (c factors); levels are treated as independent, and the
    distribution of the row total is the convolution over c. Mid-p value.
    """
    rows = int(current[reference == 0].sum())
    if rows == 0:
        return 0, 1.0
    n, m = int(reference.sum()), int(current.sum())
    sizes, levels = np.unique(reference + current, return_counts=True)
    chance = np.ones(rows + 1)
    chance[1:] = 0.0
    certain = 0.0
    for size, count in zip(sizes.tolist(), levels.tolist(), strict=True):
        if size == 0 or size > m:
            continue
        alone = float(np.exp(np.log(m - np.arange(size)).sum() - np.log(n + m - np.arange(size)).sum()))
        if alone * count < SURE:
            break
        if size > rows:
            certain = 1 - (1 - certain) * (1 - alone) ** count
            continue
        chance = _add(chance, size, count, alone)
    at_most = min(float(chance.sum()), 1.0)
    return rows, float(min(max(1 - (1 - certain) * (at_most - chance[-1] / 2), 0.0), 1.0))


def _add(chance: Floats, size: int, count: int, alone: float) -> Floats:
    """Return the distribution after adding `count` levels of `size` rows each; totals beyond the array are dropped."""
    from scipy.signal import fftconvolve
    from scipy.stats import binom

    room = len(chance)
    sizes = np.zeros(room)
    whole = np.arange(0, min(count, (room - 1) // size) + 1)
    sizes[whole * size] = binom.pmf(whole, count, alone)
    if room < 2_000:
        return np.convolve(chance, sizes)[:room]
    return np.maximum(np.asarray(fftconvolve(chance, sizes), dtype=np.float64)[:room], 0.0)
