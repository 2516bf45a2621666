"""What follows the ballot: recording the decision, conditions, an appeal, retirement."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from governance.language import mark
from governance.review import (
    DECIDED,
    MIN_PANEL,
    BoardState,
    Case,
    ConditionStanding,
    Standing,
    accept_hindrance,
    allowed_outcomes,
    dissent_of,
    in_force,
    is_chair,
    panel,
)
from governance.workflow.review import after_decision, review
from governance.workflow.workspace import current_workspace, now
from pages._ui import drafts, session, signing, tongue
from pages._ui.badges import inline, said
from pages._ui.case_file import names
from pages._ui.text import paragraphs, plain, shown
from storage import ConditionState
from storage.times import rfc3339

_RULING: Final = mark("I sign this ruling; it holds once more than half of the panel have signed the same one.")
_WHY: Final = mark("Write first why the board decides so.")
_SCOPE: Final = mark("Write first what use the decision covers, and what not.")


def record(case: Case, stands: Standing) -> None:
    """Draw what the votes lead to, and for the chair the form that records it; nothing may be missing."""
    tally, voice = stands.tally, tongue.voice()
    st.markdown(
        voice.say(
            "The votes lead to {outcome}: {approve} approve, {conditions} approve with conditions, {reject} reject, {abstain} abstain. "
            "Nobody can record another outcome.",
            outcome=inline(stands.outcome),
            approve=tally.approve,
            conditions=tally.approve_with_conditions,
            reject=tally.reject,
            abstain=tally.abstain,
        )
    )
    against = dissent_of(in_force(case), stands.outcome)
    if against:
        dissenting = voice.join([plain(names().get(item.member, item.member)) for item in against])
        st.caption(voice.say("Dissent goes into the decision word for word: {names}", names=dissenting))
    who = session.visitor().id
    if not is_chair(case, who):
        st.caption(voice.say("The chair of this review records the decision with their own key."))
        return
    rationale = drafts.area(voice.say("Why the board decides so"), case.id, "rationale")
    scope = drafts.area(voice.say("What use the decision covers, and what not"), case.id, "scope", height=80)
    pressed = st.button(voice.say("Sign the decision"), type="primary", icon=":material/draw:")
    if pressed and drafts.written(rationale, voice.say(_WHY)) and drafts.written(scope, voice.say(_SCOPE)):
        lines = (
            (voice.say("Outcome"), said(stands.outcome)),
            (voice.say("Reason"), rationale),
            (voice.say("What it covers"), scope),
        )
        signing.ask(
            mark("I record the decision that the votes of the board lead to."), lines, case.bundle,
            lambda secret: review.decide(
                current_workspace.current(), case.id, rationale=rationale, scope=scope, actor=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, "rationale", "scope"),
        )  # fmt: skip


def conditions(board: BoardState, case: Case, found: tuple[ConditionState, ...]) -> None:
    """Draw the conditions of the decision and what can be done about each."""
    words, called, voice = {item.condition: item for item in found}, names(), tongue.voice()
    for name, item in case.conditions.items():
        look, state = _state(item)
        with st.container(border=True):
            text = words[name].text.shown if name in words else voice.say("(text withheld)")
            st.markdown(f"{inline(look, voice.say(state))} {paragraphs(text)}")
            owner = called.get(item.condition.owner, item.condition.owner)
            todo = voice.say(
                "To be done by {name}, until {day}, before any use."
                if item.condition.blocking
                else "To be done by {name}, until {day}, does not stop the use.",
                name=plain(owner),
                day=voice.day(item.condition.due),
            )
            st.caption(f"{todo} {_progress(item)}")
            if case.status in ("approved", "conditional") and not item.accepted_by and session.visitor().member:
                _act_on(case, name, text, accept_hindrance(board, case, name, session.visitor().id))
    if not case.conditions:
        st.caption(voice.say("The decision carries no conditions."))


def _state(item: ConditionStanding) -> tuple[str, str]:
    """Return the look and the word of a condition's state."""
    if item.accepted_by:
        return "done", mark("Accepted")
    if item.overdue:
        return "late", mark("Overdue")
    return ("running", mark("Submitted")) if item.submitted_by else ("waiting", mark("Open"))


