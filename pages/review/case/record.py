"""What stands behind a case, one part at a time: preparation, policy, evidence, model card, copies, history."""

from __future__ import annotations

import streamlit as st

from governance.review import BoardState, Case, GateReport
from pages._ui import case_file, freezing, navigation, session, tongue
from pages.review.case import downloads
from storage import Views


def draw(case: Case, held: GateReport | None, views: Views, board: BoardState) -> None:
    """Draw the way to the export, the names of the parts, and the one that was asked for; none at first."""
    voice = tongue.voice()
    title, export = st.columns([3, 1], vertical_alignment="bottom")
    title.subheader(voice.say("The record behind it"), anchor="record")
    with export:
        navigation.link("export", voice.say("Export this case"), case=case.id)
    open_ = case.status in ("draft", "ready", "in_review") and session.visitor().member
    names = {
        "prepare": voice.say("Prepare"),
        "policy": voice.say("Policy, line by line"),
        "evidence": voice.say("Frozen evidence"),
        "card": voice.say("Model card"),
        "copies": voice.say("Reports as files"),
        "history": voice.say("History"),
    }
    parts = [key for key in names if open_ or key != "prepare"]
    part = st.pills(
        voice.say("The record behind it"),
        parts,
        format_func=names.__getitem__,
        key="record-part",
        label_visibility="collapsed",
    )
    if part == "prepare":
        freezing.prepare(views, board, case.id)
    elif part == "policy":
        case_file.gate(case, held)
    elif part == "evidence":
        case_file.evidence(case)
        case_file.look_around(case)
    elif part == "card":
        downloads.card(case.id)
    elif part == "copies":
        downloads.files(case.id)
    elif part == "history":
        case_file.history(case.id)
