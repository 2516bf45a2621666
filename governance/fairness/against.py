"""A group's metric against the reference's: difference and ratio with intervals, and a test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from governance.fairness.report import Against
from governance.statistics import (
    Estimates,
    critical,
    mover_difference,
    mover_ratio,
    newcombe,
    normal_p_value,
    ratio_interval,
    score_p_value,
)

Floats = NDArray[np.float64]
OVERALL = -1
"""Position that stands for all rows together as the reference."""
WITHOUT_RATIO = frozenset({"mean_error", "r2", "count"})


def number(value: float) -> float | None:
    """Return a finite number, or None."""
    return float(value) if np.isfinite(value) else None


def against(
    item: Estimates, whole: Estimates, groups: Sequence[int], reference: int, confidence: float
) -> dict[int, Against]:
    """Return position -> comparison for the groups that can be compared.

    Args:
        item: one metric of all groups.
        whole: the same metric of all rows as one group.
        groups: positions of the groups that have enough data.
        reference: position of the reference group, or `OVERALL`.
        confidence: coverage aimed at.
    """
    if not groups:
        return {}
    if item.top is not None and item.trials is not None and item.metric != "f1":
        return _proportions(item, whole, np.array(groups), reference, confidence)
    found = {}
    for at in groups:
        pair = _estimates(item, at, *((whole, 0) if reference == OVERALL else (item, reference)), confidence)
        if pair is not None:
            found[at] = pair
    return found


def _proportions(
    item: Estimates, whole: Estimates, at: NDArray[np.intp], reference: int, confidence: float
) -> dict[int, Against]:
    """Compare rates: Newcombe, Katz or Koopman, and the score test; against all rows through everybody else."""
    assert item.top is not None
    assert item.trials is not None
    if reference == OVERALL:
        assert whole.top is not None
        assert whole.trials is not None
        at = at[item.trials[at] < whole.trials[0]]
        base = float(whole.value[0])
        top, trials = np.maximum(whole.top[0] - item.top[at], 0.0), whole.trials[0] - item.trials[at]
        away = trials / whole.trials[0]
    else:
        base = float(item.value[reference])
        top, trials = np.full(len(at), item.top[reference]), np.full(len(at), item.trials[reference])
        away = np.ones(len(at))
    four = (item.top[at], item.trials[at], np.minimum(top, trials), trials)
    low, high = newcombe(*four, confidence)
    ratio_low, ratio_high = (_to_all(end, away) for end in ratio_interval(*four, confidence))
    p_value = score_p_value(*four)
    return {
        int(group): _built(
            item,
            int(group),
            base=base,
            ends=(away[i] * low[i], away[i] * high[i]),
            ratio=(ratio_low[i], ratio_high[i]),
            p_value=float(p_value[i]),
        )
        for i, group in enumerate(at)
    }


def _to_all(ratio: Floats, away: Floats) -> Floats:
    """Map the ratio r to everybody else onto the ratio to all rows, r / (share r + away) with share = 1 - away."""
    share = 1 - away
    with np.errstate(divide="ignore", invalid="ignore"):
        limit = np.where(share > 0, 1 / share, np.inf)
        return np.where(np.isinf(ratio), limit, ratio / (share * np.where(np.isinf(ratio), 0, ratio) + away))


def _estimates(item: Estimates, at: int, other: Estimates, ref: int, confidence: float) -> Against | None:
    """Compare any two estimates by their intervals (method of variance estimates recovery)."""
    ends = (item.low[at], item.high[at], other.low[ref], other.high[ref])
    if not np.all(np.isfinite(ends)):
        return None
    a, b = item.value[at], other.value[ref]
    low, high = mover_difference(a, *ends[:2], b, *ends[2:])
    width = (float(high) - float(low)) / (2 * critical(confidence))
    p_value = float(normal_p_value(abs(a - b) / width)) if width > 0 else 1.0
    if item.top is not None and item.trials is not None and other.top is not None and other.trials is not None:
        p_value = float(score_p_value(item.top[at], item.trials[at], other.top[ref], other.trials[ref]))
    ratio = (np.nan, np.nan)
    if item.metric not in WITHOUT_RATIO and min(a, b) > 0:
        found = mover_ratio(a, *ends[:2], b, *ends[2:])
        ratio = float(found[0]), float(found[1])
    return _built(item, at, base=float(b), ends=(float(low), float(high)), ratio=ratio, p_value=p_value)


def _built(
    item: Estimates, at: int, base: float, ends: tuple[float, float], ratio: tuple[float, float], p_value: float
) -> Against:
    value = float(item.value[at])
    with_ratio = base > 0 and item.metric not in WITHOUT_RATIO
    return Against(
        difference=value - base,
        low=float(ends[0]),
        high=float(ends[1]),
        ratio=value / base if with_ratio else None,
        ratio_low=number(ratio[0]) if with_ratio else None,
        ratio_high=number(ratio[1]) if with_ratio else None,
        p_value=min(p_value, 1.0),
        p_adjusted=min(p_value, 1.0),
    )
