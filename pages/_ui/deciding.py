"""What follows the ballot: recording the decision, conditions, an appeal, retirement."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.review.appeal import MIN_PANEL, panel
from governance.review.ballot import Standing, in_force
from governance.review.decision import dissent_of
from governance.review.roster import is_chair
from governance.review.state import DECIDED, BoardState, Case, ConditionStanding
from governance.workflow import aftermath, places, review
from pages._ui import brief, drafts, signing, state
from pages._ui.badges import inline, verdict
from pages._ui.papers import names
from pages._ui.text import join, paragraphs, plain, shown
from storage.entities import ConditionState

_WHY: Final = "Write first why the board decides so."
_SCOPE: Final = "Write first what use the decision covers, and what not."
RULINGS: tuple[aftermath.Ruling, ...] = ("approved", "conditional", "rejected", "deferred")


def record(case: Case, stands: Standing) -> None:
    """Draw what the votes lead to, and for the chair the form that records it."""
    if stands.missing:
        brief.missing(stands)
        return
    tally = stands.tally
    st.markdown(
        f"The votes lead to {inline(stands.outcome)}: {tally.approve} approve, {tally.approve_with_conditions} approve with "
        f"conditions, {tally.reject} reject, {tally.abstain} abstain. Nobody can record another outcome."
    )
    against = dissent_of(in_force(case), stands.outcome)
    if against:
        st.caption(
            "Dissent goes into the decision word for word: "
            + join([plain(names().get(item.member, item.member)) for item in against])
        )
    who = state.visitor().id
    if not is_chair(case, who):
        st.caption("The chair of this review records the decision with their own key.")
        return
    rationale = drafts.area("Why the board decides so", case.id, "rationale")
    scope = drafts.area("What use the decision covers, and what not", case.id, "scope", height=80)
    pressed = st.button("Sign the decision", type="primary", icon=":material/draw:")
    if pressed and drafts.written(rationale, _WHY) and drafts.written(scope, _SCOPE):
        lines = (("Outcome", verdict(stands.outcome).word), ("Rationale", rationale), ("Scope", scope))
        signing.ask(
            "I record the decision that the votes of the board lead to.", lines, case.bundle,
            lambda secret: review.decide(
                places.current(), case.id, rationale=rationale, scope=scope, actor=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, "rationale", "scope"),
        )  # fmt: skip


def conditions(case: Case, found: tuple[ConditionState, ...]) -> None:
    """Draw the conditions of the decision and what can be done about each."""
    words, called = {item.condition: item for item in found}, names()
    for name, item in case.conditions.items():
        mark = (
            "Accepted"
            if item.accepted_by
            else "Overdue"
            if item.overdue
            else "Submitted"
            if item.submitted_by
            else "Open"
        )
        look = {"Accepted": "done", "Overdue": "late", "Submitted": "running", "Open": "waiting"}[mark]
        with st.container(border=True):
            text = words[name].text.shown if name in words else "(text withheld)"
            st.markdown(f"{inline(look, mark)} {paragraphs(text)}")
            kind = "before any use" if item.condition.blocking else "does not stop the use"
            owner = called.get(item.condition.owner, item.condition.owner)
            st.caption(f"To be done by {plain(owner)}, until {item.condition.due[:10]}, {kind}. {_progress(item)}")
            if case.status in ("approved", "conditional") and not item.accepted_by and state.visitor().member:
                _act_on(case, name, text, submitted=bool(item.submitted_by))
    if not case.conditions:
        st.caption("The decision carries no conditions.")


def _progress(item: ConditionStanding) -> str:
    called = names()
    said = f"Submitted by {plain(called.get(item.submitted_by, item.submitted_by))}." if item.submitted_by else ""
    return f"{said} Accepted by {plain(called.get(item.accepted_by, item.accepted_by))}." if item.accepted_by else said


def _act_on(case: Case, name: str, text: str, *, submitted: bool) -> None:
    who = state.visitor().id
    words = drafts.area("What shows that it is fulfilled", case.id, f"fulfil-{name}", height=80)
    left, right = st.columns(2)
    submitting = left.button("Submit", key=f"submit-{name}", icon=":material/draw:")
    accepting = right.button("Accept", key=f"accept-{name}", disabled=not submitted, icon=":material/draw:")
    if submitting and drafts.written(words, "Write first what shows that the condition is fulfilled."):
        signing.ask(
            "I say that this condition is fulfilled.", (("Condition", text), ("What shows it", words)), case.bundle,
            lambda secret: aftermath.submit_condition(
                places.current(), case.id, name, words, member=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, f"fulfil-{name}"),
        )  # fmt: skip
    if accepting:
        signing.ask(
            "I have seen what was submitted and accept that the condition is fulfilled.", (("Condition", text),), case.bundle,
            lambda secret: aftermath.accept_condition(places.current(), case.id, name, member=who, passphrase=secret),
            lambda: None,
        )  # fmt: skip


def appeal(board: BoardState, case: Case) -> None:
    """Draw the appeal that is open, or the form to file one."""
    who = state.visitor().id
    if case.decision is None or case.status not in DECIDED or not state.visitor().member:
        st.caption("A member can appeal once a decision has been recorded.")
        return
    if case.appeal is None:
        words = drafts.area("Why others should look again", case.id, "appeal")
        pressed = st.button("Sign the appeal", icon=":material/draw:")
        if pressed and drafts.written(words, "Write first why others should look again."):
            signing.ask(
                "I ask that members who did not decide this case look at it again.", (("Reason", words),), case.bundle,
                lambda secret: aftermath.file_appeal(places.current(), case.id, words, member=who, passphrase=secret),
                lambda: drafts.sent(case.id, "appeal"),
            )  # fmt: skip
        return
    st.markdown(
        f"Appeal of **{plain(names().get(case.appeal.body.by, case.appeal.body.by))}**. "
        f"Signed so far: {plain(join([names().get(who, who) for who in sorted(case.appeal.signed)]) or 'nobody')}."
    )
    _rule(board, case)


def _rule(board: BoardState, case: Case) -> None:
    free, who = panel(board, case), state.visitor().id
    called = {item: shown(name) for item, name in names().items()}
    if who not in free or len(free) < MIN_PANEL:
        named = plain(join([called.get(item, item) for item in free]) or "nobody")
        st.caption(f"The panel are at least {MIN_PANEL} board members who did not decide the case; free now: {named}.")
        return
    seats = st.multiselect(
        "Panel", free, default=list(free), format_func=lambda item: called.get(item, item), key="panel"
    )
    outcome = st.radio("Ruling", RULINGS, format_func=lambda kind: verdict(kind).word, key="ruling", horizontal=True)
    words = drafts.area("Why the panel rules so", case.id, "ruling")
    pressed = st.button("Sign the ruling", icon=":material/draw:")
    if pressed and drafts.written(words, "Write first why the panel rules so."):
        lines = (
            ("Ruling", verdict(outcome).word),
            ("Panel", join([called.get(item, item) for item in seats])),
            ("Reason", words),
        )
        signing.ask(
            "I sign this ruling; it holds once everybody on the panel has signed the same words.", lines, case.bundle,
            lambda secret: aftermath.sign_ruling(
                places.current(), case.id, panel=seats, outcome=outcome, words=words, member=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, "ruling"),
        )  # fmt: skip
