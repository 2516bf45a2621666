"""Other norms on the tallies that there are: an outlook, which promises nothing and accuses nobody."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.evidence import CountersignError
from governance.fairness import NormSet, norms as room
from governance.workflow.monitoring import loop, norms
from pages._ui import drafts, errors, tongue
from pages._ui.text import plain
from pages.explore.norms import standing
from storage import Workspace

NONE: Final = "none"


def section(place: Workspace, model: str, held: norms.Adopted) -> None:
    """Draw, folded, what norms signed earlier or a draft would say about every tallied window."""
    with st.expander(tongue.say("What would other norms say?"), key="outlook", on_change="rerun") as box:
        if not box.open:
            return
        known = {item.digest: item for item in norms.history(place) if item.digest != held.digest}
        titles = {NONE: "The draft below", **{digest: item.norms.title for digest, item in known.items()}}
        chosen = str(
            st.selectbox(
                tongue.say("Norms"), list(titles), format_func=lambda key: plain(titles[key]), key="outlook-norms"
            )
        )
        asked = known[chosen].norms if chosen in known else _draft()
        if asked is not None:
            st.warning(tongue.say("An outlook: chosen after the data were there. No error rate holds, and nobody is alarmed."),
                       icon=":material/info:")  # fmt: skip
            standing.table(loop.outlook(place, model, asked), "outlook-table")


def _draft() -> NormSet | None:
    """Return the norms that somebody writes, or draw what is wrong with them and return None."""
    text = drafts.area(
        tongue.say("Norms (TOML)"), "norms", "draft", height=260, default=room.norm.template(), followed=True
    )
    try:
        return room.norm.from_toml(text)
    except CountersignError as error:
        errors.advise(error)
        return None
