"""The last line of every screen: the state of the ledger."""

from __future__ import annotations

import streamlit as st

from pages._ui import tongue, workspace
from pages._ui.badges import inline
from pages._ui.text import plain, short
from pages.shell import clock


def sentence() -> str:
    """Return the ledger's state as markdown."""
    ledger, voice = workspace.ledger(), tongue.voice()
    if ledger is None or ledger.size == 0:
        return voice.say("The ledger is empty: nothing has been recorded yet.")
    root = short(ledger.root, 12)
    line = voice.count(ledger.size, "Ledger: {n} entry, root `{root}`", "Ledger: {n} entries, root `{root}`", root=root)
    if ledger.read_only:
        line = f"{line}, {voice.say('open for reading only')}"
    return f"{line} {inline('verified')}" if ledger.verified else f"{line} {inline('damaged')} {plain(ledger.reason)}"


def footer() -> None:
    """Draw the line."""
    st.divider()
    clock.foot()
    st.markdown(f":small[{sentence()}]")
