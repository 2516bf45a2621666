"""The first screen of a case: what a member is asked to sign, what nobody knows, what others object, what is missing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.errors import GovernanceError
from governance.evidence import Evidence
from governance.review.ballot import Standing
from governance.review.deliberation import vote_hindrances
from governance.review.gate import GateReport
from governance.review.state import BoardState, Case
from governance.review.unknown import unknown
from governance.workflow import gate, places
from pages._ui import house, state
from pages._ui.badges import inline, verdict
from pages._ui.papers import TITLES, in_words, names, requirement_name
from pages._ui.text import join, paragraphs, plain, short
from storage.entities import CaseFile, Comment, Vote

ROLES: Final = {
    "validator": "the independent validator",
    "lay": "a lay member",
    "chair": "the chair",
    "member": "a member",
}
"""Role -> who that is, in words."""


def report(case: Case) -> GateReport | None:
    """Return the gate report of the frozen evidence at this moment, None where nothing is frozen or files are missing."""
    try:
        return gate.case_report(places.current(), case.id) if case.frozen else None
    except GovernanceError:
        return None


def lead(board: BoardState, case: Case, stands: Standing) -> str:
    """Return where the case stands and what it asks of the visitor, as the first sentence of a page."""
    if case.status == "draft":
        return "Being prepared: the evidence is not frozen yet."
    if case.status == "ready":
        return "The evidence is frozen; the review has not been opened."
    if case.status == "in_review" and case.review is not None:
        return _of_round(board, case, stands, case.review.deadline[:10])
    until = f" Valid until {case.decision.expires_at[:10]}." if case.decision and _approved(case) else ""
    return f"{verdict(case.status).word}.{until}"


def _of_round(board: BoardState, case: Case, stands: Standing, until: str) -> str:
    if not stands.missing:
        return f"Every vote that is needed is in: the chair can record the decision. It would be: {verdict(stands.outcome).word}."
    votes, who = f"{len(stands.voted)} of {stands.quorum} votes are in.", state.visitor().id
    if who in case.ballots:
        return f"You have voted; you can change your vote until {until}. {votes}"
    why = vote_hindrances(board, case, who, house.now())
    mine = not why or why[0].startswith("Declare")
    return f"Your vote is asked for, until {until}. {votes}" if mine else f"In review until {until}. {votes}"


def _approved(case: Case) -> bool:
    return case.status in ("approved", "conditional")


def asked(case: Case, file: CaseFile) -> None:
    """Draw the question, the models that it is about, and who does not vote."""
    st.markdown("**What the board is asked to sign**")
    st.markdown(f"{inline(case.status)} {paragraphs(file.question.shown)}")
    views = house.views()
    found = [views.model(digest) if views else None for digest in case.body.models]
    models = [f"{plain(item.name)} {plain(item.version)} (`{short(item.digest, 12)}`)" for item in found if item]
    if len(models) > 1:
        st.markdown(
            f"This case has {len(models)} candidates: {join(models)}. **One vote covers all of them together.** If you would approve "
            "only some, choose “approve with conditions” and name them in a condition, or ask for a case for each."
        )
    else:
        st.caption(f"Model: {join(models)}")
    people = [("owner", file.owner), ("developer", file.developer), ("sponsor", file.sponsor)]
    called = names()
    aside = [f"{plain(called.get(who, who))} ({role})" for role, who in people if who]
    st.caption(f"Risk tier: {plain(file.risk_tier)}." + (f" Not voting: {join(aside)}." if aside else ""))


def unknowns(case: Case, held: GateReport | None) -> None:
    """Draw what the evidence could not say: requirements without an answer, waivers, values that nobody could judge."""
    st.markdown("**What we do not know**")
    if case.frozen is None:
        st.markdown("Everything: no evidence is frozen yet.")
        return
    lines = [*_of_policy(held), *_declared(case), *_of_evidence(case)]
    lines = lines or [
        "Every value that the policy and the evidence ask for could be computed. What was never measured is not in here."
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _of_policy(held: GateReport | None) -> list[str]:
    if held is None:
        return ["The policy cannot be held against the evidence again: a file of this case is missing here."]
    found = [
        f"{inline('not_assessed')} {plain(requirement_name(line.id, line.model))}: {plain(in_words(line.reason), 1000)}"
        for line in held.requirements
        if line.outcome == "not_assessed"
    ]
    called = names()
    found += [
        f"{inline('waived')} {plain(requirement_name(line.id, line.model))}, by {plain(called.get(line.waived_by, line.waived_by))} until "
        f"{line.waived_until[:10]}: {plain(line.waived_why, 2000)}"
        for line in held.requirements
        if line.waived_by
    ]
    return found + [
        f"{inline('late', 'Waiver ended')} {plain(requirement_name(line.id, line.model))}: it ended on {line.waived_until[:10]} "
        "and no longer counts."
        for line in held.requirements
        if line.lapsed
    ]


def _declared(case: Case) -> list[str]:
    views = house.views()
    items = case.frozen.not_applicable if case.frozen else ()
    said = views.texts([item.reason.sha256 for item in items]) if views and items else {}
    return [
        f"{inline('not_applicable')} {plain(TITLES.get(item.id, item.id))}: "
        + (plain(said[item.reason.sha256].text, 2000) if item.reason.sha256 in said else "(reason erased)")
        for item in items
    ]


def _of_evidence(case: Case) -> list[str]:
    blobs, found = places.current().blobs, []
    for item in case.frozen.evidence if case.frozen else ():
        title = plain(TITLES.get(item.method, item.method))
        if not blobs.has(item.digest):
            found.append(f"{title}: the evidence is not stored here.")
            continue
        document = Evidence.from_bytes(blobs.read(item.digest))
        reasons = unknown(document)
        if not document.assessed:
            found.append(f"{inline('not_assessed')} {title}: {plain(reasons[0][0], 1000)}")
        elif reasons:
            count = sum(number for _, number in reasons)
            said = "; ".join(
                f"{plain(why, 300)}" + (f" (×{number})" if number > 1 else "") for why, number in reasons[:3]
            )
            found.append(
                f"{title}: {count} {'value' if count == 1 else 'values'} could not be judged: {said}"
                + ("; …" if reasons[3:] else "")
            )
    return found


def objections(case: Case, cast: tuple[Vote, ...], comments: tuple[Comment, ...]) -> None:
    """Draw what members hold against it, word for word: votes against, conditions, blocking comments."""
    st.markdown("**What others object**")
    counted, called = {ballot.index for ballot in case.ballots.values()}, names()
    lines = [
        f"{inline(item.vote)} {plain(item.name.shown)}: {paragraphs(item.rationale.shown if item.rationale else 'no reason given')}"
        for item in cast
        if item.index in counted and item.vote in ("reject", "approve_with_conditions")
    ]
    lines += [
        f"{inline('blocking', 'Open question')} {plain(called.get(item.member, item.member))}: {paragraphs(item.text.shown)}"
        for item in comments
        if item.blocking and item.resolved is None
    ]
    quiet = "Nobody so far." if case.status == "in_review" else "Nothing stands open."
    st.markdown("\n".join(f"- {line}" for line in lines) or quiet)


def missing(stands: Standing) -> None:
    """Draw who has voted, who has not, and what is missing before a decision."""
    called = names()
    st.markdown("**What is missing before a decision**")
    lines = []
    if len(stands.voted) < stands.quorum:
        lines.append(f"{stands.quorum - len(stands.voted)} more votes for a quorum of {stands.quorum}")
    lines += [f"a vote for or against by {ROLES.get(role, plain(role))}" for role in stands.roles_missing]
    if stands.open_comments:
        count = len(stands.open_comments)
        lines.append("an answer to the open question" if count == 1 else f"answers to {count} open questions")
    if lines:
        st.markdown("\n".join(f"- :material/hourglass_empty: {line}" for line in lines))
    else:
        st.markdown(":material/check_circle: Nothing: the chair can record the decision.")
    voted, waiting = ([plain(called.get(who, who)) for who in group] for group in (stands.voted, stands.not_voted))
    st.caption(f"Have voted: {join(voted) or 'nobody'}. Have not voted: {join(waiting) or 'nobody'}.")
