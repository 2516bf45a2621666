"""Where the warm-up of a recording ends: the first requests fill caches and say nothing about the rest."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 5
_ORDINARY: Final = 0.99
"""Slower requests count as slow as this quantile: one stall late in the recording must not look like the end of a warm-up."""


def warm_up(values: NDArray[np.int64]) -> int:
    """Return how many requests from the beginning to leave out, at most half: MSER-5.

    The cut that makes the mean of the rest most certain. Source: White, Cobb and Spratt, A comparison of five steady-state truncation
    heuristics for simulation, WSC 2000.
    """
    blocks = len(values) // _BLOCK
    if blocks < 4:
        return 0
    cut = np.minimum(values[: blocks * _BLOCK].astype(np.float64), np.quantile(values, _ORDINARY))
    means = cut.reshape(blocks, _BLOCK).mean(axis=1)
    left = np.arange(blocks, 0, -1, dtype=np.float64)
    sums, squares = np.cumsum(means[::-1])[::-1], np.cumsum((means**2)[::-1])[::-1]
    score = ((squares - sums**2 / left) / left**2)[: max(1, blocks // 2)]
    best = int(np.flatnonzero(score <= score.min() + 1e-12 * abs(score.max()))[0])
    return best * _BLOCK
