"""Verdicts: is a group treated worse than the reference, is it not, or are there too few people to say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.fairness.estimates import Estimates
from governance.fairness.intervals import (
    adjust,
    critical,
    mover_difference,
    mover_ratio,
    newcombe,
    normal_p_value,
    ratio_interval,
    score_p_value,
)
from governance.fairness.metrics import direction
from governance.fairness.report import Against, Limits, MetricValue, Polarity, Verdict

OVERALL = -1
"""Position that stands for all rows together as the reference."""
WITHOUT_RATIO = frozenset({"mean_error", "r2", "count"})


def number(value: float) -> float | None:
    """Return a finite number, or None."""
    return float(value) if np.isfinite(value) else None


def shortage(item: Estimates, at: int, size: float, limits: Limits) -> str:
    """Return why group `at` cannot be judged on a metric, "" when it can."""
    if item.metric == "count":
        return ""
    if size < limits.min_rows:
        return f"{size:,.0f} rows, fewer than {limits.min_rows}"
    least = limits.min_outcomes if item.outcome else limits.min_rows
    if item.rows[at] < least:
        return f"{item.rows[at]:,.0f} {item.needs}, fewer than {least}"
    return "" if np.isfinite(item.value[at]) else f"no {item.needs}"


def _rest(item: Estimates, all_of_it: Estimates, at: int) -> tuple[float, float] | None:
    """Return the effective successes and trials of everybody else, None when nobody is left."""
    assert item.top is not None
    assert item.trials is not None
    assert all_of_it.top is not None
    assert all_of_it.trials is not None
    top, trials = all_of_it.top[0] - item.top[at], all_of_it.trials[0] - item.trials[at]
    return (max(top, 0.0), trials) if trials > 0 else None


def _against_overall(item: Estimates, everyone: Estimates, at: int, confidence: float) -> Against | None:
    """Compare with all rows, of which the group is a part: group - all = (1 - share) x (group - rest)."""
    if item.top is None or item.trials is None or everyone.trials is None:
        return _generic(item, at, everyone, 0, confidence)
    rest = _rest(item, everyone, at)
    if rest is None:
        return None
    away = 1 - item.trials[at] / everyone.trials[0]
    low, high = newcombe(item.top[at], item.trials[at], *rest, confidence)
    p_value = float(score_p_value(item.top[at], item.trials[at], *rest))
    ratio_low, ratio_high = _ratio_to_overall(*ratio_interval(item.top[at], item.trials[at], *rest, confidence), away)
    return _built(item, at, everyone, 0, (away * float(low), away * float(high)), (ratio_low, ratio_high), p_value)


def _ratio_to_overall(low: NDArray[np.float64], high: NDArray[np.float64], away: float) -> tuple[float, float]:
    """Map the ratio r to the rest onto the ratio to all: r / (1 - away + ...) is r / (share r + 1 - share)."""
    share = 1 - away

    def mapped(ratio: float) -> float:
        return 1 / share if np.isinf(ratio) else ratio / (share * ratio + away)

    return mapped(float(low)), mapped(float(high))


def _generic(item: Estimates, at: int, other: Estimates, ref: int, confidence: float) -> Against | None:
    ends = (item.low[at], item.high[at], other.low[ref], other.high[ref])
    if not np.all(np.isfinite(ends)):
        return None
    a, b = item.value[at], other.value[ref]
    low, high = mover_difference(a, *ends[:2], b, *ends[2:])
    width = (float(high) - float(low)) / (2 * critical(confidence))
    p_value = float(normal_p_value(abs(a - b) / width)) if width > 0 else 1.0
    ratio = (np.nan, np.nan)
    if item.metric not in WITHOUT_RATIO and min(a, b) > 0:
        found = mover_ratio(a, *ends[:2], b, *ends[2:])
        ratio = float(found[0]), float(found[1])
    return _built(item, at, other, ref, (float(low), float(high)), ratio, p_value)


def _against_group(item: Estimates, at: int, ref: int, confidence: float) -> Against | None:
    if item.top is None or item.trials is None or item.metric == "f1":
        found = _generic(item, at, item, ref, confidence)
        if found is None or item.top is None or item.trials is None:
            return found
        p_value = float(score_p_value(item.top[at], item.trials[at], item.top[ref], item.trials[ref]))
        ends = ((found.low, found.high), (found.ratio_low or 0.0, found.ratio_high or np.inf))
        return _built(item, at, item, ref, *ends, p_value)
    four = (item.top[at], item.trials[at], item.top[ref], item.trials[ref])
    low, high = newcombe(*four, confidence)
    ratio_low, ratio_high = ratio_interval(*four, confidence)
    ends = ((float(low), float(high)), (float(ratio_low), float(ratio_high)))
    return _built(item, at, item, ref, *ends, float(score_p_value(*four)))


def _built(
    item: Estimates,
    at: int,
    other: Estimates,
    ref: int,
    ends: tuple[float, float],
    ratio: tuple[float, float],
    p: float,
) -> Against:
    a, b = float(item.value[at]), float(other.value[ref])
    with_ratio = b > 0 and item.metric not in WITHOUT_RATIO
    return Against(
        difference=a - b,
        low=ends[0],
        high=ends[1],
        ratio=a / b if with_ratio else None,
        ratio_low=number(ratio[0]) if with_ratio else None,
        ratio_high=number(ratio[1]) if with_ratio else None,
        p_value=min(p, 1.0),
        p_adjusted=min(p, 1.0),
    )


def _verdict(metric: str, found: Against | None, limits: Limits, polarity: Polarity) -> tuple[Verdict, str]:
    worse = direction(metric, polarity)
    if not worse:
        return "no_direction", ""
    if found is None:
        return "not_enough_data", "no interval to compare by"
    harm = found.difference if worse == "higher" else -found.difference
    nearest = found.low if worse == "higher" else -found.high
    clear = found.p_adjusted < 1 - limits.confidence and (limits.margin == 0 or nearest > limits.margin)
    return ("worse" if harm > limits.margin and clear else "not_worse"), ""


def judged(
    items: list[Estimates],
    everyone: list[Estimates],
    sizes: NDArray[np.float64],
    reference: int,
    limits: Limits,
    polarity: Polarity,
) -> list[tuple[MetricValue, ...]]:
    """Return the metrics of each group with verdicts against the reference.

    Args:
        items: one per metric, each of g groups.
        everyone: the same metrics of all rows as one group.
        sizes: (g,) rows of each group.
        reference: position of the reference group, or `OVERALL`.
        limits: the rules of judging.
        polarity: whether being selected is good or bad for the person.
    """
    columns = [
        _column(item, whole, sizes, reference, limits, polarity) for item, whole in zip(items, everyone, strict=True)
    ]
    return [tuple(column[at] for column in columns) for at in range(len(sizes))]


def _column(
    item: Estimates, whole: Estimates, sizes: NDArray[np.float64], reference: int, limits: Limits, polarity: Polarity
) -> list[MetricValue]:
    short = [shortage(item, at, float(sizes[at]), limits) for at in range(len(sizes))]
    no_reference = "" if reference == OVERALL else short[reference]
    found: dict[int, Against] = {}
    for at, reason in enumerate(short):
        if reason or no_reference or at == reference or item.metric == "count":
            continue
        pair = (
            _against_overall(item, whole, at, limits.confidence)
            if reference == OVERALL
            else _against_group(item, at, reference, limits.confidence)
        )
        if pair is not None:
            found[at] = pair
    adjusted = adjust([pair.p_value for pair in found.values()], limits.correction)
    for at, p_value in zip(list(found), adjusted, strict=True):
        found[at] = _with_adjusted(found[at], float(p_value))
    return [
        _metric_value(item, at, short[at], found.get(at), at == reference, no_reference, limits, polarity)
        for at in range(len(sizes))
    ]


def _with_adjusted(pair: Against, p_adjusted: float) -> Against:
    from dataclasses import replace

    return replace(pair, p_adjusted=p_adjusted)


def _metric_value(
    item: Estimates,
    at: int,
    short: str,
    pair: Against | None,
    is_reference: bool,
    no_reference: str,
    limits: Limits,
    polarity: Polarity,
) -> MetricValue:
    base = float(item.base[at])
    if short:
        return MetricValue(item.metric, None, None, None, base, "not_enough_data", short)
    verdict: Verdict
    if not direction(item.metric, polarity):
        verdict, reason = "no_direction", ""
    elif is_reference:
        verdict, reason = "reference", ""
    elif no_reference:
        verdict, reason = "not_enough_data", f"the reference cannot be judged: {no_reference}"
    else:
        verdict, reason = _verdict(item.metric, pair, limits, polarity)
    return MetricValue(
        item.metric, float(item.value[at]), number(item.low[at]), number(item.high[at]), base, verdict, reason, pair
    )
