"""How bad one column can get: people whose decision no value of it can change, and those whose decision some value does."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.stress import AnyValueReport, words
from pages._ui import headings, subject, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.evidence import need, result
from pages._ui.text import plain, shown


def section() -> None:
    """Draw the columns, those that can change most decisions first."""
    stored = need("stress.any_value", subject.current())
    report = result(stored, AnyValueReport) if stored is not None else None
    if stored is None or report is None:
        return
    headings.lead(words.any_value_lead(report, tongue.voice()))
    rows = frame(report)
    if len(rows):
        base.draw(
            laid(base.interval_bars, rows, "column", "flips", "People whose decision some value of the column changes, %"),
            "Bars: share of people whose decision some value of a column changes",
            rows,
            "any-value",
            {"column": tables.words("Column"), "flips": tables.figures("Some value changes the decision, %", digits=1),
             "breaks": tables.figures("Some value makes a right one wrong, %", digits=1),
             "safe": tables.figures("No value changes it, %", digits=1)},
        )  # fmt: skip
    for item in report.not_assessed:
        st.caption(f"{plain(' and '.join(item.columns))}: {plain(item.outcome.reason, 400)}")
    tables.provenance(stored, "any-value")


def frame(report: AnyValueReport) -> pd.DataFrame:
    """Return one row per column, in percent of the people."""
    some = sorted(report.columns, key=lambda item: -item.can_flip)
    share = 100 / max(1, report.rows)
    return pd.DataFrame(
        {
            "column": [shown(" and ".join(item.columns), 60) for item in some],
            "flips": [share * item.can_flip for item in some],
            "breaks": [None if item.can_break is None else share * item.can_break for item in some],
            "safe": [share * item.cannot_flip for item in some],
        }
    )
