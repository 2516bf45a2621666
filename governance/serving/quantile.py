"""Quantiles of times that depend on each other: the value, an interval that holds, and how many independent requests there were.

The textbook interval counts every request as news. On a busy machine slow requests come together: at a correlation of 0.9 it holds in
half of the cases. Here the number of requests is first cut down to the *effective* one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FEWEST_BLOCKS: Final = 8
"""With fewer blocks of requests their spread says nothing."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """One quantile of times in nanoseconds."""

    p: float
    """Share of requests that are not slower."""
    value_ns: int
    low_ns: int | None
    """Lower end of the interval; None where there are too few requests to bound it."""
    high_ns: int | None
    """Upper end; None where there are too few requests to bound it, never a number."""
    n: int
    """Requests."""
    n_eff: int
    """Requests that are news, at most `n`."""


def effective(values: NDArray[np.int64], p: float) -> float:
    """Return the effective number of requests for the p-quantile, at most their number.

    n x variance of the indicator `value <= quantile` / (block size x variance of block means), blocks of sqrt(n). Source: batch means
    for quantiles, Law and Kelton, Simulation Modeling and Analysis, 9.5.3.
    """
    n = len(values)
    size = max(1, round(math.sqrt(n)))
    blocks = n // size
    if blocks < _FEWEST_BLOCKS:
        return float(n)
    inside = (values <= at(np.sort(values), p)).astype(np.float64)
    variance = float(inside.var())
    means = inside[: blocks * size].reshape(blocks, size).mean(axis=1)
    spread = size * float(means.var(ddof=1))
    return float(n) if variance == 0 or spread <= variance else max(1.0, n * variance / spread)


def at(rising: NDArray[np.int64], p: float) -> int:
    """Return the p-quantile of rising values by the inverted distribution: the smallest value that a share of p does not exceed."""
    return int(rising[max(0, math.ceil(p * len(rising)) - 1)])


def quantile(values: NDArray[np.int64], p: float, level: float = 0.95) -> Quantile:
    """Return the p-quantile with its interval from order statistics on the effective number of requests.

    Source of the ranks: David and Nagaraja, Order Statistics, 3rd edition, 7.1.
    """
    from scipy.stats import binom

    rising, n = np.sort(values), len(values)
    count = int(effective(values, p))
    side = (1 - level) / 2
    low = int(binom.ppf(side, count, p))
    while low > 0 and binom.cdf(low - 1, count, p) > side:
        low -= 1
    high = int(binom.ppf(1 - side, count, p)) + 1
    while high <= count and binom.sf(high - 1, count, p) > side:
        high += 1
    below, above = math.floor(low / count * n), math.ceil(high / count * n)
    return Quantile(
        p=p,
        value_ns=at(rising, p),
        low_ns=int(rising[below - 1]) if below >= 1 else None,
        high_ns=int(rising[above - 1]) if high <= count and above <= n else None,
        n=n,
        n_eff=count,
    )
