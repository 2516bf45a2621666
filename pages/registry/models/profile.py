"""The profile of one model version: verdicts and small charts from the newest results, each with the way to its page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.dossier import Picture
from governance.runs import title_of
from governance.workflow.review import model_profile
from governance.workflow.workspace import current_workspace
from pages._ui import navigation, pictures, tongue
from pages._ui.text import plain

_PAGES: Final = {
    "performance.summary": "performance",
    "fairness.by_group": "fairness",
    "explain.global": "explanations",
    "drift.columns": "drift",
}
"""Method that names a picture -> the page that shows all of it."""


def draw(model: str, label: str) -> None:
    """Draw what the newest results say of a model.

    Args:
        model: its digest.
        label: as the subject picker writes it.
    """
    voice = tongue.voice()
    found = model_profile.profile(current_workspace.current(), model, voice)
    st.subheader(tongue.say("What is known of it"), anchor="profile")

    def below(item: Picture) -> None:
        source = found.sources[item.evidence]
        st.caption(
            voice.say(
                "Newest result, of {day} (ledger entry {entry}), on {data}.",
                day=voice.day(source.day),
                entry=source.entry,
                data=voice.join([plain(name) for name in source.data]),
            )
        )
        if item.method in _PAGES:
            navigation.link(_PAGES[item.method], tongue.say("All of it"), model=label)

    pictures.draw(found.brief, below)
    if found.missing:
        missing = voice.join([f"“{voice.say(plain(title_of(method)))}”" for method in found.missing])
        st.caption(voice.say("Never measured on all rows: {methods}.", methods=missing))
