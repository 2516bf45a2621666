"""What the browser's Back button does: one press leaves a page.

Streamlit puts an entry into the history of the browser for every choice that the server writes into the address. A page that fills in what
nobody has chosen yet (model, data, case) would take one press of Back for each. This script lets what only fills in, or only takes away,
replace the entry; a choice that somebody changed stays an entry of its own.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

_SCRIPT: Final = """<script>
if (!window.countersignHistory) {
  window.countersignHistory = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const from = new URL(location.href), to = new URL(url ?? location.href, location.href);
    const kept = [...from.searchParams].every(([name, value]) => !to.searchParams.has(name) || to.searchParams.get(name) === value);
    if (from.pathname === to.pathname && kept) history.replaceState(state, title, to.href);
    else push(state, title, to.href);
  };
}
</script>"""
"""This constant holds no text of anybody."""


def keep_short() -> None:
    """Let the pages fill in the address without lengthening the history."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
