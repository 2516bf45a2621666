"""How a duty of the docket reads: a sentence, a date, and the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from governance.review.docket import Duty, Kind
from governance.workflow import alert_book
from pages._ui import house, navigation
from pages._ui.badges import inline
from pages._ui.text import plain

WORDS: Final[Mapping[Kind, str]] = {
    "vote": "Vote on {case}",
    "decide": "Record the decision on {case}: nothing is missing",
    "answer": "Answer a blocking comment on {case}",
    "fulfil": "Fulfil the condition “{what}” of {case}",
    "accept": "Check whether the condition “{what}” of {case} has been fulfilled",
    "suspended": "The approval of {case} is suspended",
    "expires": "The approval of {case} ends",
    "freeze": "Freeze the evidence for {case}",
    "open": "Open the review of {case}",
}
DESTINATIONS: Final[Mapping[Kind, str]] = {"decide": "decide"}


def sentence(duty: Duty, title: str, what: str = "") -> str:
    """Return a duty as markdown; the title of the case and `what` it is about are shown letter by letter."""
    words = WORDS[duty.kind].format(case=f"**{plain(title)}**", what=plain(what or duty.what, 120))
    if not duty.due:
        return words
    return f"{words} {inline('late', 'was due ' + day(duty.due)) if duty.late else 'by ' + day(duty.due)}"


def day(time: str) -> str:
    """Return the day of an RFC 3339 time: 2026-06-01."""
    return time[:10]


def _condition(duty: Duty) -> str:
    """Return the words of the condition that a duty is about, "" for other duties."""
    views = house.views() if duty.kind in ("fulfil", "accept") else None
    found = views.conditions(duty.case) if views else ()
    return next((item.text.shown for item in found if item.condition == duty.what), "")


def row(duty: Duty, title: str) -> None:
    """Draw a duty with the way to it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(sentence(duty, title, _condition(duty)), width="content")
        navigation.link(DESTINATIONS.get(duty.kind, "case"), "Open the case", case=duty.case)


OPEN: Final[Mapping[str, str]] = {
    "observed": "Something moved in {window} for {model}: does it matter?",
    "impact_estimated": "{model} is expected to do worse on {window}: nobody has confirmed it or put it aside",
    "confirmed": "Harm of {model} on {window} is confirmed: what is done about it?",
}
"""State of an alert that asks for somebody -> what it asks."""


def alerts() -> None:
    """Draw the alerts that nobody has settled, each with the way to it; nothing where there are none."""
    place = house.workspace()
    if place is None:
        return
    views = place.read()
    models = {item.digest: item for item in house.models()}
    windows = {alert_book.name_of(model, data.digest): data.name for model in models for data in views.datasets()}
    last = {step.alert: step for step in alert_book.history(place)}
    found = [step for step in reversed(last.values()) if step.state in OPEN and step.model in models]
    if not found:
        return
    st.subheader("Alerts", anchor=False)
    for step in found:
        window = windows.get(step.alert, "a window")
        model = views.model(step.model)
        named = f"{model.name} {model.version}" if model else models[step.model].label
        names = {"window": f"**{plain(window)}**", "model": f"**{plain(named)}**"}
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{inline('alert')} {OPEN[step.state].format(**names)}", width="content")
            navigation.link("monitor", "Open the monitor", model=models[step.model].label)


def case_row(case: str, title: str, status: str) -> None:
    """Draw a case with its state and the way to it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(title)}** {inline(status)}", width="content")
        navigation.link("case", "Open the case", case=case)
