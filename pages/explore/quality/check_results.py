"""Data quality and the audit of who is in the data, in words and tables."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError, NotAssessed
from governance.quality import (
    AuditReport,
    BenchmarkShare,
    Check,
    CheckOutcome,
    GroupAudit,
    QualityReport,
    benchmark as shares,
    label_of,
    label_value,
    question_of,
    represented,
)
from pages._ui import errors, tables, tongue
from pages._ui.badges import inline
from pages._ui.text import interval, percent, plain, shown
from pages.explore.quality.charts import group_name

_IN_WORDS: Final = 8
"""Failed checks that are said in words above the table."""


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
            "check": [label_of(item.check) for item in rows],
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
        st.caption("  \n".join(f"{label_of(name)}: {question_of(name)}" for name in asked))


def columns(report: QualityReport) -> None:
    """Draw what every column holds, folded."""
    with st.expander(
        tongue.say("What the {columns} columns hold", columns=len(report.columns)), key="columns", on_change="rerun"
    ) as box:
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
        tongue.say("Compare with the population that the data should represent"), key="population", on_change="rerun"
    ) as box:
        given = st.session_state.get("population-kept", "")
        if box.open:
            given = st.text_area(
                tongue.say("Shares as CSV"), given, height=120, max_chars=100_000, key="population-text",
                placeholder=f"{sensitive[0]},share\n…,51 %\n…,49 %",
                help=tongue.say("One column per sensitive column, and share (0.51 or 51 %). Leave a cell empty for single attributes."),
            )  # fmt: skip
            st.session_state["population-kept"] = given
        if not given.strip():
            return ()
        try:
            return shares.read(given, sensitive)
        except CountersignError as error:
            errors.advise(error)
            return ()


def groups(audit: AuditReport) -> None:
    """Draw every group and intersection with its share, its label rate and what is missing."""
    frame = pd.DataFrame(
        {
            "group": [group_name(item) for item in audit.groups],
            "rows": [item.rows for item in audit.groups],
            "share": [item.share for item in audit.groups],
            "label": [label_value(item, audit) for item in audit.groups],
            "interval": [_interval(item, audit) for item in audit.groups],
            "represented": [represented(item) for item in audit.groups],
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
    with st.expander(
        tongue.say("Every group with its figures ({frame})", frame=tongue.voice().whole(len(frame))),
        key="every-group",
        on_change="rerun",
    ) as box:
        if box.open:
            tables.table(frame, "Groups in the data", settings, key="table-groups")


def _interval(item: GroupAudit, audit: AuditReport) -> str:
    if isinstance(item.label, NotAssessed):
        return shown(item.label.reason)
    if audit.is_rate:
        return f"{percent(item.label.low)} to {percent(item.label.high)}"
    return interval(item.label.low, item.label.high)
