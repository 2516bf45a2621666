"""The verbs of a review: put a case, freeze its evidence, open it, discuss it, vote, decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import Evidence, RefusedInputError, RuleError
from governance.review import (
    BoardState,
    GateReport,
    GateWaiver,
    Policy,
    decision,
    edition_of,
    evaluate,
    events,
    frozen_item,
    require_member,
    require_text,
    require_tier,
    require_word,
)
from governance.workflow.review import since
from governance.workflow.workspace import OPERATOR, Acting, fresh, now, require_act, state
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace
from storage.times import rfc3339

LONGEST_TITLE: Final = 120
"""Characters of a case's title: it stands in lists, select boxes and tabs."""


@dataclass(frozen=True, slots=True)
class CaseWords:
    """What a person says when putting a model before the board."""

    title: str
    question: str
    """What the board is asked to sign, in words."""
    models: tuple[str, ...]
    """Digests of the candidates."""
    risk_tier: str
    owner: str = ""
    """Member ids, recused; "" for nobody on the board."""
    developer: str = ""
    sponsor: str = ""


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """A condition as a member writes it."""

    text: str
    owner: str
    due: str
    """RFC 3339."""
    blocking: bool = True


def printed_name(workspace: Workspace, member: str) -> str:
    """Return the name that is printed beside the member's signature; the id when the name was erased."""
    found = workspace.read().member(member)
    return found.name.text or member if found else member


def _ref(unit: UnitOfWork, words: str) -> events.TextRef:
    return events.TextRef(**unit.text(words))


def _ref_or_none(unit: UnitOfWork, words: str) -> events.TextRef | None:
    return _ref(unit, words) if words.strip() else None


def open_case(workspace: Workspace, words: CaseWords, *, actor: Acting) -> str:
    """Register a case and return its id; it is a draft until evidence is frozen.

    Raises:
        RefusedInputError: a title or question that is empty, or a tier that the charter does not know.
        RuleError: no model is named, one is not registered, or the owner, developer or sponsor is no member.
    """
    require_word("title", words.title, most=LONGEST_TITLE)
    require_text("question", words.question)
    case = fresh(words.title)

    def make(unit: UnitOfWork, state: BoardState, _time: str) -> events.CaseRegistered:
        require_tier(state, words.risk_tier)
        for what, who in (("owner", words.owner), ("developer", words.developer), ("sponsor", words.sponsor)):
            if who:
                require_member(state, who, what)
        return events.CaseRegistered(
            case=case,
            title=_ref(unit, words.title),
            question=_ref(unit, words.question),
            models=words.models,
            owner=words.owner,
            developer=words.developer,
            sponsor=words.sponsor,
            risk_tier=words.risk_tier,
        )

    act(workspace, make, actor=actor, case=case)
    return case


@dataclass(frozen=True, slots=True)
class WaiverWords:
    """A requirement that a member outside the case takes the responsibility to waive."""

    requirement: str
    by: str
    """Member id."""
    reason: str
    expires: str
    """RFC 3339."""


WAIVER_MEANING = (
    "I take the responsibility that this evidence goes before the board although what I waive is not met, "
    "and what I leave out is not there."
)
"""What the signature under waivers and absences means, as it is printed above the passphrase."""


def hold(
    workspace: Workspace,
    evidence: Sequence[str],
    policy: Policy,
    waivers: Sequence[WaiverWords] = (),
    models: Sequence[str] = (),
) -> GateReport:
    """Return the gate report now: the policy held against recorded evidence with these digests, for each candidate.

    Raises:
        RefusedInputError: a waiver is about no requirement, gives no reason, or has ended already.
    """
    at = rfc3339(now())
    for item in waivers:
        if not item.reason.strip() or item.expires <= at:
            raise RefusedInputError(
                f"The waiver of {item.requirement!r} gives no reason, or ends before it begins.",
                "Write why, and a date in the future.",
            )
    found = {digest: Evidence.from_bytes(workspace.blobs.read(digest)) for digest in evidence}
    waived = [GateWaiver(item.requirement, item.by, item.reason, item.expires) for item in waivers]
    return evaluate(policy, found, waived, at, models)


