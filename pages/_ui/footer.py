"""The last line of every screen: the state of the ledger."""

from __future__ import annotations

import streamlit as st

from pages._ui import house
from pages._ui.badges import inline
from pages._ui.text import short


def sentence() -> str:
    """Return the ledger's state as markdown."""
    ledger = house.ledger()
    if ledger is None or ledger.size == 0:
        return "The ledger is empty: nothing has been recorded yet."
    outcome = {True: "verified", False: "damaged", None: "not_verified"}[ledger.verified]
    entries = "1 entry" if ledger.size == 1 else f"{ledger.size:,} entries"
    return f"Ledger: {entries}, root `{short(ledger.root, 12)}` {inline(outcome)}"


def footer() -> None:
    """Draw the line."""
    st.divider()
    st.caption(sentence())
