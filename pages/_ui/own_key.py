"""The form with which a member makes a new key, in the place of one whose passphrase is lost or known to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from governance.workflow.review import requests
from governance.workflow.workspace import current_workspace
from pages._ui import errors, tongue
from pages._ui.text import short, shown


def form(members: Sequence[str]) -> None:
    """Draw the form for these members' ids: one at a page where that member sits, all at the gate."""
    st.caption(
        tongue.say(
            "You make the key here, under a passphrase that nobody else learns. Once whoever keeps the root key admits it, "
            "it takes the place of those you have; what you signed stays signed."
        )
    )
    with st.form("own-key", border=False):
        member = st.selectbox(
            tongue.say("Member"), members, format_func=lambda key: shown(key, 80), key="own-key-member"
        )
        first, second = new_passphrase(tongue.say("A new passphrase of your own"))
        keep = st.checkbox(
            tongue.say("Keep my earlier keys beside it"),
            help=tongue.say("For a second machine. Leave it when a passphrase is lost."),
        )
        pressed = st.form_submit_button(tongue.say("Make a new key and ask"), icon=":material/key:")
    if not pressed:
        return
    asked(
        first, second, lambda: requests.ask_key(current_workspace.current(), str(member), passphrase=first, keep=keep)
    )


def new_passphrase(label: str) -> tuple[str, str]:
    """Draw the fields for a passphrase that is chosen now, and return what was typed twice."""
    first = st.text_input(label, type="password", help=tongue.say("At least 8 characters."))
    return first, st.text_input(tongue.say("The same once more"), type="password", key=f"{label}-again")


def asked(first: str, second: str, ask: Callable[[], requests.Request]) -> None:
    """Ask for a key to be admitted, if the passphrase was typed twice alike, and draw by which digits it is known."""
    if first != second:
        st.warning(tongue.say("The two passphrases differ."), icon=":material/edit:")
        return
    with errors.caught():
        made = ask()
        st.success(
            tongue.say(
                "Your key begins with `{keyid}`. Tell these digits to whoever keeps the root key, by voice.",
                keyid=short(made.keyid, 16),
            ),
            icon=":material/check_circle:",
        )
