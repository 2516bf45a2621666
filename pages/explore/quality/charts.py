"""Charts of data quality and of who is in the data: dataclass -> chart with the frame behind it."""

from __future__ import annotations

from typing import Final

import pandas as pd

from governance.quality import AuditReport, GroupAudit, LabelRate, QualityReport
from pages._ui.charts.base import interval_bars, interval_dots
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

MOST: Final = 12
"""Bars of one chart; the table behind it has the same rows."""


def missing_frame(report: QualityReport) -> pd.DataFrame:
    """Return the columns with missing values, most first: name and share in percent."""
    some = sorted((item for item in report.columns if item.missing), key=lambda item: -item.missing)[:MOST]
    return pd.DataFrame(
        {
            "column": [shown(item.name, 60) for item in some],
            "missing": [100 * item.missing / report.rows for item in some],
        }
    )


def missing(frame: pd.DataFrame) -> AnyChart:
    """Return bars of the share of missing values by column."""
    return interval_bars(frame, "column", "missing", "Missing values, % of rows")


def group_name(item: GroupAudit) -> str:
    """Return the name of a group: "sex Female, origin Southern"."""
    return ", ".join(f"{shown(member.attribute, 40)} {shown(member.value, 40)}" for member in item.group)


def label_frame(audit: AuditReport) -> pd.DataFrame:
    """Return the judged single groups in the audit's order: name, rate, its interval in percent, rows."""
    judged = [(item, item.label) for item in audit.groups if len(item.group) == 1 and isinstance(item.label, LabelRate)]
    scale = 100 if audit.is_rate else 1
    return pd.DataFrame(
        {
            "group": [group_name(item) for item, _ in judged],
            "label": [scale * rate.value for _, rate in judged],
            "low": [scale * rate.low for _, rate in judged],
            "high": [scale * rate.high for _, rate in judged],
            "rows": [rate.rows for _, rate in judged],
        }
    )


def labels(frame: pd.DataFrame, title: str) -> AnyChart:
    """Return one dot with its 95 % interval per group."""
    return interval_dots(frame, "group", "label", title, low="low", high="high")


def proxy_frame(audit: AuditReport) -> pd.DataFrame:
    """Return the strongest links between columns and sensitive attributes."""
    strongest = audit.proxies[:MOST]
    return pd.DataFrame(
        {
            "pair": [f"{shown(item.column, 40)} → {shown(item.attribute, 40)}" for item in strongest],
            "information": [max(0.0, item.adjusted_mutual_information) for item in strongest],
        }
    )


def proxies(frame: pd.DataFrame) -> AnyChart:
    """Return bars of how much a column tells about a sensitive attribute."""
    return interval_bars(frame, "pair", "information", "Adjusted mutual information (0 nothing, 1 everything)")