def _progress(item: ConditionStanding) -> str:
    called, voice = names(), tongue.voice()
    told = [
        voice.say(text, name=plain(called.get(who, who)))
        for text, who in ((_SUBMITTED, item.submitted_by), (_ACCEPTED, item.accepted_by))
        if who
    ]
    return " ".join(told)


_SUBMITTED: Final = mark("Submitted by {name}.")
_ACCEPTED: Final = mark("Accepted by {name}.")


def _act_on(case: Case, name: str, text: str, why_not: str) -> None:
    """Draw what can be done about a condition; `why_not` says why the visitor cannot accept it, "" when they can."""
    who, voice = session.visitor().id, tongue.voice()
    words = drafts.area(voice.say("What shows that it is fulfilled"), case.id, f"fulfil-{name}", height=80)
    left, right = st.columns(2)
    submitting = left.button(voice.say("Submit"), key=f"submit-{name}", icon=":material/draw:")
    accepting = not why_not and right.button(voice.say("Accept"), key=f"accept-{name}", icon=":material/draw:")
    if why_not:
        right.caption(why_not)
    if submitting and drafts.written(words, voice.say("Write first what shows that the condition is fulfilled.")):
        signing.ask(
            mark("I say that this condition is fulfilled."),
            ((voice.say("Condition"), text), (voice.say("What shows it"), words)), case.bundle,
            lambda secret: after_decision.submit_condition(
                current_workspace.current(), case.id, name, words, member=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, f"fulfil-{name}"),
        )  # fmt: skip
    if accepting:
        signing.ask(
            mark("I have seen what was submitted and accept that the condition is fulfilled."),
            ((voice.say("Condition"), text),), case.bundle,
            lambda secret: after_decision.accept_condition(current_workspace.current(), case.id, name, member=who, passphrase=secret),
            lambda: None,
        )  # fmt: skip


def retirement(board: BoardState, case: Case) -> None:
    """Draw the way for a chair to retire a decided case for good; nothing for others, or where nothing was decided."""
    who, voice = session.visitor().id, tongue.voice()
    if case.decision is None or case.status == "retired" or "chair" not in board.members.get(who, ()):
        return
    with st.expander(voice.say("Retire the case for good"), key="retire", on_change="rerun") as box:
        if not box.open:
            return
        words = drafts.area(voice.say("Why the case is retired"), case.id, "retire", height=80)
        sure = st.checkbox(voice.say("I am sure: its approval ends, and the case is never opened again."))
        pressed = st.button(voice.say("Sign the retirement"), icon=":material/draw:", disabled=not sure)
        if pressed and sure and drafts.written(words, voice.say("Write first why the case is retired.")):
            signing.ask(
                mark("I retire this case for good."), ((voice.say("Reason"), words),), case.bundle,
                lambda secret: after_decision.retire(
                    current_workspace.current(), case.id, rationale=words, member=who, passphrase=secret
                ),
                lambda: drafts.sent(case.id, "retire"),
            )  # fmt: skip


def appeal(board: BoardState, case: Case) -> None:
    """Draw the appeal that is open, or the form to file one."""
    who, voice = session.visitor().id, tongue.voice()
    if case.decision is None or case.status not in DECIDED or not session.visitor().member:
        st.caption(voice.say("A member can appeal once a decision has been recorded."))
        return
    if case.appeal is None:
        words = drafts.area(voice.say("Why others should look again"), case.id, "appeal")
        pressed = st.button(voice.say("Sign the appeal"), icon=":material/draw:")
        if pressed and drafts.written(words, voice.say("Write first why others should look again.")):
            signing.ask(
                mark("I ask that members who did not decide this case look at it again."),
                ((voice.say("Reason"), words),), case.bundle,
                lambda secret: after_decision.file_appeal(current_workspace.current(), case.id, words, member=who, passphrase=secret),
                lambda: drafts.sent(case.id, "appeal"),
            )  # fmt: skip
        return
    signed = voice.join([plain(names().get(who, who)) for who in sorted(case.appeal.signed)]) or voice.say("nobody")
    st.markdown(voice.say("An appeal is open. Signed a ruling so far: {names}.", names=signed))
    _rule(board, case)