def _require_of_case(workspace: Workspace, evidence: Sequence[str], models: Sequence[str]) -> None:
    found = {digest: workspace.read().evidence(digest) for digest in evidence}
    unknown = [digest[:16] for digest, item in found.items() if item is None]
    if unknown:
        raise RuleError(f"Evidence {', '.join(unknown)} was never recorded.", "Run the methods first.")
    others = [digest[:16] for digest, item in found.items() if item and item.model and item.model not in models]
    if others:
        raise RuleError(f"Evidence {', '.join(others)} is about a model that the case does not name.", "Leave it out.")


def freeze(
    workspace: Workspace,
    case: str,
    evidence: Sequence[str],
    *,
    actor: Acting,
    policy: Policy,
    not_applicable: Sequence[tuple[str, str]] = (),
    waivers: Sequence[WaiverWords] = (),
    passphrase: str = "",
) -> str:
    """Freeze the evidence with these digests and return the bundle digest; earlier votes of an open round become void.

    Args:
        workspace: where.
        case: id of the case.
        evidence: digests of recorded evidence.
        actor: who does it.
        policy: held against the evidence now; the report is frozen with it, whatever it says.
        not_applicable: (requirement or method, reason in words) of what is left out.
        waivers: what the actor, a member outside the case, takes the responsibility to waive and signs with their own key.
        passphrase: opens the actor's key; needed where something is waived or left out.

    Raises:
        RuleError: evidence that was never recorded, evidence that the charter requires is missing, or a freezing requirement
            of the policy is neither met nor waived.
        RefusedInputError: a waiver is about no requirement, gives no reason, or has ended already; or something is left out
            without a reason.
    """
    require_act(state(workspace), actor)
    blank = [name for name, why in not_applicable if not why.strip()]
    if blank:
        raise RefusedInputError(f"{', '.join(blank)} is left out without a reason.", "Write why it does not apply.")
    models = state(workspace).case(case).body.models
    _require_of_case(workspace, evidence, models)
    report = hold(workspace, evidence, policy, waivers, models)
    workspace.blobs.put(policy.to_bytes())
    bundle = ""

    def make(unit: UnitOfWork, state: BoardState, _time: str) -> events.EvidenceFrozen:
        nonlocal bundle
        standing = state.case(case)
        body = events.frozen(
            events.EvidenceFrozen(
                version=standing.frozen.version + 1 if standing.frozen else 1,
                bundle="0" * 64,
                evidence=tuple(frozen_item(state.recorded[digest]) for digest in evidence),
                policy_digest=report.policy_digest,
                requirements=report.outcomes(),
                not_applicable=tuple(events.NotApplicable(name, _ref(unit, why)) for name, why in not_applicable),
                waivers=tuple(events.Waiver(w.requirement, w.by, _ref(unit, w.reason), w.expires) for w in waivers),
            )
        )
        bundle = body.bundle
        return body

    signer = workspace.unlock(actor.id, passphrase) if waivers or not_applicable else None
    act(workspace, make, actor=None if signer else actor, case=case, signer=signer)
    return bundle


def start(workspace: Workspace, case: str, *, actor: Acting, trigger: str = "") -> None:
    """Open a round of voting under the charter in force; `trigger` says why a decided case is reviewed again.

    Raises:
        RuleError: no evidence is frozen, no charter is in force, or the board could never reach a decision.
    """

    def make(unit: UnitOfWork, state: BoardState, time: str) -> events.ReviewOpened:
        return edition_of(state.edition).draft_review(state, state.case(case), time, _ref_or_none(unit, trigger))

    act(workspace, make, actor=actor, case=case)


def declare(workspace: Workspace, case: str, *, member: str, passphrase: str, conflict: bool, words: str = "") -> None:
    """Sign whether the member has a conflict of interest; a conflict recuses for this round."""
    act(
        workspace,
        lambda unit, _state, _time: events.ConflictDeclared(member, conflict, _ref_or_none(unit, words)),
        case=case,
        signer=workspace.unlock(member, passphrase),
    )


