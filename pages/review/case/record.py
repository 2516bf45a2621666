"""What stands behind a case, one part at a time: preparation, policy, evidence, model card, copies, history."""

from __future__ import annotations

import streamlit as st

from governance.review import BoardState, Case, GateReport
from pages._ui import case_file, freezing, navigation, session, tongue
from pages.review.case import downloads
from storage import Views


def draw(case: Case, held: GateReport | None, views: Views, board: BoardState) -> None:
    """Draw the names of the parts, and the one that was asked for; none at first."""
    voice = tongue.voice()
    open_ = case.status in ("draft", "ready", "in_review") and session.visitor().member
    names = {
        "prepare": voice.say("Prepare: evidence, policy, waivers"),
        "policy": voice.say("What the policy asks, line by line"),
        "evidence": voice.say("The frozen evidence, with its digests"),
        "card": voice.say("Model card"),
        "copies": voice.say("Report, model card and bill of materials to take away"),
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
    navigation.link("export", voice.say("Take the record of this case away"), case=case.id)
