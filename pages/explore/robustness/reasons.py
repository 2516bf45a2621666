"""Whose first reason changes when a column breaks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.stress import ReasonsReport, words
from pages._ui import empty, headings, subject, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.evidence import need, result
from pages._ui.text import plain, shown


def section() -> None:
    """Draw the errors, those that change most reasons first."""
    picked = subject.current()
    if picked.data and not picked.reference:
        empty.state(
            tongue.say("Choose a reference above."),
            tongue.say(
                "Reasons say how a person differs from earlier rows; without them there is nobody to differ from."
            ),
            page="register",
            label=tongue.say("Register a reference"),
        )
        return
    stored = need("stress.reasons", picked)
    report = result(stored, ReasonsReport) if stored is not None else None
    if stored is None or report is None:
        return
    headings.lead(words.reasons_lead(report, tongue.voice()))
    if report.shifts:
        base.draw(
            laid(
                base.interval_dots,
                frame(report).head(12),
                "label",
                "changed",
                "People whose first reason is another one, %",
                low="low",
                high="high",
            ),
            "Dots with 95 % intervals: share of people whom an error strikes and whose first reason changes",
            frame(report),
            "reasons",
            {
                "label": tables.words("Short"),
                "error": tables.words("Error", wide=True),
                "changed": tables.figures("First reason changes, %", digits=1),
                "low": tables.figures("95 % from", digits=1),
                "high": tables.figures("to", digits=1),
                "leading": tables.figures("First three change, %", digits=1),
                "before": tables.figures("Broken column first, before, %", digits=1),
                "after": tables.figures("and afterwards, %", digits=1),
            },
        )
    for item in report.not_run[:20]:
        st.caption(
            tongue.say("Not tried: {name}. {reason}", name=plain(item.name, 200), reason=plain(item.reason, 300))
        )
    headings.aside(
        tongue.say(
            "The first reason is the column with the largest Shapley value in size, against {background_rows} rows of the reference.",
            background_rows=tongue.voice().whole(report.background_rows),
        )
    )
    tables.provenance(stored, "reasons")


def frame(report: ReasonsReport) -> pd.DataFrame:
    """Return one row per error, in percent of the people whom it strikes."""
    some = report.shifts
    return pd.DataFrame(
        {
            "label": [
                f"{at}. {shown(item.title, 30)}: {shown(', '.join(item.corruption.columns), 30)}"
                for at, item in enumerate(some, 1)
            ],
            "error": [shown(item.name, 200) for item in some],
            "changed": [100 * item.first_changes / item.rows for item in some],
            "low": [100 * item.low for item in some],
            "high": [100 * item.high for item in some],
            "leading": [100 * item.leading_change / item.rows for item in some],
            "before": [100 * item.broken_first_before / item.rows for item in some],
            "after": [100 * item.broken_first_after / item.rows for item in some],
        }
    )
