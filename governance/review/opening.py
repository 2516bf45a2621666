"""Putting a case before the board: registering it, freezing the evidence, opening a round."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from governance.evidence import RuleError
from governance.review import events
from governance.review.charter import Tier
from governance.review.roster import recusals, roster
from governance.review.state import DECIDED, BoardState, Case, Entry, frozen_item, require, require_status


def tier_of(board: BoardState, case: Case) -> Tier:
    """Return the rules for this case of the charter in force.

    Raises:
        RuleError: no charter is in force, or it does not know the case's risk tier.
    """
    if board.charter is None:
        raise RuleError("No charter is in force.", "More than half of the board's members sign the same charter first.")
    require(
        case.body.risk_tier in board.charter.tiers,
        f"The charter has no rules for the risk tier {case.body.risk_tier!r}.",
        f"It knows {', '.join(sorted(board.charter.tiers))}.",
    )
    return board.charter.tiers[case.body.risk_tier]


def register(board: BoardState, entry: Entry) -> Case:
    """Return the new case of case.registered.

    Raises:
        RuleError: the id is taken, there is no model, or a model is not registered.
    """
    body: events.CaseRegistered = entry.body
    require(body.case not in board.cases, f"Case {body.case} exists already.", "Choose another id.")
    require(bool(body.models), "The case names no model.", "Name at least one registered model.")
    unknown = [digest for digest in body.models if digest not in board.models]
    require(not unknown, f"Model {'and '.join(unknown)} is not registered.", "Register the model first.")
    return Case(body)


def evidence_missing(board: BoardState, case: Case, body: events.EvidenceFrozen) -> tuple[str, ...]:
    """Return the methods that the charter requires for this case and that `body` neither shows nor declares not applicable."""
    there = {item.method for item in body.evidence} | {item.id for item in body.not_applicable}
    return tuple(method for method in tier_of(board, case).required_evidence if method not in there)


def freeze(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after evidence.frozen; earlier votes are void.

    Raises:
        RuleError: required evidence is missing, evidence was never recorded, or the bundle digest is not that of the body.
    """
    body: events.EvidenceFrozen = entry.body
    require_status(case, "freezing evidence", "draft", "ready", "in_review")
    expected = case.frozen.version + 1 if case.frozen else 1
    require(body.version == expected, f"The next version of the evidence is {expected}, not {body.version}.")
    require(body.bundle == events.bundle_of(body), "The bundle digest is not that of the evidence it names.")
    require(bool(body.evidence), "There is no evidence to freeze.", "Assess the model first.")
    _require_evidence(board, case, body)
    missing = evidence_missing(board, case, body)
    require(
        not missing,
        f"The charter requires evidence from {', '.join(missing)}.",
        "Run it, or declare it not applicable with a reason.",
    )
    _require_responsible(board, case, entry)
    stopped = unwaived(body, entry.time)
    require(
        not stopped,
        f"The policy lets nobody freeze this evidence: {', '.join(stopped)} is not met and not waived.",
        "Measure again within the limit, or let a member outside the case waive it with a reason and a date.",
    )
    return replace(case, status="ready" if case.status == "draft" else case.status, frozen=body, ballots={})


def _require_evidence(board: BoardState, case: Case, body: events.EvidenceFrozen) -> None:
    known = board.recorded
    strange = [item for item in body.evidence if item.digest not in known or frozen_item(known[item.digest]) != item]
    names = ", ".join(item.digest for item in strange[:3])
    require(not strange, f"Evidence {names} was never recorded as named.", "Record it first.")
    others = [item.digest for item in body.evidence if known[item.digest].model not in (None, *case.body.models)]
    require(
        not others, f"Evidence {', '.join(others[:3])} is about a model that the case does not name.", "Leave it out."
    )
    lost = [item.digest for item in body.evidence if not board.datasets >= set(known[item.digest].data)]
    require(not lost, f"Evidence {', '.join(lost[:3])} is about a table that is not registered.", "Register it first.")


