"""The steps of the model's file: at which one a batch first leaves what earlier rows suggest."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.stress import StagesReport, stage_words
from pages._ui import empty, headings, subject, tables, tongue
from pages._ui.evidence import need, result
from pages._ui.text import plain, shown


def section() -> None:
    """Draw the stages in the order in which the file computes, and what the batch breaks."""
    picked = subject.current()
    if picked.data and not picked.reference:
        empty.state(
            tongue.say("Choose a reference above."),
            tongue.say(
                "Each step of the model's file gets its expectations from earlier rows: ranges, missing values and categories."
            ),
            page="register",
            label=tongue.say("Register a reference"),
        )
        return
    stored = need("stress.stages", picked)
    report = result(stored, StagesReport) if stored is not None else None
    if stored is None or report is None:
        return
    headings.lead(stage_words.lead(report, tongue.voice()))
    columns = {
        "stage": tables.count("Step"),
        "what": tables.words("What the file does there", wide=True),
        "outcome": tables.words("This batch"),
        "expectations": tables.count("Expectations"),
        "left": tables.count("Left"),
    }
    tables.table(listed(report), "Steps of the model's file, in the order in which it computes", columns, key="stages")
    broken = found(report)
    if len(broken):
        shown_columns = {
            "stage": tables.count("Step"),
            "column": tables.words("Column"),
            "what": tables.words("What was found", wide=True),
        }
        tables.table(broken, "What the batch holds that earlier rows do not suggest", shown_columns, key="stage-checks")
    for item in report.skipped:
        st.caption(f"{plain(item.operator)} {plain(item.tensor)}: {plain(item.reason, 400)}")
    tables.provenance(stored, "stages")


def listed(report: StagesReport) -> pd.DataFrame:
    """Return one row per stage."""
    return pd.DataFrame(
        {
            "stage": [item.stage for item in report.stages],
            "what": [shown(stage_words.named(item), 160) for item in report.stages],
            "outcome": ["leaves it" if item.failed else "as before" for item in report.stages],
            "expectations": [item.expectations for item in report.stages],
            "left": [len(item.failed) for item in report.stages],
        }
    )


def found(report: StagesReport) -> pd.DataFrame:
    """Return one row per expectation that the batch breaks beyond chance."""
    broken = [(item.stage, one) for item in report.stages for one in item.failed]
    return pd.DataFrame(
        {
            "stage": [stage for stage, _ in broken],
            "column": [shown(one.column or "the whole step", 80) for _, one in broken],
            "what": [shown(stage_words.check(one), 240) for _, one in broken],
        }
    )
