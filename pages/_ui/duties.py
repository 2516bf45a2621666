"""How a duty of the docket reads: a sentence, a date, and the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from governance.language import mark
from governance.review import Duty, docket_words
from governance.workflow.monitoring import alerts as ui_alerts
from pages._ui import navigation, tongue, workspace
from pages._ui.badges import inline
from pages._ui.text import plain


def sentence(duty: Duty, title: str, what: str = "") -> str:
    """Return a duty as markdown; the title of the case and `what` it is about are shown letter by letter."""
    voice = tongue.voice()
    words = docket_words.duty(duty, f"**{plain(title)}**", plain(what or duty.what, 120), voice)
    if not duty.due:
        return words
    day = voice.day(duty.due)
    due = inline("late", voice.say("was due {day}", day=day)) if duty.late else voice.say("by {day}", day=day)
    return f"{words} {due}"


def condition(case: str, name: str) -> str:
    """Return the words of a condition of a case, "" where there is none of that id."""
    views = workspace.views()
    found = views.conditions(case) if views else ()
    return next((item.text.shown for item in found if item.condition == name), "")


def row(duty: Duty, title: str) -> None:
    """Draw a duty with the way to it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        what = condition(duty.case, duty.what) if duty.kind in ("fulfil", "accept") else ""
        st.markdown(sentence(duty, title, what), width="content")
        navigation.link("case", tongue.voice().say("Open the case"), case=duty.case)


OPEN: Final[Mapping[str, str]] = {
    "observed": mark("Something moved in {window} for {model}: does it matter?"),
    "impact_estimated": mark("{model} is expected to do worse on {window}: nobody has confirmed it or put it aside"),
    "confirmed": mark("Harm of {model} on {window} is confirmed: what is done about it?"),
}
"""State of an alert that asks for somebody -> what it asks."""


def alerts() -> None:
    """Draw the alerts that nobody has settled, each with the way to it; nothing where there are none."""
    place = workspace.workspace()
    if place is None:
        return
    views = place.read()
    models = {item.digest: item for item in workspace.models()}
    last = {step.alert: step for step in ui_alerts.history(place)}
    found = [step for step in reversed(last.values()) if step.state in OPEN and step.model in models]
    if not found:
        return
    tables = views.datasets()
    windows = {
        ui_alerts.name_of(model, data.digest): data.name for model in {step.model for step in found} for data in tables
    }
    voice = tongue.voice()
    st.subheader(voice.say("Alerts"), anchor=False)
    for step in found:
        window = windows.get(step.alert) or voice.say("a window")
        model = views.model(step.model)
        named = f"{model.name} {model.version}" if model else models[step.model].label
        names = {"window": f"**{plain(window)}**", "model": f"**{plain(named)}**"}
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{inline('alert')} {voice.say(OPEN[step.state], **names)}", width="content")
            navigation.link("monitor", voice.say("Open the monitor"), model=models[step.model].label)


def case_row(case: str, title: str, marks: str) -> None:
    """Draw a case with where it stands, as badges, and the way to it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(title)}** {marks}", width="content")
        navigation.link("case", tongue.voice().say("Open the case"), case=case)
