"""Reminders on the docket of a member: asking for them, the calendar to take away, and what was sent when."""

from __future__ import annotations

import streamlit as st

from governance.evidence import CountersignError
from governance.language import Voice
from governance.workflow import reminders
from governance.workflow.workspace import current_workspace
from pages._ui import errors, session, tongue
from pages._ui.text import plain
from storage import Workspace

SHOWN = 5
"""Messages that are listed, the newest."""


def section() -> None:
    """Draw the drawer of the member who sits here; nothing for a guest."""
    actor, voice = session.actor(), tongue.voice()
    if actor.proof != "passphrase":
        return
    with st.expander(voice.say("Reminders and calendar"), key="reminders", on_change="rerun") as box:
        if box.open:
            _drawer(current_workspace.current(), actor.id, voice)


def _drawer(place: Workspace, member: str, voice: Voice) -> None:
    wish = reminders.wish_of(place, member)
    if wish is None:
        _ask(place, voice)
    else:
        said = voice.say("You are reminded at {address}, once a day at most.", address=plain(wish.address))
        st.markdown(said)
        if st.button(voice.say("Stop the reminders"), icon=":material/notifications_off:"):
            with errors.caught():
                reminders.stop(place, actor=session.actor())
                st.rerun()
    _server(voice)
    language = tongue.language()
    st.download_button(
        voice.say("My deadlines as a calendar (.ics)"),
        lambda: reminders.calendar_of(place, member, Voice(language)),
        "countersign.ics",
        "text/calendar",
        icon=":material/event:",
        on_click="ignore",
    )
    for item in reminders.sent(place, member)[: -SHOWN - 1 : -1]:
        time = f"{item.time[:10]} {item.time[11:16]}"
        st.caption(
            voice.say("{time} UTC: sent.", time=time)
            if item.state == "sent"
            else voice.say("{time} UTC: perhaps sent; it is not sent again.", time=time)
        )


def _ask(place: Workspace, voice: Voice) -> None:
    st.markdown(
        voice.say(
            "You can be told once a day by e-mail what waits for you: titles of cases and days, nothing else of a case. Your address "
            "stands beside the record, not in it."
        )
    )
    with st.form("remind", border=False):
        address = st.text_input(voice.say("Your e-mail address"), max_chars=254)
        pressed = st.form_submit_button(voice.say("Remind me"), icon=":material/notifications:")
    if pressed:
        with errors.caught():
            reminders.ask(place, address, actor=session.actor(), language=tongue.language())
            st.rerun()


def _server(voice: Voice) -> None:
    """Say whether anything is sent at all."""
    try:
        named = reminders.configured() is not None
    except CountersignError:
        named = False
    if not named:
        st.caption(
            voice.say("No mail server is named on this service, so nothing is sent yet; the calendar works without.")
        )
