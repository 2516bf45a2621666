"""The copies for people on a screen: the model card to read, and the files to take away. None of them is the record."""

from __future__ import annotations

import re
from typing import Final

import streamlit as st

from governance.dossier import NOT_THE_RECORD
from governance.workflow.audit import dossier
from governance.workflow.workspace import current_workspace
from pages._ui import navigation, tongue
from pages._ui.text import plain, short

HEIGHT: Final = 640
"""Pixels of the card on a screen; it scrolls inside itself, as every long table does."""
FILES: Final = (
    ("report.pdf", "Report (PDF)", "application/pdf"),
    ("report.html", "Report (HTML)", "text/html"),
    ("model-card.md", "Model card", "text/markdown"),
    (".cdx.json", "Bill of materials (CycloneDX)", "application/json"),
    ("clauses.md", "Index of clauses", "text/markdown"),
)
"""(end of the path, words, media type) of what is offered."""


def card(case: str) -> None:
    """Draw the model card of a case; texts of people and files are shown letter by letter."""
    text = dossier.card(current_workspace.current(), case, lambda words: plain(words, 4000))
    with st.container(height=HEIGHT):
        st.markdown(re.sub(r"^(#+)", r"###\1", text, flags=re.MULTILINE))


def files(case: str) -> None:
    """Draw the ways to take the copies of a case away."""
    st.caption(tongue.voice().say(NOT_THE_RECORD))
    made = dossier.papers(current_workspace.current(), case, tongue.language())
    with st.container(horizontal=True):
        for end, label, kind in FILES:
            path = next(name for name in made if name.endswith(end))
            name = (
                f"{case}-{path.rsplit('/', maxsplit=1)[-1]}"
                if not path.startswith("mlbom/")
                else path.removeprefix("mlbom/")
            )
            st.download_button(
                label, made[path], name, kind, key=f"copy-{short(case)}-{end}", icon=":material/download:"
            )
    navigation.link("export", "The record itself, for an auditor", case=case)
