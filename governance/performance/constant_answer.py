"""The answer that costs nothing: what one gets who never looks at the row, read from the same report as the model's own number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from governance.performance.report import PerformanceReport


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """A constant answer beside the model, on the same rows in the same metric."""

    name: str
    """What it is, in words; not escaped, a class of the data may be in it."""
    metric: str
    """accuracy, or root_mean_squared_error where a number is predicted."""
    value: float
    """What the constant answer reaches, in the metric's unit."""
    model: float
    """What the model reaches."""
    low: float | None
    """Interval of the model's number, None where there is none."""
    high: float | None
    verdict: Literal["better", "worse", "cannot_tell"]
    """The model against the constant answer; "cannot_tell" where the interval holds the constant's number, or there is none."""


def reference_answer(report: PerformanceReport) -> ReferenceAnswer | None:
    """Return the best constant answer, None where the report does not hold what it is computed from.

    With classes it is the commonest one, with a number the mean of the labels: its root mean squared error is the model's divided
    by the square root of 1 - R², because R² is defined against that very mean.
    """
    if report.task == "regression":
        return _of_numbers(report)
    labels = _labels(report)
    return _of_classes(report, labels) if labels else None


def _labels(report: PerformanceReport) -> dict[str, int]:
    """Return how many rows each class has."""
    if report.binary is not None:
        at = report.binary.confusion
        positive = report.binary.positive
        return {
            f"always “{positive}”": at.true_positive + at.false_negative,
            f"never “{positive}”": at.true_negative + at.false_positive,
        }
    if report.multiclass is not None:
        rows = zip(report.multiclass.classes, report.multiclass.confusion, strict=True)
        return {f"always “{name}”": sum(row) for name, row in rows}
    return {}


def _of_classes(report: PerformanceReport, labels: dict[str, int]) -> ReferenceAnswer | None:
    measure = report.measure("accuracy")
    if measure is None or measure.value is None or not sum(labels.values()):
        return None
    name = max(labels, key=labels.__getitem__)
    value = labels[name] / sum(labels.values())
    return ReferenceAnswer(
        name=f"Commonest answer: {name}",
        metric="accuracy",
        value=value,
        model=measure.value,
        low=measure.low,
        high=measure.high,
        verdict=_verdict(measure.low, measure.high, value, higher=True),
    )


def _of_numbers(report: PerformanceReport) -> ReferenceAnswer | None:
    error, explained = report.measure("root_mean_squared_error"), report.measure("r2")
    if error is None or explained is None or error.value is None or explained.value is None or explained.value >= 1:
        return None
    value = error.value / math.sqrt(1 - explained.value)
    return ReferenceAnswer(
        name="Mean of the labels",
        metric="root_mean_squared_error",
        value=value,
        model=error.value,
        low=error.low,
        high=error.high,
        verdict=_verdict(error.low, error.high, value, higher=False),
    )


def _verdict(
    low: float | None, high: float | None, value: float, *, higher: bool
) -> Literal["better", "worse", "cannot_tell"]:
    if low is None or high is None or low <= value <= high:
        return "cannot_tell"
    return "better" if (low > value) == higher else "worse"
