"""Redrawn counts: what a bootstrap of the rows would give, at a cost that does not grow with their number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def redrawn_counts(counts: NDArray[Any], draws: int, rng: np.random.Generator, *, rows: int) -> Floats:
    """Return (draws, *shape of counts) redrawn counts of `rows` rows.

    Rows are exchangeable given their cell, so resampling n rows with replacement is one multinomial draw of the cells, with the shares that
    `counts` have. A cell without rows stays empty; counts may be fractional, when something was added to them first.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 6, for counts in place of rows.
    """
    flat = counts.reshape(-1)
    used = np.flatnonzero(flat)
    drawn = np.zeros((draws, flat.size))
    drawn[:, used] = rng.multinomial(rows, flat[used] / flat.sum(), size=draws)
    return drawn.reshape(draws, *counts.shape)


def redrawn_sums(sums: Floats, squares: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return (draws, *shape of sums) redrawn sums of weights, from the cells' sums of weights and of squared weights.

    Under Poisson resampling (each row taken a Poisson number of times with mean 1) a cell's sum has mean sum w and variance sum w^2; it is
    drawn from the gamma distribution with these moments. Only squares of cells with a positive sum are looked at.
    """
    mean, spread = sums.reshape(-1), squares.reshape(-1)
    used = np.flatnonzero(mean)
    drawn = np.zeros((draws, mean.size))
    drawn[:, used] = rng.gamma(mean[used] ** 2 / spread[used], spread[used] / mean[used], (draws, used.size))
    return drawn.reshape(draws, *sums.shape)
