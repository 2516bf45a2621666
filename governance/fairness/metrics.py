"""Which way a metric is worse for the people concerned, what it is made of, and the disparity that is its largest gap."""

from __future__ import annotations

from typing import Final

from governance.statistics import Direction, Family, Polarity, known, metric_list

HEADLINES: Final[dict[Polarity, tuple[str, ...]]] = {
    "good": ("selection_rate", "false_negative_rate", "mean_absolute_error", "accuracy"),
    "bad": ("selection_rate", "false_positive_rate", "mean_absolute_error", "accuracy"),
}
"""The metrics that speak first, by whether being selected is good or bad for the person."""


def parities(family: Family) -> dict[str, tuple[str, ...]]:
    """Return disparity -> the metric whose worst gap it is, for one family."""
    return {item.parity: (item.name,) for item in metric_list.METRICS if item.family == family and item.parity}


def direction(name: str, polarity: Polarity) -> Direction:
    """Return which way the metric is worse for people, "" when neither way is."""
    metric = known(name) if "[" not in name else None
    return metric.worse(polarity) if metric else ""


def parts(name: str) -> tuple[str, ...]:
    """Return the proportions that a composite metric is made of; the metric itself otherwise."""
    return {"balanced_accuracy": ("true_positive_rate", "true_negative_rate"), "f1": ("true_positive_rate",)}.get(
        name, (name,)
    )
