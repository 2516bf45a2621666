"""One pass over the runs of a numeric column: distances, moments and bins together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from governance.drift.samples.two_samples import Floats, Ints, Runs

BINS: Final = 10
WINSOR: Final = 0.005
"""Share of the reference on either side whose values count as no farther out than the rest. A choice: small enough that a shift of the bulk
is measured in full, large enough that single absurd values (one row in two hundred) cannot make the distance."""


@dataclass(frozen=True)
class Scan:
    """What one pass finds; `n` and `m` of the runs are at least 1."""

    distance: float
    """Largest vertical distance of the two distribution functions (D of Kolmogorov and Smirnov)."""
    gap_at: float
    """The smallest value at which it is attained."""
    area: float
    """Area between the two distribution functions (W1), in the column's unit; may overflow to inf."""
    winsorised_area: float
    """The same between the reference's .5 and 99.5 per cent quantiles."""
    low: float
    """.5 per cent quantile of the reference."""
    high: float
    """99.5 per cent quantile of the reference."""
    mean: float
    """Of the reference."""
    sd: float
    """Of the reference, n in the denominator."""
    winsorised_sd: float
    """Of the reference after clipping to [low, high]."""
    largest_tie: float
    """Share of the most frequent value in both samples together."""
    edges: Floats
    """Distinct upper edges of the reference deciles but the last."""
    reference_bins: Ints
    current_bins: Ints


def scan(runs: Runs) -> Scan:
    """Return everything that the tests of a numeric column need; both samples have at least one value."""
    low, high = runs.quantile(np.array([WINSOR, 1 - WINSOR]))
    middle = runs.quantile(np.array([0.5]))[0]
    found = _pass(runs.value, runs.reference, current=runs.current, low=low, high=high, middle=middle)
    edges = _beside_ties(runs, np.unique(runs.quantile(np.arange(1, BINS) / BINS)))
    bins = runs.counts(edges)
    return Scan(*found[:4], float(low), float(high), *found[4:], edges, *bins)


def _beside_ties(runs: Runs, edges: Floats) -> Floats:
    """Return the edges, one that sits on a value of several reference rows moved to the middle of the gap above it.

    So a value that another program writes a hair larger falls on the same side. Where each reference value is there once, edges stay
    order statistics, as the law of small samples assumes.
    """
    own = np.diff(runs.reference, prepend=0)
    there = np.flatnonzero(own)
    at = np.searchsorted(runs.value[there], edges)
    value, count = runs.value[there], own[there]
    above = np.minimum(at + 1, len(there) - 1)
    gap = np.where(above > at, value[above] / 2 - value[at] / 2, np.maximum(np.abs(value[at]), 1e-300) * 1e-6)
    return np.asarray(np.where(count[at] > 1, value[at] + gap, value[at]), dtype=np.float64)


@njit(nogil=True, cache=True, error_model="numpy")
def _pass(
    value: Floats, reference: Ints, current: Ints, low: float, high: float, middle: float
) -> tuple[float, float, float, float, float, float, float, float]:
    last = len(value) - 1
    n = reference[last]
    m = current[last]
    distance = 0.0
    gap_at = value[0]
    area = 0.0
    inner = 0.0
    s1 = 0.0
    s2 = 0.0
    w1 = 0.0
    w2 = 0.0
    tie = np.int64(0)
    before = np.int64(0)
    before_all = np.int64(0)
    for i in range(last + 1):
        x = value[i]
        gap = abs(reference[i] / n - current[i] / m)
        if gap > distance:
            distance = gap
            gap_at = x
        if i < last and gap > 0:
            slice_ = gap * (value[i + 1] - x)
            area += slice_
            if low <= x < high:
                inner += slice_
        weight = reference[i] - before
        if weight:
            z = x - middle
            s1 += weight * z
            s2 += weight * z * z
            z = min(max(x, low), high) - middle
            w1 += weight * z
            w2 += weight * z * z
        tie = max(tie, reference[i] + current[i] - before_all)
        before = reference[i]
        before_all = reference[i] + current[i]
    sd = np.sqrt(max(s2 / n - (s1 / n) ** 2, 0.0))
    winsorised_sd = np.sqrt(max(w2 / n - (w1 / n) ** 2, 0.0))
    return distance, gap_at, area, inner, middle + s1 / n, sd, winsorised_sd, tie / (n + m)
