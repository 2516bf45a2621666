"""The clock that jumped, or the workspace that rested: said at the gate and at the foot of every page, and confirmed by a member."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.workflow.workspace import Acting, clock, clock_confirmed, current_workspace
from pages._ui import errors, session, tongue, workspace
from pages._ui.text import plain

_SHOWN: Final = "countersign.clock"


def sentence() -> str:
    """Return what is wrong with the clock, "" when nothing is."""
    place = workspace.workspace()
    found = clock.stopped(place, place.read().head().last_time) if place is not None else None
    return found.words if found is not None else ""


def announce() -> bool:
    """At the gate: say that coming in confirms the clock; return whether the person had that in front of them already."""
    said, before = sentence(), session.remembered(_SHOWN)
    session.remember(_SHOWN, "shown" if said else "")
    if said:
        st.warning(
            tongue.say(
                "{said} If it rested since, all is well: when you come in with your passphrase, you also confirm this clock, "
                "and the ledger notes it. If the time is wrong, have the clock set first.",
                said=plain(said, 400),
            ),
            icon=":material/schedule:",
        )
    return bool(said and before)


def confirm(actor: Acting) -> None:
    """Note in the ledger that the clock is right."""
    clock_confirmed.confirm(current_workspace.current(), actor=actor)


def foot() -> None:
    """At the foot of a page: say that nothing is signed, with the one click with which a member confirms the clock."""
    said = sentence()
    if not said:
        return
    st.warning(
        tongue.say("{said} Nothing is signed until a member confirms it.", said=plain(said, 400)),
        icon=":material/schedule:",
    )
    who = session.actor()
    if who.proof == "passphrase" and st.button(tongue.say("This machine's clock is right"), key="clock-is-right"):
        with errors.caught():
            confirm(who)
            st.rerun()
