"""The first screen of a case: what a member is asked to sign, what nobody knows, what others object, what is missing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.evidence import CountersignError, Evidence
from governance.language import mark
from governance.review import DECIDED, AppealLine, BoardState, Case, GateReport, Standing, judges_alone
from governance.review.unknown import unknown
from governance.runs import title_of
from governance.workflow.review import gate
from governance.workflow.workspace import current_workspace
from pages._ui import case_file, session, tongue, workspace
from pages._ui.badges import inline, said
from pages._ui.case_file import in_words, names, requirement_name
from pages._ui.text import paragraphs, plain, short
from storage import CaseFile, Comment, Decision, Vote

ROLES: Final = {
    "validator": mark("a vote for or against by the independent validator"),
    "lay": mark("a vote for or against by a lay member"),
    "chair": mark("a vote for or against by the chair"),
    "member": mark("a vote for or against by a member"),
}
"""Role -> what is missing while nobody of it has voted."""


def report(case: Case) -> GateReport | None:
    """Return the gate report of the frozen evidence at this moment, None where nothing is frozen or files are missing."""
    try:
        return gate.case_report(current_workspace.current(), case.id) if case.frozen else None
    except CountersignError:
        return None


def ruling(filed: tuple[AppealLine, ...], decisions: tuple[Decision, ...]) -> AppealLine | None:
    """Return the ruling that stands in place of the latest decision, None where none does."""
    last = decisions[-1].index if decisions else None
    found = (item for item in reversed(filed) if item.ruled_index is not None)
    return next((item for item in found if last is not None and item.index > last), None)


def lead(board: BoardState, case: Case, stands: Standing, ruling: AppealLine | None) -> str:
    """Return where the case stands and what it asks of the visitor, as the first sentence of a page.

    Args:
        board: what all entries add up to.
        case: the case.
        stands: how its round stands.
        ruling: the ruling on an appeal that stands in place of the decision, None where none does.
    """
    voice = tongue.voice()
    if case.status == "draft":
        return voice.say("Being prepared: the evidence is not frozen yet.")
    if case.status == "ready":
        return voice.say("The evidence is frozen; the review has not been opened.")
    if case.status == "in_review" and case.review is not None:
        return _of_round(board, case, stands, voice.day(case.review.deadline))
    said = [f"{words(case)}."]
    if case.decision and _approved(case):
        said.append(voice.say("Valid until {day}.", day=voice.day(case.decision.expires_at)))
    if ruling:
        said.append(voice.say("That is the ruling on an appeal, which took the place of the decision."))
    return " ".join(said)


def words(case: Case) -> str:
    """Return where a case stands in words: "Approved, appeal open"."""
    word = said(case.status)
    return tongue.voice().say("{status}, appeal open", status=word) if appealed(case) else word


def appealed(case: Case) -> bool:
    """Say whether an appeal waits for a ruling."""
    return case.appeal is not None and case.status in DECIDED


def marks(case: Case) -> str:
    """Return where a case stands as badges."""
    return inline(case.status) + (f" {inline('appealed')}" if appealed(case) else "")


def _of_round(board: BoardState, case: Case, stands: Standing, until: str) -> str:
    voice, who = tongue.voice(), session.visitor().id
    votes = voice.say("{voted} of {quorum} votes are in.", voted=len(stands.voted), quorum=stands.quorum)
    if judges_alone(board, case, who, workspace.now()):
        return f"{voice.say('Your vote is asked for, until {day}.', day=until)} {votes}"
    if not stands.missing:
        return voice.say(
            "Every vote that is needed is in: the chair can record the decision. It would be: {outcome}.",
            outcome=said(stands.outcome),
        )
    if who in case.ballots:
        return f"{voice.say('You have voted; you can change your vote until {day}.', day=until)} {votes}"
    return f"{voice.say('In review until {day}.', day=until)} {votes}"


def _approved(case: Case) -> bool:
    return case.status in ("approved", "conditional")


def asked(case: Case, file: CaseFile) -> None:
    """Draw the question, the models that it is about, and who does not vote."""
    views, voice = workspace.views(), tongue.voice()
    st.markdown(f"{marks(case)} {paragraphs(file.question.shown)}")
    found = [views.model(digest) if views else None for digest in case.body.models]
    models = [f"{plain(item.name)} {plain(item.version)} (`{short(item.digest, 12)}`)" for item in found if item]
    if len(models) > 1:
        st.markdown(
            voice.say(
                "This case has {n} candidates: {models}. **One vote covers all of them together.** If you would approve only some, "
                "choose “approve with conditions” and name them in a condition, or ask for a case for each.",
                n=len(models),
                models=voice.join(models),
            )
        )
    for item in found:
        if item is not None:
            purpose = voice.say("What {model} is for:", model=f"{plain(item.name)} {plain(item.version)}")
            st.markdown(f"{purpose} {paragraphs(item.intended_use.shown)}")
    people = [
        (voice.say("owner"), file.owner),
        (voice.say("developer"), file.developer),
        (voice.say("sponsor"), file.sponsor),
    ]
    called = names()
    aside = [f"{plain(called.get(who, who))} ({role})" for role, who in people if who]
    tier = voice.say("Risk tier: {tier}.", tier=plain(voice.say(file.risk_tier)))
    model = voice.say("Model: {models}", models=models[0]) + ". " if len(models) == 1 else ""
    st.caption(f"{model}{tier} {voice.say('Not voting: {names}.', names=voice.join(aside)) if aside else ''}")


def unknowns(case: Case, held: GateReport | None) -> None:
    """Draw what the evidence could not say: requirements without an answer, waivers, values that nobody could judge.

    What the board asked for and did not get stands open; single values that could not be judged are counted, and folded.
    """
    voice = tongue.voice()
    st.markdown(f"**{voice.say('What we do not know')}**")
    if case.frozen is None:
        st.markdown(voice.say("Everything: no evidence is frozen yet."))
        return
    absent, values, folded = _of_evidence(case)
    open_ = [*_of_policy(held), *_declared(case), *absent]
    if not open_ and not folded:
        open_ = [
            voice.say(
                "Every value that the policy and the evidence ask for could be computed. What was never measured is not in here."
            )
        ]
    if open_:
        st.markdown("\n".join(f"- {line}" for line in open_))
    if folded:
        told = voice.count(
            values, "One value of the evidence could not be judged", "{n} values of the evidence could not be judged"
        )
        with st.expander(told, key="unknown-values", type="compact"):
            st.markdown("\n".join(f"- {line}" for line in folded))


def _of_policy(held: GateReport | None) -> list[str]:
    voice = tongue.voice()
    if held is None:
        return [voice.say("The policy cannot be held against the evidence again: a file of this case is missing here.")]
    found = [
        f"{inline('not_assessed')} {plain(requirement_name(line.id, line.model))}: {plain(in_words(line.reason), 1000)}"
        for line in held.requirements
        if line.outcome == "not_assessed"
    ]
    called = names()
    found += [
        f"{inline('waived')} "
        + voice.say(
            "{requirement}, by {name} until {day}: {why}",
            requirement=plain(requirement_name(line.id, line.model)),
            name=plain(called.get(line.waived_by, line.waived_by)),
            day=voice.day(line.waived_until),
            why=plain(line.waived_why, 2000),
        )
        for line in held.requirements
        if line.waived_by
    ]
    return found + [
        f"{inline('late', voice.say('Waiver ended'))} "
        + voice.say(
            "{requirement}: it ended on {day} and no longer counts.",
            requirement=plain(requirement_name(line.id, line.model)),
            day=voice.day(line.waived_until),
        )
        for line in held.requirements
        if line.lapsed
    ]


def _declared(case: Case) -> list[str]:
    views, voice = workspace.views(), tongue.voice()
    items = case.frozen.not_applicable if case.frozen else ()
    reasons = views.texts([item.reason.sha256 for item in items]) if views and items else {}
    return [
        f"{inline('not_applicable')} {plain(voice.say(title_of(item.id)))}: "
        + (
            plain(reasons[item.reason.sha256].text, 2000)
            if item.reason.sha256 in reasons
            else voice.say("(reason erased)")
        )
        for item in items
    ]


def _of_evidence(case: Case) -> tuple[list[str], int, list[str]]:
    """Return which evidence has no answer at all, how many values of the others could not be judged, and why."""
    blobs, voice = current_workspace.current().blobs, tongue.voice()
    absent: list[str] = []
    found: list[str] = []
    values = 0
    for item in case.frozen.evidence if case.frozen else ():
        title = plain(voice.say(title_of(item.method)))
        if not blobs.has(item.digest):
            absent.append(voice.say("{title}: the evidence is not stored here.", title=title))
            continue
        document = Evidence.from_bytes(blobs.read(item.digest))
        reasons = unknown(document)
        if not document.assessed:
            absent.append(f"{inline('not_assessed')} {title}: {plain(reasons[0][0], 1000)}")
        elif reasons:
            count = sum(number for _, number in reasons)
            values += count
            why = "; ".join(f"{plain(text, 300)}" + (f" (×{n})" if n > 1 else "") for text, n in reasons[:3])
            found.append(
                voice.count(
                    count,
                    "{title}: {n} value could not be judged: {why}",
                    "{title}: {n} values could not be judged: {why}",
                    title=title,
                    why=why + ("; …" if reasons[3:] else ""),
                )
            )
    return absent, values, found


def objections(case: Case, cast: tuple[Vote, ...], comments: tuple[Comment, ...]) -> None:
    """Draw what members hold against it, word for word: votes against, conditions, blocking comments.

    Args:
        case: the case.
        cast: the votes that the visitor may see.
        comments: all comments of the case.
    """
    voice = tongue.voice()
    st.markdown(f"**{voice.say('What others object')}**")
    counted, called = {ballot.index for ballot in case.ballots.values()}, names()
    lines = [
        f"{inline(item.vote)} {plain(item.name.shown)}: "
        + (paragraphs(item.rationale.shown) if item.rationale else voice.say("no reason given"))
        for item in cast
        if item.index in counted and item.vote in ("reject", "approve_with_conditions")
    ]
    lines += [
        f"{inline('blocking', voice.say('Open question'))} {plain(called.get(item.member, item.member))}: {paragraphs(item.text.shown)}"
        for item in comments
        if item.blocking and item.resolved is None
    ]
    quiet = voice.say("Nobody so far." if case.status == "in_review" else "Nothing stands open.")
    st.markdown("\n".join(f"- {line}" for line in lines) or quiet)


def votes(case: Case, stands: Standing, cast: tuple[Vote, ...], *, alone: bool) -> None:
    """Draw the votes as they were signed, to whoever still judges alone only how many there are; and who has not voted."""
    if not alone:
        case_file.votes(cast, case)
    else:
        _how_many(stands)
    if case.status == "in_review":
        called, voice = names(), tongue.voice()
        voted, waiting = (
            voice.join([plain(called.get(who, who)) for who in group]) or voice.say("nobody")
            for group in (stands.voted, stands.not_voted)
        )
        st.caption(voice.say("Have voted: {voted}. Have not voted: {waiting}.", voted=voted, waiting=waiting))


def _how_many(stands: Standing) -> None:
    st.caption(
        tongue.voice().say(
            "{voted} of {quorum} votes are in. You see them once you have voted, so that you judge by yourself; the ledger holds "
            "them openly.",
            voted=len(stands.voted),
            quorum=stands.quorum,
        )
    )


def missing(stands: Standing) -> None:
    """Draw what is missing before a decision."""
    voice = tongue.voice()
    st.markdown(f"**{voice.say('What is missing before a decision')}**")
    lines = []
    if len(stands.voted) < stands.quorum:
        lines.append(
            voice.count(
                stands.quorum - len(stands.voted),
                "{n} more vote for a quorum of {quorum}",
                "{n} more votes for a quorum of {quorum}",
                quorum=stands.quorum,
            )
        )
    lines += [
        voice.say(ROLES[role]) if role in ROLES else voice.say("a vote for or against by {role}", role=plain(role))
        for role in stands.roles_missing
    ]
    if stands.open_comments:
        lines.append(
            voice.count(len(stands.open_comments), "an answer to the open question", "answers to {n} open questions")
        )
    if lines:
        st.markdown("\n".join(f"- :material/hourglass_empty: {line}" for line in lines))
    else:
        st.markdown(f":material/check_circle: {voice.say('Nothing: the chair can record the decision.')}")
