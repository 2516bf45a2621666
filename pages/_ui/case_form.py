"""The forms with which a case is put before the board: register it, freeze its evidence, open the round."""

from __future__ import annotations

import streamlit as st

from governance.review import opening, policy
from governance.review.state import BoardState
from governance.workflow import places, review
from pages._ui import errors, house, navigation, state
from pages._ui.papers import TITLES
from pages._ui.text import plain, short, shown
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
        chosen = st.multiselect("Models", list(models), format_func=lambda key: shown(models[key]))
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
    case = board.cases[name]
    if case.status in ("draft", "ready", "in_review"):
        _freeze(views, board, name)
    if case.status not in {"draft", "in_review"}:
        _start(name, again=case.status != "ready")


def _freeze(views: Views, board: BoardState, name: str) -> None:
    case = board.cases[name]
    found = {item.digest: item for item in views.all_evidence() if item.model in case.body.models or item.model is None}
    needed = opening.tier_of(board, case).required_evidence
    latest = {item.method: item.digest for item in found.values()}
    chosen = st.multiselect(
        "Evidence", list(found), default=[latest[method] for method in needed if method in latest],
        format_func=lambda digest: shown(f"{TITLES.get(found[digest].method, found[digest].method)} ({short(digest)})"),
        key=f"evidence-{name}",
    )  # fmt: skip
    absent = [method for method in needed if method not in {found[digest].method for digest in chosen}]
    reasons = [
        (method, st.text_input(f"Why {plain(TITLES.get(method, method))} does not apply", key=f"na-{method}"))
        for method in absent
    ]
    text = st.text_area("Policy (TOML)", policy.template(), height=200, key="policy")
    if case.status == "in_review":
        st.caption("A new version of the evidence makes all votes of this round void.")
    if st.button("Freeze the evidence", key="freeze-now"):
        with errors.caught():
            given = [(method, why) for method, why in reasons if why.strip()]
            rules = policy.from_toml(text)
            review.freeze(places.current(), name, chosen, actor=state.visitor().id, policy=rules, not_applicable=given)
            st.rerun()


def _start(name: str, *, again: bool) -> None:
    why = st.text_input("Why it is reviewed again", key="trigger") if again else ""
    if st.button("Open the review", type="primary", key="start-now"):
        with errors.caught():
            review.start(places.current(), name, actor=state.visitor().id, trigger=why)
            navigation.go("case", case=name)
