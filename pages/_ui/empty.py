"""Empty states that teach: what would be here, why it is not, and the next step."""

from __future__ import annotations

import streamlit as st


def state(what: str, why: str, *, page: str | None = None, label: str = "") -> None:
    """Draw an empty state.

    Args:
        what: what is missing, a short sentence in markdown.
        why: why that matters or what would be seen here.
        page: address of the page that mends it, a key of `pages._ui.navigation`.
        label: the words on the link.
    """
    with st.container(border=True):
        st.markdown(f"**{what}**")
        st.markdown(why)
        if page is not None:
            from pages._ui.navigation import link

            link(page, label)
