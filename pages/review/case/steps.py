"""The way through a case: links to its steps at the top, and the ballot always in reach at the side."""

from __future__ import annotations

import streamlit as st

from governance.review import Case
from pages._ui import tongue
from pages._ui.case_summary import marks


def draw(case: Case, *, voting: bool) -> None:
    """Draw the links to the parts of the page; `voting` says that the visitor has a vote to cast or to change."""
    voice = tongue.voice()
    parts = [
        (voice.say("The brief"), "brief"),
        (voice.say("What changed"), "since"),
        (voice.say("What members say"), "discussion"),
        (voice.say("Votes"), "votes"),
    ]
    if voting:
        parts.append((voice.say("Your vote"), "your-vote"))
    parts.append((voice.say("Decision"), "decision"))
    if case.decision is not None:
        parts += [(voice.say("Conditions"), "conditions"), (voice.say("Appeal"), "appeal")]
    parts.append((voice.say("The record"), "record"))
    st.markdown(" · ".join(f"[{name}](#{anchor})" for name, anchor in parts))
    with st.sidebar:
        way = voice.say("[Go to your vote](#your-vote)" if voting else "[Go to the decision](#decision)")
        st.markdown(f"{voice.say('This case:')} {marks(case)}  \n{way}")
