"""The parts of a long page beside each other: one is drawn, its name stands in the address, and a link opens it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from governance.language import LANGUAGES, Voice
from pages._ui import tongue


def pick(names: Sequence[str], key: str) -> str:
    """Draw the names of the parts, the first one chosen where nobody has, and return the one to draw.

    What harms somebody never stands in a part that is not drawn at first: its sentence belongs above.

    Args:
        names: of the parts, in the order of their weight.
        key: unique in the app; the name of the choice in the address.
    """
    _follow_other_languages(names, key)
    first = None if key in st.session_state else names[0]
    chosen = st.segmented_control(
        tongue.say("Part of the page"), list(names), default=first, key=key, bind="query-params",
        label_visibility="collapsed", required=True, format_func=tongue.say,
    )  # fmt: skip
    return chosen if chosen is not None and chosen in names else names[0]


def _follow_other_languages(names: Sequence[str], key: str) -> None:
    """Choose the part that a link names in another language than the visitor's: the address holds names as they are read."""
    asked = st.query_params.get(key)
    meant = next((name for name in names if asked in {Voice(item).say(name) for item in LANGUAGES}), None)
    if meant is not None and asked != tongue.say(meant):
        del st.query_params[key]
        st.session_state[key] = meant
