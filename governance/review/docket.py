"""The docket: what waits for a member, worked out from the events alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from governance.review.appeal import to_sign
from governance.review.ballot import in_force, standing
from governance.review.events import SERVICE
from governance.review.roster import eligible, is_chair
from governance.review.state import BoardState, Case

Kind: TypeAlias = Literal[
    "vote", "decide", "answer", "fulfil", "accept", "rule", "panel", "suspended", "expires", "freeze", "open"
]
ORDER: Final[tuple[Kind, ...]] = (
    "suspended", "vote", "rule", "panel", "decide", "answer", "fulfil", "accept", "expires", "open", "freeze",
)  # fmt: skip
SOON: Final = timedelta(days=60)
"""How long before its end an approval is announced."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that waits."""

    kind: Kind
    case: str
    """Id of the case."""
    what: str = ""
    """Id of the comment or condition it is about, "" when it is about the case."""
    due: str = ""
    """RFC 3339 time by which it must be done, "" for none."""
    late: bool = False
    """Whether that time has passed."""


def waiting(board: BoardState, member: str, at: str) -> tuple[Duty, ...]:
    """Return what waits for a member, the most pressing kind first and the earliest date first within a kind.

    Args:
        board: what the events add up to.
        member: id of the member; somebody who is no member has nothing to do.
        at: the time now, RFC 3339 in UTC.
    """
    if member not in board.members or member == SERVICE:
        return ()
    found = [duty for case in board.cases.values() for duty in _of_case(board, case, member, at)]
    return tuple(sorted(found, key=lambda duty: (ORDER.index(duty.kind), duty.due or "~", duty.case, duty.what)))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day on which something ends by itself, whoever it waits for."""

    due: str
    """RFC 3339."""
    kind: Literal["vote", "condition", "approval", "waiver"]
    """Whose end it is: of a round of voting, of the time for a condition, of an approval, of a waiver that an approval rests on."""
    case: str
    """Id of the case."""
    what: str = ""
    """Id of the condition or requirement, "" for none."""


def deadlines(board: BoardState) -> tuple[Deadline, ...]:
    """Return what ends by itself in the cases that are open or in force, the earliest first."""
    found = [item for case in board.cases.values() for item in _deadlines(case)]
    return tuple(sorted(found, key=lambda item: (item.due, item.case, item.what)))


def _deadlines(case: Case) -> Iterator[Deadline]:
    if case.status == "in_review" and case.review is not None:
        yield Deadline(case.review.deadline, "vote", case.id)
    if case.status in {"approved", "conditional"} and case.decision is not None:
        yield Deadline(case.decision.expires_at, "approval", case.id)
        for name, item in case.conditions.items():
            if not item.accepted_by:
                yield Deadline(item.condition.due, "condition", case.id, name)
    if case.status in {"in_review", "approved", "conditional"} and case.frozen is not None:
        yield from (Deadline(item.expires, "waiver", case.id, item.id) for item in case.frozen.waivers)


def _of_case(board: BoardState, case: Case, member: str, at: str) -> Iterator[Duty]:
    yield from _in_review(case, member, at)
    yield from _conditions(board, case, member, at)
    yield from _decided(board, case, member, at)
    yield from _appeal(board, case, member)
    mine = member in case.interested or "chair" in board.members[member]
    if case.status == "draft" and mine:
        yield Duty("freeze", case.id)
    if case.status == "ready" and "chair" in board.members[member]:
        yield Duty("open", case.id)


def _in_review(case: Case, member: str, at: str) -> Iterator[Duty]:
    if case.status != "in_review" or case.review is None:
        return
    due = case.review.deadline
    if member in eligible(case) and member not in {ballot.member for ballot in in_force(case)}:
        yield Duty("vote", case.id, due=due, late=due < at)
    if is_chair(case, member) and not standing(case).missing:
        yield Duty("decide", case.id, due=due, late=due < at)
    for name, comment in case.comments.items():
        if comment.stops and (member == comment.author or member in case.interested or is_chair(case, member)):
            yield Duty("answer", case.id, name, due, due < at)


def _conditions(board: BoardState, case: Case, member: str, at: str) -> Iterator[Duty]:
    if case.status not in {"conditional", "approved", "suspended"}:
        return
    for name, item in case.conditions.items():
        due = item.condition.due
        if item.accepted_by:
            continue
        if item.submitted_by:
            if member in board.board and member not in case.interested | item.submitters:
                yield Duty("accept", case.id, name, due, due < at)
        elif item.condition.owner == member:
            yield Duty("fulfil", case.id, name, due, due < at)


def _decided(board: BoardState, case: Case, member: str, at: str) -> Iterator[Duty]:
    concerned = member in case.interested or "chair" in board.members[member]
    if not concerned or case.decision is None:
        return
    if case.status == "suspended":
        yield Duty("suspended", case.id)
    ends = case.decision.expires_at
    if case.status in {"approved", "conditional"} and ends < _later(at, SOON):
        yield Duty("expires", case.id, due=ends, late=ends < at)


def _appeal(board: BoardState, case: Case, member: str) -> Iterator[Duty]:
    """Yield the ruling that waits for a member, or, for a chair, that nobody can give one yet."""
    if case.appeal is None:
        return
    asked = to_sign(board, case)
    if member in asked:
        yield Duty("rule", case.id, case.appeal.body.appeal)
    if not asked and "chair" in board.members[member]:
        yield Duty("panel", case.id, case.appeal.body.appeal)


def _later(at: str, by: timedelta) -> str:
    return (datetime.fromisoformat(at) + by).strftime("%Y-%m-%dT%H:%M:%SZ")
