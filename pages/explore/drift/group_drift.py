"""The drift page's paragraph about one column inside the groups of people: where it moved, and where nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from governance.drift import DriftReport, GroupDrift, words as drift_words
from governance.evidence import sentence_case
from pages._ui import headings, tongue
from pages._ui.charts.base import draw
from pages._ui.charts.layouts import laid
from pages._ui.tables import count, figures, words
from pages._ui.text import plain
from pages.explore.drift import group_chart as charts

_TABLE: Final = {
    "group": words("Group"),
    "verdict": words("Verdict"),
    "before": count("Rows before"),
    "now": count("Rows now"),
    "times the limit": figures("Times the limit", digits=2),
    "chance reaches": figures("Chance reaches", digits=2),
    "p": figures("Adjusted p", "p_value", 4),
    "reason": words("Reason", wide=True),
}


def section(report: DriftReport, column: str) -> None:
    """Draw where among the groups of people a column moved."""
    st.markdown(tongue.say("**In which groups did it move?**"))
    found = [item for item in report.within if item.column == column]
    if not found:
        why = report.within_reason or "it describes the groups itself, or was not compared inside groups"
        headings.aside(tongue.say("Not assessed: {why}.", why=plain(why)))
        return
    st.markdown(plain(answer(found), 1500))
    frame = charts.within_table(found)
    known = frame[frame["times the limit"].notna()]
    if len(known):
        alt = "How far the column moved in each group as a multiple of what matters; the tick marks what chance alone reaches."
        draw(laid(charts.moved_within, known), alt, frame, "within", _TABLE)
    more = " " + tongue.say("Left out: {why}.", why=plain(report.within_reason)) if report.within_reason else ""
    headings.aside(
        tongue.say(
            "Each group is compared with the same group in the reference; one correction covers all columns of all groups."
        )
        + more
    )


def answer(found: Sequence[GroupDrift]) -> str:
    """Return in which groups the column moved, in which it did not, and where nobody can tell."""
    parts = [
        tongue.say(
            "{verdict} in {groups}",
            verdict=tongue.say(said),
            groups=tongue.voice().join([f"{item.attribute} {item.group}" for item in found if item.verdict == verdict]),
        )
        for verdict, said in drift_words.VERDICTS.items()
        if any(item.verdict == verdict for item in found)
    ]
    return f"{sentence_case('; '.join(parts))}."
