"""The forms with which a case is put before the board: register it, freeze its evidence, open the round."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.review import BoardState
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace
from pages._ui import drafts, errors, freezing, linked, navigation, session, tongue, workspace
from pages._ui.text import short, shown
from storage import Views

NEW: Final = "new-case"
"""In place of a case's id, for the words of one that is not opened yet."""


def register(views: Views, board: BoardState) -> None:
    """Draw the form for a new case."""
    models = {item.digest: f"{item.name} {item.version} ({short(item.digest)})" for item in views.models()}
    tiers = sorted(board.charter.tiers) if board.charter else []
    people = ["", *(member.id for member in workspace.members())]
    if not tiers:
        st.markdown(
            tongue.say("The board has not adopted a charter yet: it says how many votes a case needs, and whose.")
        )
        navigation.link("charter", tongue.say("Adopt a charter"))
        return
    title = drafts.area(
        tongue.say("Title"), NEW, "title", height=68, help_text=tongue.say("A few words, at most 120 characters.")
    )
    question = drafts.area(
        tongue.say("What is the board asked to sign?"),
        NEW,
        "question",
        help_text=tongue.say("One question that can be answered with yes or no."),
    )
    chosen = st.multiselect(
        tongue.say("Models"), list(models), format_func=lambda key: shown(models[key]), default=_asked(views, models), key="case-models",
        help=tongue.say("With several, each is a candidate: the policy is held against each of them, and one vote covers all of them."),
    )  # fmt: skip
    tier = st.selectbox(tongue.say("Risk tier"), tiers, key="case-tier")
    columns = st.columns(3)
    owner, developer, sponsor = (
        column.selectbox(label, people, format_func=lambda who: who or "nobody on the board", key=f"case-{label}")
        for column, label in zip(columns, ("Owner", "Developer", "Sponsor"), strict=True)
    )
    st.caption(tongue.say("Owner, developer and sponsor never vote on their own case."))
    if st.button(tongue.say("Open the case"), type="primary", key="open-case"):
        with errors.caught():
            words = review.CaseWords(
                title=" ".join(title.split()),
                question=question,
                models=tuple(chosen),
                risk_tier=str(tier),
                owner=owner or "",
                developer=developer or "",
                sponsor=sponsor or "",
            )
            case = review.open_case(current_workspace.current(), words, actor=session.actor())
            drafts.sent(NEW, "title", "question")
            navigation.go("cases", case=case)


def _asked(views: Views, models: dict[str, str]) -> list[str]:
    """Return the model of the evidence, or the proposed version, that a link puts before the board, [] where none does."""
    if session.chosen("proposed") in models:
        return [session.chosen("proposed")]
    found = views.evidence(session.chosen("evidence")) if session.chosen("evidence") else None
    return [found.model] if found is not None and found.model in models else []


def open_review(views: Views, board: BoardState) -> None:
    """Draw the form that freezes evidence and opens a round."""
    ready = [item for item in views.cases() if board.cases[item.case].status != "retired"]
    if not ready:
        st.caption(tongue.say("There is no case yet."))
        return
    titles = linked.distinct({item.case: shown(item.title.shown) for item in ready})
    name = st.selectbox(tongue.say("Case"), list(titles), format_func=titles.__getitem__, key="freeze-case")
    freezing.prepare(views, board, name)
