"""The decision: what the votes lead to, who disagreed, for how long it holds."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import datetime

from governance.evidence import RuleError
from governance.review import events
from governance.review.ballot import in_force, outcome_of, standing, tally
from governance.review.roster import is_chair
from governance.review.state import Ballot, BoardState, Case, ConditionStanding, Entry, require, require_status

AGAINST: dict[str, tuple[events.VoteKind, ...]] = {
    "approved": ("approve_with_conditions", "reject"),
    "conditional": ("reject",),
    "rejected": ("approve", "approve_with_conditions"),
    "deferred": (),
}
"""Outcome -> votes that are dissent from it."""
START_MONTHS = 3
"""How many months after its entry a decision may begin to be valid: time to prepare, not a second validity."""
APPROVING: tuple[str, ...] = ("approved", "conditional")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person adds to a decision: the rest follows from the votes and the charter."""

    rationale: events.TextRef
    scope: events.TextRef
    valid_from: str
    """RFC 3339."""
    conditions: tuple[events.Condition, ...] = ()
    """Beyond those that votes ask for."""


def months_later(time: str, months: int) -> str:
    """Return the same time of day `months` later, on the last day of the month where the day does not exist."""
    at = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - calendar arithmetic on a UTC text
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return f"{year:04d}-{month + 1:02d}-{day:02d}{time[10:]}"


def dissent_of(ballots: tuple[Ballot, ...], outcome: str) -> tuple[events.Dissent, ...]:
    """Return the votes against `outcome`, each with its own rationale."""
    return tuple(
        events.Dissent(ballot.member, ballot.index, ballot.body.vote, ballot.body.rationale)
        for ballot in ballots
        if ballot.body.vote in AGAINST[outcome]
    )


def asked_conditions(ballots: tuple[Ballot, ...]) -> tuple[events.Condition, ...]:
    """Return the conditions of the votes in force, in order."""
    return tuple(condition for ballot in ballots for condition in ballot.body.conditions)


def draft(case: Case, wording: Wording) -> events.DecisionRecorded:
    """Return the body of decision.recorded that the votes in force lead to.

    Raises:
        RuleError: something is missing; the message says what.
    """
    stands = standing(case)
    if stands.missing or case.review is None or case.tier is None:
        raise RuleError("The decision cannot be recorded yet. " + " ".join(stands.missing))
    tier, votes, outcome = case.tier, in_force(case), stands.outcome
    conditions = (*asked_conditions(votes), *wording.conditions) if outcome == "conditional" else ()
    return events.DecisionRecorded(
        outcome=outcome,
        round=case.review.round,
        bundle=case.bundle,
        tally=stands.tally,
        quorum=case.review.quorum,
        dissent=dissent_of(votes, outcome),
        rationale=wording.rationale,
        conditions=conditions,
        scope=wording.scope,
        valid_from=wording.valid_from,
        expires_at=_end(case, outcome, wording.valid_from),
        retention_until=months_later(wording.valid_from, 12 * tier.retention_years),
        charter_digest=case.review.charter_digest,
    )


def waivers_end(case: Case) -> str:
    """Return the moment at which the first waiver of the frozen evidence ends, "" when nothing is waived."""
    return min((item.expires for item in case.frozen.waivers), default="") if case.frozen else ""


def end_of(case: Case) -> str:
    """Return the moment at which what was decided ends: its own, or that of the first waiver where that is earlier."""
    assert case.decision is not None
    return min(case.decision.expires_at, waivers_end(case) or case.decision.expires_at)


def _end(case: Case, outcome: str, valid_from: str) -> str:
    """Return the latest end of a decision: the charter's, or for an approval that of the first waiver that it rests on."""
    assert case.tier is not None
    latest, waived = months_later(valid_from, case.tier.validity_months), waivers_end(case)
    return min(latest, waived) if waived and outcome in APPROVING else latest


