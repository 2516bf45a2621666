"""Two shares compared, and the share of values that one of two samples never showed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.statistics.intervals import critical

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SURE: Final = 1e-14
"""A chance smaller than this is left out: it is below what the sum of many chances resolves."""
FEWEST_EXPECTED: Final = 5
"""Below so many expected rows Pearson's test does not keep its level (Cochran 1954), and the exact one is taken."""
CONVOLVED_DIRECTLY: Final = 2_000
"""Shorter arrays are convolved as they are, longer ones by Fourier transform, which is quicker from there on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two shares compared."""

    reference: float
    """Share in the first sample, 0 to 1."""
    current: float
    """Share in the second sample, 0 to 1."""
    p_value: float
    """Two-sided, 0 to 1."""
    noise_floor: float
    """The absolute difference that chance exceeds in 5 of 100 undrifted pairs."""
    how: str
    """The test, in words."""


def two_shares(x: int, n: int, y: int, m: int) -> Difference:
    """Return the two-sided test of x of n against y of m rows, n and m at least 1.

    Pearson's test without continuity correction; where an expected count is below 5, Fisher's exact test with the
    mid-p value (Lancaster 1961), which keeps its level on average.
    """
    pooled = (x + y) / (n + m)
    spread = float(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))
    gap = y / m - x / n
    if min(pooled, 1 - pooled) * min(n, m) < FEWEST_EXPECTED:
        p_value, how = _mid_p(x, n, y, m), "Fisher's exact test, mid-p"
    else:
        from scipy.special import ndtr

        p_value, how = float(2 * ndtr(-abs(gap) / spread)), "test of two proportions"
    return Difference(reference=x / n, current=y / m, p_value=p_value, noise_floor=critical(0.95) * spread, how=how)


def _mid_p(x: int, n: int, y: int, m: int) -> float:
    from scipy.stats import hypergeom

    if x + y in (0, n + m):
        return 1.0
    possible = np.arange(max(0, x + y - n), min(m, x + y) + 1)
    chance = hypergeom.pmf(possible, n + m, x + y, m)
    observed = chance[y - possible[0]]
    near = np.abs(chance - observed) <= 1e-7 * observed
    return float(min(chance[(chance < observed) & ~near].sum() + chance[near].sum() / 2, 1.0))


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
    if room < CONVOLVED_DIRECTLY:
        return np.convolve(chance, sizes)[:room]
    return np.maximum(np.asarray(fftconvolve(chance, sizes), dtype=np.float64)[:room], 0.0)
