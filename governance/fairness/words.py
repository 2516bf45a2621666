"""What a report says in plain sentences, right whether being selected is good or bad for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from governance.fairness.metrics import direction
from governance.fairness.report import Disparity, FairnessReport, GroupResult, MetricValue, Polarity

Escape = Callable[[object], str]
"""How a string that comes from a file is made safe for the place where it is shown."""

TITLES: Final[dict[str, str]] = {
    "count": "Rows",
    "base_rate": "Share with a positive label",
    "selection_rate": "Share selected",
    "true_positive_rate": "Positives found",
    "false_positive_rate": "Negatives selected",
    "true_negative_rate": "Negatives left out",
    "false_negative_rate": "Positives missed",
    "precision": "Selected and positive",
    "negative_predictive_value": "Left out and negative",
    "false_discovery_rate": "Selected but negative",
    "false_omission_rate": "Left out but positive",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "roc_auc": "Pairs in the right order",
    "mean_score": "Mean score",
    "average_precision": "Average precision",
    "brier_score": "Brier score",
    "log_loss": "Log loss",
    "expected_calibration_error": "Calibration error",
    "precision_macro": "Precision, mean over classes",
    "f1_macro": "F1, mean over classes",
    "mean_absolute_error": "Average error",
    "median_absolute_error": "Median error",
    "root_mean_squared_error": "Error, large ones weigh more",
    "mean_error": "Average error with its sign",
    "r2": "Share of the spread explained",
}
"""What people without the field's training call a metric, on every screen and in every sentence; the glossary has the field's names."""
_HEADLINES: Final[dict[Polarity, tuple[str, ...]]] = {
    "good": ("selection_rate", "false_negative_rate", "mean_absolute_error", "accuracy"),
    "bad": ("selection_rate", "false_positive_rate", "mean_absolute_error", "accuracy"),
}
PLAIN_NUMBERS: Final = frozenset(
    {"count", "roc_auc", "mean_score", "f1", "mean_absolute_error", "root_mean_squared_error", "mean_error", "r2"}
)
"""Metrics that are not shares of people and are never written as percentages."""


@dataclass(frozen=True, slots=True)
class WorseOff:
    """A group that is treated worse than the reference in one respect."""

    group: GroupResult
    reference: str
    metric: MetricValue

    @property
    def gap(self) -> float:
        """The size of the difference, at least 0."""
        return abs(self.metric.against.difference) if self.metric.against else 0.0


def title(metric: str) -> str:
    """Return what a person calls a metric; "true_positive_rate[yes]" becomes "Positives found (yes)"."""
    name, bracket, of_class = metric.partition("[")
    return TITLES.get(name, name.replace("_", " ").capitalize()) + (f" ({of_class.rstrip(']')})" if bracket else "")


def who(group: GroupResult, escape: Escape = str) -> str:
    """Return the people of a group in words."""
    if not group.unknown:
        return escape(group.name)
    if len(group.group) == 1:
        return f"people whose {escape(group.attributes[0])} is unknown"
    return f"{escape(group.name)} (partly unknown)"


def headline_metrics(report: FairnessReport) -> tuple[str, ...]:
    """Return the metrics that speak first, among those that the report has."""
    present = {item.metric for group in report.by_group for item in group.metrics}
    return tuple(name for name in _HEADLINES[report.selected_is] if name in present)


def worse_off(report: FairnessReport, metrics: tuple[str, ...], depth: int = 1) -> list[WorseOff]:
    """Return the groups of `depth` attributes that are worse in one of the metrics, the largest gap first within a metric."""
    found = []
    for name in metrics:
        rows = []
        for attributes in report.attribute_sets:
            if len(attributes) != depth:
                continue
            groups = report.groups(attributes)
            reference = next((group.name for group in groups if group.is_reference), "all people")
            for group in groups:
                item = group.metric(name)
                if item is not None and item.verdict == "worse":
                    rows.append(WorseOff(group, reference, item))
        found += sorted(rows, key=lambda row: -row.gap)
    return found


def amount(metric: str, value: float) -> str:
    """Return a value as a person reads it: a share as a percentage, anything else with three digits."""
    return f"{value:,.3f}" if metric.split("[", maxsplit=1)[0] in PLAIN_NUMBERS else f"{100 * value:.1f} %"


def _clause(metric: str, value: float, report: FairnessReport, escape: Escape) -> str:
    number, positive = amount(metric, value), escape(report.positive or "positive")
    good = report.selected_is == "good"
    clauses = {
        "selection_rate": f"{number} are selected",
        "false_negative_rate": f"{number} of those with the label {positive} are wrongly not selected",
        "false_positive_rate": f"{number} of those without the label {positive} are wrongly selected",
        "accuracy": f"{number} are decided as the label says",
        "mean_absolute_error": f"predictions are off by {number} on average",
    }
    if metric == "selection_rate" and not good:
        return f"{number} are selected, which is bad for them"
    return clauses.get(metric, f"{title(metric).lower()} is {number}")


def sentence(found: WorseOff, report: FairnessReport, escape: Escape = str) -> str:
    """Return one finding in words, with its interval and what it is compared with."""
    item = found.metric
    assert item.value is not None
    assert item.against is not None
    base = item.value - item.against.difference
    clause = _clause(item.metric, item.value, report, escape)
    return (
        f"For {who(found.group, escape)}, {clause}; for {escape(found.reference)} it is {amount(item.metric, base)} "
        f"(difference {_points(item.metric, item.against.difference)}, interval "
        f"{_points(item.metric, item.against.low, '')} to {_points(item.metric, item.against.high, '')})."
    )


def _points(metric: str, value: float, unit: str = " points") -> str:
    if metric.split("[", maxsplit=1)[0] in PLAIN_NUMBERS:
        return f"{value:+,.3f}".replace("-", "\N{MINUS SIGN}")
    return f"{100 * value:+.1f}{unit}".replace("-", "\N{MINUS SIGN}")


def lead(report: FairnessReport, escape: Escape = str) -> str:
    """Return the answer to "for whom is it worse?" in one or two sentences."""
    metrics = headline_metrics(report)
    found = worse_off(report, metrics)
    judged = [group for group in report.by_group if len(group.attributes) == 1 and group.n >= report.limits.min_rows]
    if len(judged) < 2:
        return "Nobody can say: fewer than two groups have enough people in them to be compared."
    if not found:
        names = _list([title(name).lower() for name in metrics])
        return f"No group is clearly worse off in {names}. That is not proof of equal treatment: see the intervals."
    first = found[0]
    others = list(dict.fromkeys(who(item.group, escape) for item in found if item.group.name != first.group.name))
    more = f" Also worse off: {_list(others[:4])}." if others else ""
    return f"Worse for {who(first.group, escape)}. {sentence(first, report, escape)}{more}"


def unjudged(report: FairnessReport) -> str:
    """Return who cannot be judged, as a sentence."""
    small = report.too_small
    if not small:
        return f"Every group has at least {report.limits.min_rows} rows; some metrics may still lack enough outcomes."
    people = sum(group.n for group in small if len(group.attributes) == 1)
    single = sum(len(group.attributes) == 1 for group in small)
    return (
        f"{len(small)} of {len(report.by_group)} groups and combinations have fewer than {report.limits.min_rows} rows"
        + (f"; {single} of them are whole groups with {people:,} rows together" if single else "")
        + ". Nothing can be said about how the model treats these people."
    )


def about_unknown(report: FairnessReport, escape: Escape = str) -> list[str]:
    """Return a sentence per attribute about the people whose value is missing."""
    found = []
    for item in report.unknown:
        text = f"{escape(item.attribute)} is unknown for {item.rows:,} rows ({100 * item.share:.1f} %)."
        if item.bounds:
            widest = max(item.bounds, key=lambda bound: bound.high - bound.low)
            text += (
                f" If we knew, the selection rate of {escape(widest.group)} could lie anywhere from "
                f"{100 * widest.low:.1f} % to {100 * widest.high:.1f} % instead of {100 * widest.value:.1f} %."
            )
        found.append(text)
    return found


def gap_sentence(gap: Disparity, escape: Escape = str) -> str:
    """Return a disparity in words."""
    name = title(gap.metric).lower()
    if gap.difference is None:
        return f"{name} by {escape(gap.attribute)}: cannot be judged, {gap.reason}."
    worst = f", furthest: {escape(gap.worst)}" if gap.worst else ""
    interval = "" if gap.low is None else f" ({gap.low:.3f} to {gap.high:.3f})"
    return f"{name} by {escape(gap.attribute)}: {gap.difference:.3f}{interval}{worst}."


def harm(item: MetricValue, polarity: Polarity) -> float:
    """Return how much worse than the reference a value is, for sorting; negative when it is better, 0 without a direction."""
    worse = direction(item.metric, polarity)
    if item.against is None or not worse:
        return 0.0
    return item.against.difference if worse == "higher" else -item.against.difference


def _list(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