def comment(
    workspace: Workspace,
    case: str,
    words: str,
    *,
    member: str,
    passphrase: str,
    anchor: str = "",
    blocking: bool = False,
    reply_to: str | None = None,
) -> str:
    """Sign a remark on a number or a row and return its id; a blocking one stops the decision until it is resolved."""
    require_text("remark", words)
    name = fresh("comment")
    act(
        workspace,
        lambda unit, _state, _time: events.CommentAdded(name, anchor, blocking, _ref(unit, words), reply_to),
        case=case,
        signer=workspace.unlock(member, passphrase),
    )
    return name


def resolve(workspace: Workspace, case: str, comment_id: str, words: str, *, member: str, passphrase: str) -> None:
    """Sign that a remark is answered; its author or the chair does that.

    Raises:
        RefusedInputError: the answer is empty.
    """
    require_text("answer", words)
    act(
        workspace,
        lambda unit, _state, _time: events.CommentResolved(comment_id, _ref(unit, words)),
        case=case,
        signer=workspace.unlock(member, passphrase),
    )


VoteKind = Literal["approve", "approve_with_conditions", "reject", "abstain"]

MEANINGS = events.MEANINGS
"""What a signature means, as it is printed above the passphrase and stored in the vote."""


def vote(
    workspace: Workspace,
    case: str,
    choice: VoteKind,
    *,
    member: str,
    passphrase: str,
    bundle: str,
    rationale: str = "",
    conditions: Sequence[ConditionWords] = (),
    seen: int = -1,
) -> int:
    """Sign a vote on exactly the evidence that the member read, and return its index in the ledger.

    Args:
        workspace: where.
        case: id of the case.
        choice: what the member votes.
        member: who.
        passphrase: opens the member's key for this act alone.
        bundle: digest of the evidence that the member saw; the vote is refused when it was replaced meanwhile.
        rationale: needed unless the vote is a plain approval.
        conditions: needed for an approval with conditions.
        seen: entry of the ledger up to which the member has read what changed since the evidence was frozen.

    Raises:
        RuleError: the member may not vote now, the ballot does not fit, or something changed that the member has not read.
    """
    for item in conditions:
        require_text("condition", item.text)
    since.require_seen(workspace, case, seen)

    def make(unit: UnitOfWork, state: BoardState, _time: str) -> events.VoteCast:
        for item in conditions:
            require_member(state, item.owner, "owner of a condition")
        review = state.case(case).review
        return events.VoteCast(
            vote=choice,
            bundle=bundle,
            round=review.round if review else 1,
            rationale=_ref_or_none(unit, rationale),
            conditions=tuple(
                events.Condition(fresh(member), _ref(unit, item.text), item.owner, item.due, item.blocking)
                for item in conditions
            ),
            meaning=MEANINGS[choice],
            name=_ref(unit, printed_name(workspace, member)),
        )

    return act(workspace, make, case=case, signer=workspace.unlock(member, passphrase))


def decide(
    workspace: Workspace, case: str, *, rationale: str, scope: str, actor: str = events.SERVICE, passphrase: str = ""
) -> events.DecisionRecorded:
    """Record the only decision that the votes allow, with dissent word for word, and return it.

    Args:
        workspace: where.
        case: id of the case.
        rationale: why, in the board's words.
        scope: what use the decision covers.
        actor: the chair, who signs with `passphrase`; or "service" in the board's name.
        passphrase: opens the chair's key.

    Raises:
        RuleError: something is missing: quorum, a required role, an answer to a blocking comment.
    """
    require_text("rationale", rationale)
    require_text("scope", scope)
    recorded: list[events.DecisionRecorded] = []

    def make(unit: UnitOfWork, state: BoardState, time: str) -> events.DecisionRecorded:
        wording = decision.Wording(_ref(unit, rationale), _ref(unit, scope), time)
        recorded.append(edition_of(state.edition).draft_decision(state.case(case), wording))
        return recorded[0]

    signer = None if actor == events.SERVICE else workspace.unlock(actor, passphrase)
    act(workspace, make, actor=None if signer else OPERATOR, case=case, signer=signer)
    return recorded[0]
