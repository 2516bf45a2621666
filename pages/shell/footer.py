"""The last line of every screen: the state of the ledger."""

from __future__ import annotations

import streamlit as st

from pages._ui import workspace
from pages._ui.badges import inline
from pages._ui.text import plain, short
from pages.shell import clock


def sentence() -> str:
    """Return the ledger's state as markdown."""
    ledger = workspace.ledger()
    if ledger is None or ledger.size == 0:
        return "The ledger is empty: nothing has been recorded yet."
    entries = "1 entry" if ledger.size == 1 else f"{ledger.size:,} entries"
    line = f"Ledger: {entries}, root `{short(ledger.root, 12)}`"
    if ledger.read_only:
        line = f"{line}, open for reading only"
    return f"{line} {inline('verified')}" if ledger.verified else f"{line} {inline('damaged')} {plain(ledger.reason)}"


def footer() -> None:
    """Draw the line."""
    st.divider()
    clock.foot()
    st.markdown(f":small[{sentence()}]")
