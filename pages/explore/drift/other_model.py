"""The part of the drift page that says how the same change of the world meets another model."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.drift import DriftParameters, DriftReport, MetricChange, PerformanceChange, words
from governance.evidence import NotAssessed
from governance.statistics import title
from pages._ui import against, evidence, tables, tongue
from pages._ui.choices import Picked
from pages._ui.text import interval, number, plain


def section(picked: Picked, method: str, parameters: DriftParameters, mine: DriftReport) -> None:
    """Draw what the model that was chosen under *Against* makes of the same two windows; nothing where none was chosen."""
    other = against.other(picked)
    if other is None:
        return
    found = evidence.need(method, other, parameters)
    theirs = evidence.result(found, DriftReport) if found is not None else None
    if found is None or theirs is None:
        return
    st.markdown(f"**{plain(other.model_label)}**: {words.lead(theirs, tongue.voice())}")
    frame = frame_of(mine.performance, theirs.performance)
    if not len(frame):
        return
    with st.expander(
        tongue.say("How each measure changed, in both models"), key="both-models", on_change="rerun"
    ) as box:
        if box.open:
            columns = {
                "metric": tables.words("Measure"),
                "mine": tables.words("Change of this model"),
                "theirs": tables.words("Change of the other"),
            }
            tables.table(
                frame, "How each measure changed between the windows, in both models", columns, key="both-models"
            )
            tables.provenance(found, "versus")


def frame_of(mine: PerformanceChange | NotAssessed, theirs: PerformanceChange | NotAssessed) -> pd.DataFrame:
    """Return one row per measure that both models have: how it changed in each, with its 95 % interval."""
    if isinstance(mine, NotAssessed) or isinstance(theirs, NotAssessed):
        return pd.DataFrame()
    rows = [
        (title(name), _told(mine.change[name]), _told(theirs.change[name]))
        for name in mine.change
        if name in theirs.change
    ]
    return pd.DataFrame(rows, columns=["metric", "mine", "theirs"])


def _told(found: MetricChange) -> str:
    return f"{number(found.value)} ({interval(found.low, found.high)})"
