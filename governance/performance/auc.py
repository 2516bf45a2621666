"""The area under the ROC curve with DeLong's variance, from sorted scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness.intervals import critical

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Auc:
    """Probability that a random positive scores above a random negative, ties counting half; 1 is best, 0.5 is chance."""

    value: float
    variance: float
    """DeLong's estimate of the variance of `value`."""

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the interval on the logit scale, which stays within 0 and 1; Wilson-like ends when the value is 0 or 1."""
        if self.value in (0.0, 1.0) or self.variance <= 0:
            return self.value, self.value
        logit = np.log(self.value / (1 - self.value))
        half = critical(confidence) * np.sqrt(self.variance) / (self.value * (1 - self.value))
        return float(1 / (1 + np.exp(half - logit))), float(1 / (1 + np.exp(-half - logit)))


def _placements(scores: Floats, other: Floats, other_weight: Floats) -> Floats:
    """Return the weight share of `other` below each score, ties counting half; `other` is sorted."""
    cumulative = np.concatenate([[0.0], np.cumsum(other_weight)])
    below = cumulative[np.searchsorted(other, scores, side="left")]
    upto = cumulative[np.searchsorted(other, scores, side="right")]
    return np.asarray((below + upto) / (2 * cumulative[-1]))


def _spread(values: Floats, weight: Floats, squares: Floats) -> float:
    """Return the variance of the weighted mean of `values`."""
    mass = weight.sum()
    effective = mass * mass / squares.sum()
    if effective <= 1:
        return 0.0
    mean = np.average(values, weights=weight)
    return float(np.average((values - mean) ** 2, weights=weight) / (effective - 1))


def auc(
    positive: Floats,
    negative: Floats,
    positive_weight: Floats | None = None,
    negative_weight: Floats | None = None,
    positive_squares: Floats | None = None,
    negative_squares: Floats | None = None,
) -> Auc | None:
    """Return the area for ascending scores of both labels; None when one of them is absent.

    Args:
        positive: (p,) scores of label 1, ascending.
        negative: (q,) scores of label 0, ascending.
        positive_weight: (p,) rows or weights behind each score; ones when None.
        negative_weight: (q,) likewise.
        positive_squares: (p,) sums of squared weights; the weights themselves when None (that is, they are counts).
        negative_squares: (q,) likewise.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44:837-845 (1988), in the O(n log n) form of Sun and Xu, IEEE Signal
    Processing Letters 21:1389-1393 (2014).
    """
    w1 = np.ones(len(positive)) if positive_weight is None else positive_weight
    w0 = np.ones(len(negative)) if negative_weight is None else negative_weight
    if w1.sum() <= 0 or w0.sum() <= 0:
        return None
    above = _placements(positive, negative, w0)
    below = 1 - _placements(negative, positive, w1)
    value = float(np.average(above, weights=w1))
    variance = _spread(above, w1, w1 if positive_squares is None else positive_squares)
    variance += _spread(below, w0, w0 if negative_squares is None else negative_squares)
    return Auc(min(max(value, 0.0), 1.0), variance)
