"""The demonstration's tour: five steps to what was planted in it, and seats to take with the passphrase that stands on the screen."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.workflow.demo import passphrase_on_screen
from pages._ui import errors, navigation, session, tongue, workspace
from pages._ui.text import plain

_EVALUATED: Final = "months 10 to 12"
_HARMED: Final = "months 16 to 18"
_SEATS: Final = ("demo-lay", "demo-validator", "demo-chair")
"""Who is offered a seat: the votes and questions that are still open are theirs."""


def draw() -> None:
    """Draw the tour where this is the demonstration; nothing in any other workspace."""
    place = workspace.workspace()
    secret = passphrase_on_screen(place) if place is not None else ""
    if not secret:
        return
    with st.container(border=True, key="tour"):
        st.markdown(
            tongue.say(
                "**Five steps through the demonstration.** The problems were planted; nothing here is about a person."
            )
        )
        _steps()
        _seats(secret)


def _steps() -> None:
    model = _label("boosted", models=True)
    evaluated, harmed = _label(_EVALUATED), _label(_HARMED)
    views = workspace.views()
    case = next((item.case for item in (views.cases() if views else ()) if "boosted" in item.title.shown), "")
    steps = (
        (tongue.say("1. One group is put forward less often"), "fairness", {"model": model, "data": evaluated}),
        (tongue.say("2. A district stands in for the origin"), "explanations", {"model": model, "data": evaluated}),
        (
            tongue.say("3. Later the world moved, and it hurts"),
            "drift",
            {"model": model, "data": harmed, "reference": evaluated},
        ),
        (tongue.say("4. The board is asked, and you may vote"), "case", {"case": case}),
        (tongue.say("5. The record is taken away and verified"), "export", {"case": case}),
    )
    for words, page, choices in steps:
        if all(choices.values()):
            navigation.link(page, words, **choices)


def _label(words: str, *, models: bool = False) -> str:
    offered = workspace.models() if models else workspace.data()
    return next((item.label for item in offered if words in item.label), "")


def _seats(secret: str) -> None:
    """Draw a button for each seat; whoever presses it sits there by the passphrase that is printed beside it."""
    here = session.visitor().id
    members = {item.id: item for item in workspace.members()}
    st.caption(
        tongue.say(
            "Take a seat: every one opens with the passphrase `{secret}`, which also signs.", secret=plain(secret)
        )
    )
    with st.container(horizontal=True):
        for member in (members[name] for name in _SEATS if name in members and name != here):
            st.button(
                tongue.say("Sit as {name}", name=plain(member.name)), key=f"seat-{member.id}", on_click=_sit, args=(member.id, secret),
                icon=":material/switch_account:",
            )  # fmt: skip


def _sit(member: str, secret: str) -> None:
    with errors.caught():
        session.sit(member, secret)
