"""Compiled loops of the numeric tests; imported when a test runs, because numba has no place in the process that serves pages."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True, error_model="numpy")
def areas(normals: Floats, step: Floats, share: Floats, weight: Floats) -> Floats:
    """Return for each column of `normals` the weighted sum of the absolute bridge at `share`; see `Chance.gaps`."""
    draws = normals.shape[1]
    end, walk, area = np.zeros(draws), np.zeros(draws), np.zeros(draws)
    for k in range(len(step)):
        for i in range(draws):
            end[i] += normals[k, i] * step[k]
    for k in range(len(share)):
        for i in range(draws):
            walk[i] += normals[k, i] * step[k]
            area[i] += abs(walk[i] - share[k] * end[i]) * weight[k]
    return area


@njit(nogil=True, cache=True, error_model="numpy")
def half_width(value: Floats, below: Ints, middle: float, low: float, high: float) -> float:
    """Return the least distance from `middle`, between two bounds, within which half of the counted values lie."""
    half = (below[-1] + 1) // 2
    for _ in range(60):
        guess = (low + high) / 2
        within = below[np.searchsorted(value, middle + guess, side="right") - 1]
        at = np.searchsorted(value, middle - guess, side="left") - 1
        if at >= 0:
            within -= below[at]
        if within >= half:
            high = guess
        else:
            low = guess
    return high