def _rule(board: BoardState, case: Case) -> None:
    free, who, voice = panel(board, case), session.visitor().id, tongue.voice()
    called = {item: shown(name) for item, name in names().items()}
    if who not in free or len(free) < MIN_PANEL:
        told = voice.say(
            "The panel are at least {least} board members who did not decide the case; free now: {names}.",
            least=MIN_PANEL,
            names=voice.join([plain(called.get(item, item)) for item in free]) or voice.say("nobody"),
        )
        more = voice.say("Enrol {n} more on *Members and keys*, and they can rule.", n=MIN_PANEL - len(free))
        st.caption(f"{told} {more}" if len(free) < MIN_PANEL else told)
        return
    seats = voice.join([called.get(item, item) for item in free])
    st.caption(
        voice.say(
            "Panel: {names}. A ruling holds once more than half of them have signed the same one.", names=plain(seats)
        )
    )
    _join_a_ruling(case, who, called, seats)
    outcome = st.radio(
        voice.say("Ruling"),
        allowed_outcomes(case, rfc3339(now())),
        format_func=said,
        key="ruling",
        horizontal=True,
    )
    words = drafts.area(voice.say("Why the panel rules so"), case.id, "ruling")
    pressed = st.button(voice.say("Sign the ruling"), icon=":material/draw:")
    if pressed and drafts.written(words, voice.say("Write first why the panel rules so.")):
        signing.ask(
            _RULING, _ruling(outcome, seats, words), case.bundle,
            lambda secret: after_decision.sign_ruling(
                current_workspace.current(), case.id, outcome=outcome, words=words, member=who, passphrase=secret
            ),
            lambda: drafts.sent(case.id, "ruling"),
        )  # fmt: skip


def _ruling(outcome: str, seats: str, words: str) -> tuple[tuple[str, str], ...]:
    """Return what a ruling says, for the dialog that signs."""
    voice = tongue.voice()
    return ((voice.say("Ruling"), said(outcome)), (voice.say("Panel"), seats), (voice.say("Reason"), words))


def _disclosed(digest: str) -> str:
    found = current_workspace.current().read().texts([digest])
    return found[digest].text if digest in found else "(erased)"


def _join_a_ruling(case: Case, who: str, called: dict[str, str], seats: str) -> None:
    """Draw each ruling that others have signed, and the button that signs the same words."""
    assert case.appeal is not None
    open_ = {body.rationale.sha256: other for other, body in case.appeal.signed.items()}
    for other in open_.values():
        body = case.appeal.signed[other]
        if case.appeal.signed.get(who) == body:
            continue
        why, voice, name = _disclosed(body.rationale.sha256), tongue.voice(), called.get(other, other)
        told = voice.say("Signed by {name}: **{outcome}**.", name=plain(name), outcome=said(body.outcome))
        st.markdown(f"{told} {plain(why)}")
        if st.button(voice.say("Sign the same ruling as {name}", name=plain(name)), key=f"ruling-{other}"):
            signing.ask(
                _RULING, _ruling(body.outcome, seats, why), case.bundle,
                partial(_agree, case, who, other), lambda: drafts.sent(case.id, "ruling"),
            )  # fmt: skip


def _agree(case: Case, who: str, other: str, secret: str) -> None:
    """Sign the ruling that another member of the panel has signed."""
    assert case.appeal is not None
    after_decision.sign_ruling(
        current_workspace.current(),
        case.id,
        outcome=case.appeal.signed[other].outcome,
        words="",
        member=who,
        passphrase=secret,
        as_signed_by=other,
    )