def _require_responsible(board: BoardState, case: Case, entry: Entry) -> None:
    """Require that whoever waives a requirement or leaves evidence out is a member without an interest, and signs for it."""
    body: events.EvidenceFrozen = entry.body
    bad = [item.id for item in body.waivers if item.by != entry.actor]
    if not _is_free(board, case, entry.actor):
        bad += [item.id for item in body.waivers] + [item.id for item in body.not_applicable]
    require(
        not bad,
        f"The waiver or absence of {', '.join(dict.fromkeys(bad))} is not by a member outside the case.",
        "Whoever waives a requirement, or leaves something out, freezes the evidence with their own key.",
    )


def _is_free(board: BoardState, case: Case, member: str) -> bool:
    return member in board.members and member not in case.interested


def unwaived(body: events.EvidenceFrozen, time: str) -> tuple[str, ...]:
    """Return the freezing requirements of a bundle that are neither met nor waived beyond `time`."""
    live = {item.id for item in body.waivers if item.expires > time}
    return tuple(
        item.id
        for item in body.requirements
        if item.severity == "freezing" and item.outcome != "met" and item.id not in live
    )


def deadline_after(time: str, days: int) -> str:
    """Return the RFC 3339 time `days` after `time`."""
    at = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - calendar arithmetic on a UTC text
    return (at + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def draft(board: BoardState, case: Case, time: str, trigger: events.TextRef | None = None) -> events.ReviewOpened:
    """Return the body of review.opened that the charter asks for now.

    Raises:
        RuleError: no charter is in force, or it has no rules for the case's risk tier.
    """
    tier = tier_of(board, case)
    assert board.charter is not None
    return events.ReviewOpened(
        round=case.review.round + 1 if case.review else 1,
        roster=roster(board),
        recused=recusals(board, case),
        quorum=tier.quorum,
        majority=tier.majority,
        required_roles=tier.required_roles,
        deadline=deadline_after(time, tier.voting_days),
        charter_digest=board.charter.digest,
        bundle=case.bundle,
        trigger=trigger,
    )


def obstacles(board: BoardState, case: Case) -> tuple[str, ...]:
    """Return, in words, why a round opened now could never reach a decision; empty when it can."""
    tier = tier_of(board, case)
    free = [seat for seat in roster(board) if seat.member not in case.interested]
    found = []
    if len(free) < tier.quorum:
        found.append(f"{len(free)} members may vote, the quorum is {tier.quorum}.")
    held = {role for seat in free for role in seat.roles}
    found += [f"No member who may vote holds the role {role}." for role in tier.required_roles if role not in held]
    return tuple(found)


def open_round(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case in review after review.opened.

    Raises:
        RuleError: the roster is not the whole board, somebody with an interest is not recused, or a rule is not the charter's.
    """
    body: events.ReviewOpened = entry.body
    require_status(case, "opening a review", "ready", *DECIDED)
    expected = draft(board, case, entry.time, body.trigger)
    require(body.round == expected.round, f"The next round is {expected.round}, not {body.round}.")
    require(
        set(body.roster) == set(expected.roster) and len(body.roster) == len(expected.roster),
        "The roster is not the whole board with its roles as they are now.",
    )
    require(
        sorted(item.member for item in body.recused) == sorted(item.member for item in expected.recused),
        f"Recused must be exactly {', '.join(item.member for item in expected.recused) or 'nobody'}.",
    )
    rules = (expected.quorum, expected.majority, expected.required_roles, expected.charter_digest)
    require(
        (body.quorum, body.majority, body.required_roles, body.charter_digest) == rules,
        "Quorum, majority, required roles or charter are not those in force.",
    )
    require(body.bundle == case.bundle, "The review is about other evidence than what is frozen.")
    require(
        body.deadline == expected.deadline,
        f"Voting closes at {expected.deadline} by the charter, not at {body.deadline}.",
    )
    require(case.status == "ready" or body.trigger is not None, "A re-review says why.", "Give a trigger.")
    found = obstacles(board, case)
    require(not found, " ".join(found), "Complete the board first.")
    return replace(
        case, status="in_review", review=body, tier=tier_of(board, case),
        conflicts={}, ballots={}, comments={}, conditions={}, appeal=None,
    )  # fmt: skip
