"""Many p values at once: how many false alarms are allowed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import assert_never

from governance.drift.report import Correction


def adjusted(p_values: Sequence[float], correction: Correction) -> tuple[float, ...]:
    """Return the adjusted p values in the given order: reject those at or below alpha.

    "bh" bounds the expected share of false alarms among the alarms (Benjamini and Hochberg 1995), "holm" the
    probability of any false alarm (Holm 1979), "none" changes nothing.
    """
    if correction == "none":
        return tuple(p_values)
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    if correction == "bh":
        return _step_up(p_values, order)
    if correction == "holm":
        return _step_down(p_values, order)
    assert_never(correction)


def adjusted_questions(questions: Sequence[Sequence[float]], correction: Correction) -> list[tuple[float, ...]]:
    """Return the adjusted p values of questions that are each asked by one or more tests: reject those at or below alpha.

    Within a question p values are multiplied by the number of its tests (Bonferroni), and the smallest one stands for it; the
    correction then runs over questions. So its promise is about questions: a change that two tests see is one alarm, not two. Another
    test of a question gets what it would have got had it stood for the question (with "holm" never less).
    """
    if correction == "none":
        return [tuple(item) for item in questions]
    own = [[min(1.0, len(item) * p) for p in item] for item in questions]
    leading = [min(item) for item in own]
    m = len(leading)
    ordered = sorted(zip(leading, adjusted(leading, correction), strict=True))
    known, found = [p for p, _ in ordered], [q for _, q in ordered]

    def of(p: float) -> float:
        at = bisect_right(known, p)
        if correction == "holm":
            return max(found[at - 1], min(p * (m - at + 1), 1.0))
        return min(p * m / at, found[at] if at < m else 1.0)

    return [tuple(of(p) for p in item) for item in own]


def _step_up(p_values: Sequence[float], order: list[int]) -> tuple[float, ...]:
    m = len(order)
    result = [1.0] * m
    least = 1.0
    for rank in range(m, 0, -1):
        least = min(least, p_values[order[rank - 1]] * m / rank)
        result[order[rank - 1]] = least
    return tuple(result)


def _step_down(p_values: Sequence[float], order: list[int]) -> tuple[float, ...]:
    m = len(order)
    result = [1.0] * m
    most = 0.0
    for rank, i in enumerate(order):
        most = min(max(most, p_values[i] * (m - rank)), 1.0)
        result[i] = most
    return tuple(result)


def spent(alpha: float, window: int) -> float:
    """Return the level for window number `window` (from 1) so that all windows for ever spend at most `alpha`.

    alpha 6 / (pi^2 t^2): the sum over all t is alpha (an alpha-spending rule, Foster and Stine 2008).
    """
    return alpha * 6 / (math.pi**2 * window**2)
