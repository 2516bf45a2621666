"""The forms with which a case is put before the board: register it, freeze its evidence, open the round."""

from __future__ import annotations

import streamlit as st

from governance.review.state import BoardState
from governance.workflow import places, review
from pages._ui import errors, freezing, house, navigation, state
from pages._ui.text import short, shown
from storage.views import Views


def register(views: Views, board: BoardState) -> None:
    """Draw the form for a new case."""
    models = {item.digest: f"{item.name} {item.version} ({short(item.digest)})" for item in views.models()}
    tiers = sorted(board.charter.tiers) if board.charter else []
    people = ["", *(member.id for member in house.members())]
    if not tiers:
        st.markdown("The board has not adopted a charter yet: it says how many votes a case needs, and whose.")
        navigation.link("charter", "Adopt a charter")
        return
    with st.form("case"):
        title = st.text_input("Title", max_chars=120)
        question = st.text_area(
            "What is the board asked to sign?", help="One question that can be answered with yes or no."
        )
        chosen = st.multiselect(
            "Models", list(models), format_func=lambda key: shown(models[key]),
            help="With several, each is a candidate: the policy is held against each of them, and one vote covers all of them.",
        )  # fmt: skip
        tier = st.selectbox("Risk tier", tiers)
        columns = st.columns(3)
        owner, developer, sponsor = (
            column.selectbox(label, people, format_func=lambda who: who or "nobody on the board")
            for column, label in zip(columns, ("Owner", "Developer", "Sponsor"), strict=True)
        )
        st.caption("Owner, developer and sponsor never vote on their own case.")
        pressed = st.form_submit_button("Open the case", type="primary")
    if pressed:
        with errors.caught():
            words = review.CaseWords(
                title, question, tuple(chosen), str(tier), owner or "", developer or "", sponsor or ""
            )
            case = review.open_case(places.current(), words, actor=state.visitor().id)
            navigation.go("cases", case=case)


def open_review(views: Views, board: BoardState) -> None:
    """Draw the form that freezes evidence and opens a round."""
    ready = [item for item in views.cases() if board.cases[item.case].status != "retired"]
    if not ready:
        st.caption("There is no case yet.")
        return
    files = {item.case: item for item in ready}
    name = st.selectbox("Case", list(files), format_func=lambda key: shown(files[key].title.shown), key="freeze-case")
    freezing.prepare(views, board, name)
