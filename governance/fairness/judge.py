"""Verdicts: is a group treated worse than the reference, is it not, or are there too few people to say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from governance.fairness.against import OVERALL, against, number
from governance.fairness.metrics import direction
from governance.fairness.report import Against, Limits, MetricValue, Polarity, Verdict
from governance.statistics import Estimates, adjust


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


def verdict_of(metric: str, found: Against | None, limits: Limits, polarity: Polarity) -> tuple[Verdict, str]:
    """Return whether a group is worse than the reference on a metric, and why nobody can say; p values are adjusted already."""
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
        _column(item, whole, sizes=sizes, reference=reference, limits=limits, polarity=polarity)
        for item, whole in zip(items, everyone, strict=True)
    ]
    return [tuple(column[at] for column in columns) for at in range(len(sizes))]


def _column(
    item: Estimates, whole: Estimates, sizes: NDArray[np.float64], reference: int, limits: Limits, polarity: Polarity
) -> list[MetricValue]:
    short = [shortage(item, at, float(sizes[at]), limits) for at in range(len(sizes))]
    no_reference = "" if reference == OVERALL else short[reference]
    asked = [at for at, reason in enumerate(short) if not reason and at != reference and item.metric != "count"]
    found = {} if no_reference else against(item, whole, asked, reference, limits.confidence)
    adjusted = adjust([pair.p_value for pair in found.values()], limits.correction)
    for at, p_value in zip(list(found), adjusted, strict=True):
        found[at] = replace(found[at], p_adjusted=float(p_value))
    return [
        _metric_value(
            item,
            at,
            short=short[at],
            pair=found.get(at),
            is_reference=at == reference,
            no_reference=no_reference,
            limits=limits,
            polarity=polarity,
        )
        for at in range(len(sizes))
    ]


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
        return MetricValue(
            metric=item.metric, value=None, low=None, high=None, n=base, verdict="not_enough_data", reason=short
        )
    verdict: Verdict
    if not direction(item.metric, polarity):
        verdict, reason = "no_direction", ""
    elif is_reference:
        verdict, reason = "reference", ""
    elif no_reference:
        verdict, reason = "not_enough_data", f"the reference cannot be judged: {no_reference}"
    else:
        verdict, reason = verdict_of(item.metric, pair, limits, polarity)
    return MetricValue(
        metric=item.metric,
        value=float(item.value[at]),
        low=number(item.low[at]),
        high=number(item.high[at]),
        n=base,
        verdict=verdict,
        reason=reason,
        against=pair,
    )
