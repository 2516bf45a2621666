"""The area under the ROC curve with an interval that holds for few rows and near 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.statistics.intervals import critical

Floats = NDArray[np.float64]
METHOD: Final = "score interval, at least DeLong's variance"
"""What the interval is called in a report."""
_HALVINGS: Final = 60
"""Halvings of an interval of length 1 until its ends are neighbouring floating-point numbers."""


@dataclass(frozen=True, slots=True)
class Auc:
    """Probability that a random positive scores above a random negative, ties counting half; 1 is best, 0.5 is chance."""

    value: float
    variance: float
    """DeLong's estimate of the variance of `value`; 0 for an area of 0 or 1, however few the rows."""
    positives: float
    """Effective rows with label 1, at least 1: (sum w)^2 / sum w^2, the rows themselves for equal weights."""
    negatives: float
    """Effective rows with label 0, at least 1."""

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the score interval: all areas t with (value - t)^2 <= z^2 k v(t), k at least 1.

        v(t) = t (1 - t) (1 + N (1 - t) / (2 - t) + N t / (1 + t)) / (p q) is the variance of an estimated area when the true one is t,
        with p positives, q negatives and N = (p + q) / 2 - 1. Taken at t and not at the estimate, it leaves an interval within 0 to 1
        that has width at an area of exactly 1. v rests on a model of the scores (exponential ones), so it is widened by k = DeLong's
        variance / v(value) where the rows themselves say that it is too small; it is never narrowed, because for few rows DeLong's is
        too small far more often.

        Why this one: simulated coverage of 95 % intervals for areas .5, .7, .85, .95 and .99; normal scores of equal and of unequal spread,
        exponential and rounded ones; 5 + 15 to 100 + 900 rows (125 cases, 600 repeats each; 60 at 100 + 900):

        | interval                                          | worst | mean | cases below 93 % | mean width |
        |---------------------------------------------------|-------|------|------------------|------------|
        | value -+ z sqrt(DeLong)                           | 14 %  | 80 % | 79 %             | .235       |
        | the same on the logit scale, no width at 0 and 1  | 9 %   | 85 % | 43 %             | .249       |
        | the same, with the score interval at 0 and 1      | 80 %  | 95 % | 14 %             | .268       |
        | score interval, k = 1 (Newcombe's method 5)       | 87 %  | 95 % | 15 %             | .257       |
        | score interval, k = DeLong's / v                  | 76 %  | 94 % | 26 %             | .255       |
        | this one                                          | 92 %  | 96 % | 2 %              | .273       |

        The price: with many rows and an area of .95 or more the interval is up to half as wide again as it need be.

        Sources: v from Hanley and McNeil, Radiology 143:29-36 (1982), the interval with k = 1 from Newcombe, Statistics in Medicine
        25:559-573 (2006), method 5; k after the design effect of Rao and Scott, JASA 76:221-230 (1981).
        """
        of_model = self._variance_at(self.value)
        widened = max(self.variance / of_model, 1.0) if of_model > 0 else 1.0
        reach = critical(confidence) ** 2 * widened

        def outside(true: float) -> bool:
            return (self.value - true) ** 2 > reach * self._variance_at(true)

        ends = []
        for end in (0.0, 1.0):
            near, far = self.value, end
            for _ in range(_HALVINGS):
                middle = (near + far) / 2
                near, far = (near, middle) if outside(middle) else (middle, far)
            ends.append(near)
        return ends[0], ends[1]

    def _variance_at(self, true: float) -> float:
        """Return v(t), see `interval`."""
        shape = 1 + ((self.positives + self.negatives) / 2 - 1) * ((1 - true) / (2 - true) + true / (1 + true))
        return true * (1 - true) * shape / (self.positives * self.negatives)


def _placements(scores: Floats, other: Floats, other_weight: Floats) -> Floats:
    """Return the weight share of `other` below each score, ties counting half; `other` is sorted."""
    cumulative = np.concatenate([[0.0], np.cumsum(other_weight)])
    below = cumulative[np.searchsorted(other, scores, side="left")]
    upto = cumulative[np.searchsorted(other, scores, side="right")]
    return np.asarray((below + upto) / (2 * cumulative[-1]))


def _effective(weight: Floats, squares: Floats) -> float:
    """Return the effective rows behind weights, at least 1."""
    mass = float(weight.sum())
    return max(mass * mass / float(squares.sum()), 1.0)


def _spread(values: Floats, weight: Floats, effective: float) -> float:
    """Return the variance of the weighted mean of `values`; 0 for a single effective row, which shows none."""
    if effective <= 1:
        return 0.0
    mean = np.average(values, weights=weight)
    return float(np.average((values - mean) ** 2, weights=weight) / (effective - 1))


def auc(
    positive: Floats,
    negative: Floats,
    *,
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
    p = _effective(w1, w1 if positive_squares is None else positive_squares)
    q = _effective(w0, w0 if negative_squares is None else negative_squares)
    above = _placements(positive, negative, w0)
    below = 1 - _placements(negative, positive, w1)
    area = float(np.average(above, weights=w1))
    variance = _spread(above, w1, p) + _spread(below, w0, q)
    return Auc(value=min(max(area, 0.0), 1.0), variance=variance, positives=p, negatives=q)


def auc_of_rows(label: Floats, score: Floats, weight: Floats | None = None) -> Auc | None:
    """Return the area of rows in any order; None when one label is absent.

    Args:
        label: (n,) 1 or 0.
        score: (n,) finite.
        weight: (n,) weights of at least 0, or None.
    """
    order = np.argsort(score, kind="stable")
    one, ascending = label[order] == 1, score[order]
    if weight is None:
        return auc(ascending[one], ascending[~one])
    mass = weight[order]
    return auc(
        ascending[one],
        ascending[~one],
        positive_weight=mass[one],
        negative_weight=mass[~one],
        positive_squares=mass[one] ** 2,
        negative_squares=mass[~one] ** 2,
    )
