"""Many p values at once: how many false alarms are allowed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

Correction = Literal["holm", "bh", "none"]
"""What is bounded: "holm" the probability of any false alarm, "bh" the expected share of false alarms among the alarms, "none" nothing."""


def adjust(p_values: ArrayLike, correction: Correction) -> NDArray[np.float64]:
    """Return the (m,) adjusted p values in the given order: reject those at or below alpha.

    With p(1) <= ... <= p(m): "holm" is max over j <= i of (m - j + 1) p(j), "bh" is min over j >= i of m p(j) / j, both at most 1; "none"
    changes nothing. No p values give none.

    Sources: Holm, Scandinavian Journal of Statistics 6:65-70 (1979); Benjamini and Hochberg, JRSS B 57:289-300 (1995).
    """
    p = np.asarray(p_values, dtype=np.float64)
    if correction == "none" or p.size == 0:
        return p.copy()
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, p.size + 1)
    if correction == "holm":
        stepped = np.maximum.accumulate((p.size - rank + 1) * p[order])
    elif correction == "bh":
        stepped = np.minimum.accumulate((p[order] * p.size / rank)[::-1])[::-1]
    else:
        assert_never(correction)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def weighted_holm(p_values: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Return the (m,) p values adjusted so that some of them count more: reject those at or below alpha.

    With p/w ascending: max over j <= i of (p(j) / w(j)) * sum of w(k) for k >= j, at most 1. Equal weights give "holm".
    Source: Holm, Scandinavian Journal of Statistics 6:65-70 (1979), section 4.

    Args:
        p_values: (m,) 0 to 1.
        weights: (m,) above 0, in any unit.
    """
    p, weight = np.asarray(p_values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    order = np.argsort(p / weight, kind="stable")
    left = np.cumsum(weight[order][::-1])[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] / weight[order] * left), 1.0)
    return adjusted


def adjusted_questions(questions: Sequence[Sequence[float]], correction: Correction) -> list[tuple[float, ...]]:
    """Return the adjusted p values of questions that are each asked by one or more tests: reject those at or below alpha.

    Within a question p values are multiplied by the number of its tests (Bonferroni), and the smallest one stands for it; the
    correction then runs over questions. So its promise is about questions: a change that two tests see is one alarm, not two. Another
    test of a question gets what it would have got had it stood for the question (with "holm" never less).
    """
    if correction == "none":
        return [tuple(question) for question in questions]
    own = [[min(1.0, len(question) * p) for p in question] for question in questions]
    leading = [min(question) for question in own]
    m = len(leading)
    known = sorted(leading)
    adjusted = [float(q) for q in adjust(known, correction)]

    def of(p: float) -> float:
        at = bisect_right(known, p)
        if correction == "holm":
            return max(adjusted[at - 1], min(p * (m - at + 1), 1.0))
        return min(p * m / at, adjusted[at] if at < m else 1.0)

    return [tuple(of(p) for p in question) for question in own]


def spent(alpha: float, window: int) -> float:
    """Return the level for window number `window` (from 1) so that all windows for ever spend at most `alpha`.

    alpha 6 / (pi^2 t^2): the sum over all t is alpha. Source: Foster and Stine, JRSS B 70:429-444 (2008), an alpha-spending rule.
    """
    return alpha * 6 / (math.pi**2 * window**2)
