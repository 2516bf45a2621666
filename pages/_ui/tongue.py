"""The language that a visitor reads: chosen once, kept in the address and for the tab; names from files are shown letter by letter."""

from __future__ import annotations

import streamlit as st

from governance.language import LANGUAGES, Language, Voice, known
from pages._ui.text import plain

_KEY = "language"
_CODES = {name: code for code, name in LANGUAGES.items()}
"""What readers call a language, as the address holds it -> the language."""


def language() -> Language:
    """Return the language of the visitor; English where nobody chose one."""
    said = str(st.session_state.get(_KEY) or st.query_params.get(_KEY) or "")
    return _CODES.get(said, known(said))


def voice() -> Voice:
    """Return the voice that speaks the visitor's language in markdown."""
    return Voice(language(), plain)


def say(text: str, /, **values: object) -> str:
    """Return a sentence in the visitor's language, as `Voice.say` does."""
    return voice().say(text, **values)


def choose() -> None:
    """Draw the choice of the language."""
    st.segmented_control(
        "Language · Sprache",
        list(_CODES),
        default=LANGUAGES["en"],
        key=_KEY,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
    )
