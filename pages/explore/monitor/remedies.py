"""What is done about a confirmed alert: the form on the monitor page, signed by a member."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from governance.drift import Remedy
from governance.evidence import CountersignError
from governance.workflow.monitoring import WORDS, Standing, Taken, ignoring, remedy
from governance.workflow.workspace import clock, current_workspace
from pages._ui import errors, session, signing, tongue
from pages._ui.text import shown


def form(item: Standing, model: str) -> None:
    """Draw the way to say what is done about the confirmed alert of a window; members only."""
    if item.alert is None or not session.visitor().member:
        return
    st.markdown(tongue.say("**What is done about it?** An approval stays suspended until the board has decided again."))
    name = st.selectbox(
        tongue.say("Remedy"), list(WORDS), format_func=lambda key: WORDS[key].capitalize(), key="remedy"
    )
    taken = _details(name if name in WORDS else "stop", model)
    reason = st.text_area(
        tongue.say("Why this"), key="remedy-why", help=tongue.say("One sentence that somebody else can check.")
    )
    if (
        not st.button(tongue.say("Record what is done"), icon=":material/healing:", key="remedy-record")
        or taken is None
    ):
        return
    place, member, alert = current_workspace.current(), session.visitor().id, item.name
    signing.ask(
        "This is done about the confirmed alert.",
        [("Window", item.data.name), ("What", taken.words()), ("Why", reason)],
        item.alert.evidence[-1] if item.alert.evidence else "",
        lambda secret: remedy.take(place, alert, taken, reason, member=member, passphrase=secret),
        lambda: None,
    )


def _details(name: Remedy, model: str) -> Taken | None:
    """Draw what belongs to a remedy, and return both; None while it cannot be had."""
    if name == "ignore_until":
        today = clock.now().date()
        day = st.date_input(
            tongue.say("Until the end of"), today + dt.timedelta(days=30), min_value=today, key="remedy-until"
        )
        try:
            return ignoring(str(day))
        except CountersignError as error:
            errors.advise(error)
            return None
    if name != "roll_back":
        return Taken(name)
    versions = remedy.others(current_workspace.current(), model)
    if not versions:
        st.caption(tongue.say("No other version of this model is registered."))
        return None
    digest = st.selectbox(
        tongue.say("Version"), list(versions), format_func=lambda key: shown(versions[key], 90), key="remedy-to"
    )
    return Taken(name, version=digest if digest in versions else next(iter(versions)))
