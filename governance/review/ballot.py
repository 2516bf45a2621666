"""Counting: which votes are in force, what they add up to, and what still stands in the way of a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.review import events
from governance.review.roster import eligible, seats
from governance.review.state import Ballot, Case

MIN_APPROVERS = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands, in a form that a page can say in words."""

    tally: events.Tally
    quorum: int
    """How many votes are needed, abstentions included."""
    voted: tuple[str, ...]
    """Members whose vote is in force."""
    not_voted: tuple[str, ...]
    """Members who may vote and have not."""
    roles_missing: tuple[str, ...]
    """Required roles that have not voted or only abstained."""
    open_comments: tuple[str, ...]
    """Blocking comments without an answer."""
    outcome: events.Outcome
    """What the votes in force lead to; meaningful when nothing is missing."""
    missing: tuple[str, ...]
    """What stands in the way of recording a decision, each a sentence; empty means that the decision can be recorded."""

    @property
    def complete(self) -> bool:
        """Whether enough votes are in: quorum and required roles."""
        return len(self.voted) >= self.quorum and not self.roles_missing


def in_force(case: Case) -> tuple[Ballot, ...]:
    """Return the votes in force in order of their entries; a vote of somebody who stepped aside since is void."""
    voters = set(eligible(case))
    found = [ballot for who, ballot in case.ballots.items() if who in voters]
    return tuple(sorted(found, key=lambda ballot: ballot.index))


def tally(ballots: Iterable[Ballot]) -> events.Tally:
    """Return how many votes of each kind there are."""
    kinds = [ballot.body.vote for ballot in ballots]
    return events.Tally(
        kinds.count("approve"), kinds.count("approve_with_conditions"), kinds.count("reject"), kinds.count("abstain")
    )


def exceeds(part: int, whole: int, majority: str) -> bool:
    """Say whether `part` of `whole` is strictly more than the ratio `majority`, in whole numbers."""
    above, below = (int(text) for text in majority.split("/"))
    return part * below > above * whole


def outcome_of(count: events.Tally, majority: str) -> events.Outcome:
    """Return the only outcome that these votes allow.

    Approved when plain approvals carry alone; conditional when they carry together with approvals under conditions; rejected
    when rejections carry; otherwise deferred. Abstentions do not count, and no approval rests on fewer than two people.
    """
    approvals = count.approve + count.approve_with_conditions
    cast = approvals + count.reject
    if count.approve >= MIN_APPROVERS and exceeds(count.approve, cast, majority):
        return "approved"
    if approvals >= MIN_APPROVERS and exceeds(approvals, cast, majority):
        return "conditional"
    return "rejected" if exceeds(count.reject, cast, majority) else "deferred"


def roles_missing(case: Case) -> tuple[str, ...]:
    """Return the required roles that nobody fills who voted and did not abstain."""
    if case.review is None:
        return ()
    roles = seats(case)
    present = {role for ballot in in_force(case) if ballot.body.vote != "abstain" for role in roles[ballot.member]}
    return tuple(role for role in case.review.required_roles if role not in present)


def standing(case: Case) -> Standing:
    """Return how the open round stands and what is missing before a decision can be recorded."""
    votes = in_force(case)
    voted = tuple(ballot.member for ballot in votes)
    count, review = tally(votes), case.review
    quorum = review.quorum if review else 0
    roles = roles_missing(case)
    comments = tuple(name for name, comment in case.comments.items() if comment.stops)
    missing = []
    if case.status != "in_review":
        missing.append("The case is not in review.")
    if len(voted) < quorum:
        missing.append(f"{len(voted)} of {quorum} votes needed for a quorum are in.")
    missing += [f"Nobody with the role {role} has voted for or against." for role in roles]
    missing += [f"The blocking comment {name} of {case.comments[name].author} is open." for name in comments]
    return Standing(
        tally=count,
        quorum=quorum,
        voted=voted,
        not_voted=tuple(who for who in eligible(case) if who not in voted),
        roles_missing=roles,
        open_comments=comments,
        outcome=outcome_of(count, review.majority if review else "1/2"),
        missing=tuple(missing),
    )
