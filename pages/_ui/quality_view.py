"""Data quality and the audit of who is in the data, in words and tables."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.errors import GovernanceError
from governance.evidence import NotAssessed
from governance.quality import benchmark as shares
from governance.quality.audit_report import AuditReport, BenchmarkShare, GroupAudit, LabelRate, Representation
from governance.quality.report import QUESTIONS, Check, CheckName, CheckOutcome, QualityReport
from pages._ui import errors, tables
from pages._ui.badges import inline
from pages._ui.charts.quality import group_name
from pages._ui.text import interval, join, number, percent, plain, shown

NAMES: Final[dict[CheckName, str]] = {
    "column_exists": "Column is there",
    "type": "Kind of value",
    "missing": "Missing values",
    "empty_text": "Empty text",
    "padded_text": "Spaces around text",
    "broken_text": "Wrongly decoded text",
    "infinite": "Infinite numbers",
    "sentinel": "Codes for missing",
    "range": "Range",
    "values": "Known values",
    "constant": "One value only",
    "unit_jump": "Change of unit",
    "unique_key": "Repeated identifiers",
    "duplicate_rows": "Repeated rows",
    "imbalance": "Rare label",
    "leakage": "Leakage",
    "order": "Order along the file",
    "freshness": "Freshness",
    "rule": "Rule",
    "foreign": "Other tool",
}

_IN_WORDS: Final = 8
"""Failed checks that are said in words above the table."""


def lead(report: QualityReport) -> str:
    """Return the answer in a sentence or two, as markdown."""
    failed, open_, all_ = report.count("failed"), report.count("not_run"), len(report.checks)
    if not all_:
        return "Nothing was checked."
    start = (
        "No check failed"
        if not failed
        else f"{failed} of {all_} checks failed: {join([words.lower() for words in _kinds(report)])}"
    )
    rest = f"; {open_} could not be run." if open_ else "."
    return start + rest


def _kinds(report: QualityReport) -> list[str]:
    found = dict.fromkeys(NAMES[check.check] for check in report.checks if check.outcome == "failed")
    return list(found)[:5] + (["others"] if len(found) > 5 else [])


def section(report: QualityReport, outcome: CheckOutcome, title: str) -> None:
    """Draw the checks with one outcome, folded unless they failed."""
    rows = tuple(check for check in report.checks if check.outcome == outcome)
    if not rows:
        return
    if outcome == "failed":
        st.markdown(f"{inline(outcome)} {title}")
        for item in rows[:_IN_WORDS]:
            st.markdown(f"- **{plain(item.column) or 'Whole table'}**: {plain(item.reason, 1000)}")
        _checks(rows, outcome)
        return
    with st.expander(
        f"{len(rows)} {'check' if len(rows) == 1 else 'checks'} {title}", key=f"checks-{outcome}", on_change="rerun"
    ) as box:
        if box.open:
            _checks(rows, outcome)


def _checks(rows: tuple[Check, ...], outcome: CheckOutcome) -> None:
    frame = pd.DataFrame(
        {
            "check": [NAMES[item.check] for item in rows],
            "column": [shown(item.column, 100) or "whole table" for item in rows],
            "reason": [shown(item.reason, 400) for item in rows],
            "examples": [", ".join(shown(text, 40) for text in item.examples) for item in rows],
        }
    )
    frame = frame if any(item.examples for item in rows) else frame.drop(columns="examples")
    settings = {
        "check": tables.words("Check"),
        "column": tables.words("Column"),
        "reason": tables.words("What was found", wide=True),
        "examples": tables.words("For example"),
    }
    tables.table(frame, f"Checks that ended as {outcome.replace('_', ' ')}", settings, key=f"table-{outcome}")
    asked = dict.fromkeys(item.check for item in rows)
    if outcome == "failed":
        st.caption("  \n".join(f"{NAMES[name]}: {QUESTIONS[name]}" for name in asked))


def columns(report: QualityReport) -> None:
    """Draw what every column holds, folded."""
    with st.expander(f"What the {len(report.columns)} columns hold", key="columns", on_change="rerun") as box:
        if box.open:
            frame = pd.DataFrame(
                {
                    "column": [shown(item.name, 100) for item in report.columns],
                    "kind": [item.kind for item in report.columns],
                    "missing": [item.missing / report.rows for item in report.columns],
                    "distinct": [item.distinct for item in report.columns],
                    "low": [item.minimum for item in report.columns],
                    "high": [item.maximum for item in report.columns],
                }
            )
            settings = {
                "column": tables.words("Column"),
                "kind": tables.words("Kind"),
                "missing": tables.share("Missing"),
                "distinct": tables.count("Different texts", ""),
                "low": tables.figures("Smallest"),
                "high": tables.figures("Largest"),
            }
            tables.table(frame, "What every column holds", settings, key="table-columns")


def benchmark(sensitive: tuple[str, ...]) -> tuple[BenchmarkShare, ...]:
    """Draw the place for a table of shares of the population, and return what it says; () while there is none."""
    with st.expander(
        "Compare with the population that the data should represent", key="population", on_change="rerun"
    ) as box:
        given = st.session_state.get("population-kept", "")
        if box.open:
            given = st.text_area(
                "Shares as CSV", given, height=120, max_chars=100_000, key="population-text",
                placeholder=f"{sensitive[0]},share\n…,51 %\n…,49 %",
                help="One column per sensitive column, and share (0.51 or 51 %). Leave a cell empty for single attributes.",
            )  # fmt: skip
            st.session_state["population-kept"] = given
        if not given.strip():
            return ()
        try:
            return shares.read(given, sensitive)
        except GovernanceError as error:
            errors.advise(error)
            return ()


def audit_lead(audit: AuditReport) -> str:
    """Return what the audit says in a sentence or two, as markdown."""
    judged = [item for item in audit.groups if len(item.group) == 1 and isinstance(item.label, LabelRate)]
    parts = []
    if len(judged) > 1:
        high = max(judged, key=_rate)
        low = min((item for item in judged if item.group[0].attribute == high.group[0].attribute), key=_rate)
        if low is not high:
            parts.append(
                f"The {plain(audit.label)} is {_value(high, audit)} for {plain(group_name(high))} and {_value(low, audit)} for "
                f"{plain(group_name(low))}."
            )
    leaks = [item for item in audit.proxies if item.is_proxy]
    if leaks:
        parts.append(f"{plain(leaks[0].column)} gives away {plain(leaks[0].attribute)}.")
    far = [
        item
        for item in audit.groups
        if isinstance(item.representation, Representation) and item.representation.high < 0.8
    ]
    if far:
        least = min(
            far, key=lambda item: item.representation.ratio if isinstance(item.representation, Representation) else 1.0
        )
        parts.append(
            f"{plain(group_name(least))} is {_represented(least).split(' ')[0]} times as frequent here as in the population."
        )
    if audit.absent:
        names = [
            ", ".join(f"{member.attribute} = {member.value}" for member in item.group) for item in audit.absent[:3]
        ]
        parts.append(f"Nobody in the data belongs to {plain(join(names))}.")
    if audit.too_small:
        parts.append(f"{audit.too_small} groups or intersections are too small to judge.")
    return " ".join(parts) or "Nothing stands out between the groups."


def _rate(item: GroupAudit) -> float:
    return item.label.value if isinstance(item.label, LabelRate) else 0.0


def _value(item: GroupAudit, audit: AuditReport) -> str:
    if not isinstance(item.label, LabelRate):
        return "not assessed"
    return percent(item.label.value) if audit.is_rate else number(item.label.value)


def groups(audit: AuditReport) -> None:
    """Draw every group and intersection with its share, its label rate and what is missing."""
    frame = pd.DataFrame(
        {
            "group": [group_name(item) for item in audit.groups],
            "rows": [item.rows for item in audit.groups],
            "share": [item.share for item in audit.groups],
            "label": [_value(item, audit) for item in audit.groups],
            "interval": [_interval(item, audit) for item in audit.groups],
            "represented": [_represented(item) for item in audit.groups],
            "missing": [item.missing_share for item in audit.groups],
            "repeated": [item.duplicate_share for item in audit.groups],
            "twins": [item.twin_share for item in audit.groups],
        }
    )
    settings = {
        "group": tables.words("Group"),
        "rows": tables.count("Rows"),
        "share": tables.share("Share of rows"),
        "label": tables.words(shown(audit.label, 60) or "Label"),
        "interval": tables.words("95 % interval", "confidence interval"),
        "represented": tables.words("Share / population"),
        "missing": tables.share("Missing cells"),
        "repeated": tables.share("Rows that repeat another"),
        "twins": tables.share("Rows that another group has too"),
    }
    tables.table(frame, "Groups in the data", settings, key="table-groups")


def _interval(item: GroupAudit, audit: AuditReport) -> str:
    if isinstance(item.label, NotAssessed):
        return shown(item.label.reason)
    if audit.is_rate:
        return f"{percent(item.label.low)} to {percent(item.label.high)}"
    return interval(item.label.low, item.label.high)


def _represented(item: GroupAudit) -> str:
    found = item.representation
    return (
        "no benchmark"
        if isinstance(found, NotAssessed)
        else f"{found.ratio:.2f} ({interval(found.low, found.high, 2)})"
    )
