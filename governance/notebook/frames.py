"""Reports as plain tables: one function per type of report, one row per thing that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from governance.drift import DriftReport
from governance.evidence import NotAssessed
from governance.explain import GlobalExplanation, LocalExplanation
from governance.fairness import FairnessReport, GroupResult, MetricValue
from governance.performance import PerformanceReport
from governance.quality import QualityReport

if TYPE_CHECKING:
    import pandas as pd

Row: TypeAlias = dict[str, Any]


def frame_of(report: object) -> pd.DataFrame:
    """Return a report as a frame; what was not assessed is one row with its reason.

    Raises:
        TypeError: a type of report that has no table.
    """
    import pandas as pd

    for kind, rows in _TABLES:
        if isinstance(report, kind):
            return pd.DataFrame(rows(report))
    raise TypeError(f"no table for {type(report).__name__}")


def _not_assessed(report: NotAssessed) -> list[Row]:
    return [{"outcome": report.outcome, "reason": report.reason}]


def _groups(report: FairnessReport) -> list[Row]:
    """Return one row per group and metric, the whole first."""
    whole = [_metric(item, group="everybody", attribute="", rows=report.rows.used) for item in report.overall]
    return whole + [row for group in report.by_group for row in _of_group(group)]


def _of_group(group: GroupResult) -> list[Row]:
    return [
        _metric(item, group=group.name, attribute=", ".join(group.attributes), rows=group.n) for item in group.metrics
    ]


def _metric(item: MetricValue, *, group: str, attribute: str, rows: int) -> Row:
    against = item.against
    return {
        "attribute": attribute,
        "group": group,
        "rows": rows,
        "metric": item.metric,
        "value": item.value,
        "low": item.low,
        "high": item.high,
        "verdict": item.verdict,
        "difference": None if against is None else against.difference,
        "reason": item.reason,
    }


def _columns(report: DriftReport) -> list[Row]:
    """Return one row per column with the effect of each test."""
    return [
        {
            "column": column.name,
            "verdict": column.verdict,
            "matters": column.matters,
            "missing_reference": column.missing_reference,
            "missing_current": column.missing_current,
            **{name: reading.statistic for name, reading in column.tests.items()},
            "alerts": ", ".join(name for name, reading in column.tests.items() if reading.alert),
            "reason": column.reason,
        }
        for column in report.columns
    ]


def _importance(report: GlobalExplanation) -> list[Row]:
    return [
        {"feature": item.feature, "mean_abs": item.mean_abs, "low": item.low, "high": item.high, "mean": item.mean}
        for item in report.importance
    ]


def _attributions(report: LocalExplanation) -> list[Row]:
    return [
        {
            "feature": item.feature,
            "value": item.value,
            "attribution": item.attribution,
            "std_error": item.std_error,
        }
        for item in report.values  # noqa: PD011 - attributions are called values, as in shap
    ]


def _checks(report: QualityReport) -> list[Row]:
    """Return one row per check, those that failed first."""
    order = {"failed": 0, "not_run": 1}
    return [
        {
            "check": item.check,
            "column": item.column,
            "outcome": item.outcome,
            "value": item.value,
            "threshold": item.threshold,
            "reason": item.reason,
        }
        for item in sorted(report.checks, key=lambda item: order.get(item.outcome, 2))
    ]


def _measures(report: PerformanceReport) -> list[Row]:
    return [
        {
            "metric": item.metric,
            "value": item.value,
            "low": item.low,
            "high": item.high,
            "rows": item.n,
            "method": item.method,
            "reason": item.reason,
        }
        for item in report.measures
    ]


_TABLES: Final[Sequence[tuple[type[Any], Callable[[Any], list[Row]]]]] = (
    (NotAssessed, _not_assessed),
    (FairnessReport, _groups),
    (DriftReport, _columns),
    (GlobalExplanation, _importance),
    (LocalExplanation, _attributions),
    (QualityReport, _checks),
    (PerformanceReport, _measures),
)
"""Type of a report -> the rows of its table."""
