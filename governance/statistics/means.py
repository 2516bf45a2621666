"""Means with Student's interval: of errors, of scores, of labels that are numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of rows, perhaps weighted."""

    value: float
    """In the unit of the values."""
    variance: float
    """Weighted mean of the squared distances from `value`, in the square of that unit; the plain one divides by n, not n - 1."""
    effective: float
    """(sum w)^2 / sum w^2, at most the number of rows; the rows themselves for equal weights (Kish 1965)."""

    def interval(self, confidence: float = 0.95, *, least: float = -np.inf) -> tuple[float, float] | None:
        """Return Student's interval, or None where one effective row has no spread; see `student_interval`."""
        if self.effective <= 1:
            return None
        low, high = student_interval(self.value, self.variance, self.effective, confidence, least=least)
        return float(low), float(high)


def mean_of(values: Floats, weight: Floats | None = None) -> Mean:
    """Return the mean of (n,) values, n at least 1, with (n,) weights of which at least one is positive."""
    if weight is None:
        return Mean(value=float(values.mean()), variance=float(values.var()), effective=float(len(values)))
    centre = float(np.average(values, weights=weight))
    variance = float(np.average((values - centre) ** 2, weights=weight))
    return Mean(value=centre, variance=variance, effective=float(weight.sum() ** 2 / (weight * weight).sum()))


def student_interval(
    mean: ArrayLike, variance: ArrayLike, effective: ArrayLike, confidence: float = 0.95, *, least: float = -np.inf
) -> tuple[Floats, Floats]:
    """Return mean -+ t sqrt(variance / (effective - 1)) with t of effective - 1 degrees of freedom; NaN where effective <= 1.

    For normal values the coverage is exact at any number of rows; the normal quantile in the place of t covers 88 % at 5 rows, 92 % at
    10 and 94 % at 30. From some hundred rows on the two widths agree to 1 %.

    Args:
        mean: means, any shape.
        variance: as in `Mean`, without the correction n / (n - 1), which the formula brings.
        effective: rows, or effective rows of weighted values.
        confidence: coverage aimed at, 0 to 1.
        least: the smallest possible value of the mean, 0 for what is never negative; the lower end stops there.

    Source: Student, Biometrika 6:1-25 (1908); effective rows as in Kish, Survey Sampling (1965), section 8.2.
    """
    from scipy.special import stdtrit

    centre, spread, rows = (np.asarray(part, dtype=float) for part in (mean, variance, effective))
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(rows > 1, rows - 1, np.nan)
        half = stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(np.maximum(spread, 0.0) / freedom)
    return np.asarray(np.maximum(centre - half, least)), np.asarray(centre + half)
