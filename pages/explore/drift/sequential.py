"""The drift page's paragraph about outcomes that come one by one: when harm was certain, and what detectors of change said."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import Detection, Detector, ErrorStream, Harm
from governance.evidence import NotAssessed
from pages._ui import headings, tongue
from pages._ui.charts.base import draw
from pages._ui.charts.layouts import laid
from pages._ui.tables import count, share, table, words
from pages._ui.text import join, percent, plain
from pages.explore.drift import charts

_DETECTORS: Final[dict[Detector, str]] = {
    "adwin": "ADWIN, compares older with newer errors",
    "page_hinkley": "Page-Hinkley, adds up what is above the mean",
    "always_fires": "Dummy, fires every 60 rows whatever happens",
}


@st.fragment
def section(found: Harm | NotAssessed) -> None:
    """Draw, once it is opened, how the errors of the current window built up row by row."""
    if isinstance(found, NotAssessed):
        return
    with st.expander(
        tongue.say("When would watching one by one have shown it?"), key="one-by-one", on_change="rerun"
    ) as box:
        if not box.open:
            return
        if isinstance(found.stream, NotAssessed):
            headings.aside(tongue.say("Not assessed: {reason}.", reason=plain(found.stream.reason)))
            return
        _drawn(found.stream)


def _drawn(found: ErrorStream) -> None:
    st.markdown(plain(answer(found), 600))
    frame = charts.errors_table(found)
    draw(
        laid(charts.errors_so_far, frame, found.limit),
        "Share of wrong decisions so far and the lower bound of the true share, by labelled row; the line marks the limit.",
        frame,
        "one-by-one",
        {"rows": count("Labelled rows"), "what": words("What"), "share": share("Share")},
    )
    st.markdown(detectors_in_words(found))
    table(
        pd.DataFrame([_row(item) for item in found.detectors]), "How often each detector fired in both windows.",
        {"detector": words("Detector", wide=True), "current": count("Fired now"), "first": count("First at row"),
         "reference": count("Fired in the reference"), "rows": count("Rows of the reference")},
        key="detectors",
    )  # fmt: skip
    headings.aside(
        tongue.say(
            "The dummy shows how often firing happens without any reason: a detector has to tell more than that."
        )
    )


def answer(found: ErrorStream) -> str:
    """Return when the errors were certainly above the limit, in one sentence."""
    limit = f"{percent(found.limit)}, the reference's share with its uncertainty and the tolerance"
    if found.alarm_at is None:
        return f"Looked at {found.order}, {found.rows:,} outcomes never showed for certain that wrong decisions are above {limit}."
    return f"Looked at {found.order}, wrong decisions were certainly above {limit}, after {found.alarm_at:,} of {found.rows:,} outcomes."


def detectors_in_words(found: ErrorStream) -> str:
    """Return which detectors fired more often, per row, than in the reference, as a sentence."""
    telling = [
        _DETECTORS[item.detector].split(",")[0]
        for item in found.detectors
        if item.detector != "always_fires" and item.current * item.reference_rows > item.reference * found.rows
    ]
    if not telling:
        return "No detector of change fired more often than in the reference, where nothing had changed."
    return f"Fired more often than in the reference: {join(telling)}."


def _row(item: Detection) -> dict[str, object]:
    return {
        "detector": _DETECTORS[item.detector],
        "current": item.current,
        "first": next(iter(item.at), None),
        "reference": item.reference,
        "rows": item.reference_rows,
    }
