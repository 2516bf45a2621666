"""Counting lattice paths for the exact Kolmogorov-Smirnov p value."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True, error_model="numpy")
def lost_share(ends: NDArray[np.bool_], n: int, m: int, bound: int, enough: float) -> float:
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
