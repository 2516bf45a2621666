"""How much faster one model answers than another, from pairs of blocks that were timed beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TimeRatio:
    """Time of the other model over the model's, in requests of one size."""

    batch: int
    """Rows in a request."""
    ratio: float
    """Median over pairs; below 1 the other model is faster."""
    low: float | None
    """Interval of the median from order statistics; None where there are too few pairs."""
    high: float | None
    pairs: int


def time_ratios(table: pa.Table, level: float = 0.95) -> tuple[TimeRatio, ...]:
    """Return the ratio for each size of request, smallest first.

    The interval is that of the sign test: the k-th smallest and k-th largest ratio, k the largest rank that a fair coin thrown once a
    pair stays below with at most (1 - level) / 2. Source: David and Nagaraja, Order Statistics, 3rd edition, 7.1.

    Args:
        table: columns batch, model_ns and other_ns, a row a pair.
        level: coverage aimed at, 0 to 1.

    Raises:
        RefusedInputError: a time that is not above 0.
    """
    batch, one, two = (table.column(name).to_numpy() for name in ("batch", "model_ns", "other_ns"))
    if len(batch) and min(one.min(), two.min()) <= 0:
        raise RefusedInputError("A time is not above 0.", "The recording is damaged: measure again.")
    return tuple(_of(int(size), np.sort(two[batch == size] / one[batch == size]), level) for size in np.unique(batch))


def _of(batch: int, rising: NDArray[np.float64], level: float) -> TimeRatio:
    from scipy.stats import binom

    n = len(rising)
    rank = int(binom.ppf((1 - level) / 2, n, 0.5))
    while rank > 0 and binom.cdf(rank - 1, n, 0.5) > (1 - level) / 2:
        rank -= 1
    low, high = (float(rising[rank - 1]), float(rising[n - rank])) if rank else (None, None)
    return TimeRatio(batch, float(np.median(rising)), low, high, n)