def record(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after decision.recorded.

    Raises:
        RuleError: a number or a name in the decision is not what the votes and the charter lead to.
    """
    body: events.DecisionRecorded = entry.body
    if body.outcome == "retired":
        return _retire(board, case, entry)
    require_status(case, "a decision", "in_review")
    stands = standing(case)
    require(not stands.missing, "The decision cannot be recorded yet. " + " ".join(stands.missing))
    require(
        entry.actor == events.SERVICE or (is_chair(case, entry.actor) and entry.actor in board.members),
        f"{entry.actor} does not chair this review.",
        "The chair, or the service in the board's name, records the decision.",
    )
    votes = in_force(case)
    _require_counted(case, body, votes)
    _require_terms(case, body, votes, entry.time)
    return replace(
        case,
        status=body.outcome,
        decision=body,
        deciders=frozenset(ballot.member for ballot in votes),
        approvers=frozenset(ballot.member for ballot in votes if ballot.body.vote.startswith("approve")),
        conditions={item.id: ConditionStanding(item) for item in body.conditions},
        used=case.used | {f"condition {item.id}" for item in body.conditions},
        appeal=None,
    )


def _retire(board: BoardState, case: Case, entry: Entry) -> Case:
    require(case.status != "retired", f"Case {case.id} is retired already.")
    require(
        "chair" in board.members.get(entry.actor, ()),
        f"{entry.actor} cannot retire a case.",
        "A chair of the board does that.",
    )
    body: events.DecisionRecorded = entry.body
    last = case.decision
    require(last is not None, f"Case {case.id} was never decided.", "Only a decided case is retired.")
    assert last is not None
    require(
        body == replace(last, outcome="retired", rationale=body.rationale),
        "A retirement repeats the last decision; only the outcome and the reason are its own.",
    )
    return replace(case, status="retired", decision=body, appeal=None)


def _require_counted(case: Case, body: events.DecisionRecorded, votes: tuple[Ballot, ...]) -> None:
    assert case.review is not None
    count = tally(votes)
    outcome = outcome_of(count, case.review.majority)
    require(body.tally == count, f"The decision's tally is not the count of the votes in force ({count}).")
    require(body.outcome == outcome, f"The votes lead to {outcome!r}, not to {body.outcome!r}.")
    require(
        (body.round, body.bundle) == (case.review.round, case.bundle),
        "The decision names another round or other evidence.",
    )
    require(body.quorum == case.review.quorum, f"The quorum of this review is {case.review.quorum}, not {body.quorum}.")
    require(body.charter_digest == case.review.charter_digest, "The decision names another charter.")
    require(body.dissent == dissent_of(votes, outcome), "The dissenting votes are not carried over word for word.")


def _require_terms(case: Case, body: events.DecisionRecorded, votes: tuple[Ballot, ...], entry_time: str) -> None:
    assert case.tier is not None
    tier = case.tier
    names = [item.id for item in body.conditions]
    require(len(set(names)) == len(names), "Two conditions of the decision share an id.")
    require(
        not {f"condition {name}" for name in names} & case.used, "A condition's id was used by an earlier decision."
    )
    soon = [item.id for item in body.conditions if item.due <= entry_time]
    require(not soon, f"Condition {', '.join(soon)} would be due before the decision.")
    latest_begin = months_later(entry_time, START_MONTHS)
    require(
        entry_time <= body.valid_from <= latest_begin,
        f"The decision is valid from its own time or later, until {latest_begin} at most, not from {body.valid_from}.",
    )
    if body.outcome == "conditional":
        lost = [item.id for item in asked_conditions(votes) if item not in body.conditions]
        require(not lost, f"Conditions of votes are missing in the decision: {', '.join(lost)}.")
    else:
        require(not body.conditions, f"A decision {body.outcome!r} carries no conditions.")
    waived = waivers_end(case)
    require(
        not waived or body.outcome not in APPROVING or waived > entry_time,
        f"A waiver on which the approval would rest ended at {waived}.",
        "Freeze the evidence again, with a new waiver or without.",
    )
    latest = _end(case, body.outcome, body.valid_from)
    require(
        body.valid_from < body.expires_at <= latest, f"The decision may last from its beginning until {latest} at most."
    )
    earliest = months_later(body.valid_from, 12 * tier.retention_years)
    require(body.retention_until >= earliest, f"The record must be kept until {earliest} at least.")
