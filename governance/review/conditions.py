"""Conditions of an approval: shown to be fulfilled, accepted by somebody else, or overdue."""

from __future__ import annotations

from dataclasses import replace

from governance.review import events
from governance.review.roster import aside, seats
from governance.review.state import BoardState, Case, ConditionStanding, Entry, require, require_status, with_item


def submit(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after condition.submitted.

    Raises:
        RuleError: not under conditions, no such open condition, somebody else's name, or evidence that was never recorded.
    """
    body: events.ConditionSubmitted = entry.body
    standing = _open(case, body.condition)
    require(body.by == entry.actor, f"{entry.actor} cannot submit in the name of {body.by}.")
    require(body.by in board.members, f"{body.by} is not a member.")
    strange = [digest for digest in body.evidence if digest not in board.recorded]
    require(not strange, f"Evidence {', '.join(strange[:3])} was never recorded.", "Record it first.")
    return _with(case, replace(standing, submitted_by=entry.actor, submitters=standing.submitters | {entry.actor}))


def accept(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after condition.accepted; with every blocking condition accepted it is approved.

    Raises:
        RuleError: nothing was submitted, the accepter submitted it or has an interest, or has no seat on the board.
    """
    body: events.ConditionAccepted = entry.body
    standing = _open(case, body.condition)
    require(body.by == entry.actor, f"{entry.actor} cannot accept in the name of {body.by}.")
    require(bool(standing.submitted_by), f"Nobody has submitted condition {body.condition} yet.")
    require(entry.actor not in standing.submitters, "Whoever submits a condition does not accept it.")
    require(
        entry.actor in seats(case) and entry.actor in board.members and entry.actor not in aside(case),
        f"{entry.actor} has no vote in this case.",
        "A member of the review's roster without an interest or a declared conflict accepts conditions.",
    )
    done = _with(case, replace(standing, accepted_by=entry.actor))
    waiting = [item for item in done.conditions.values() if item.condition.blocking and not item.accepted_by]
    return replace(done, status="approved") if done.status == "conditional" and not waiting else done


def accept_hindrance(board: BoardState, case: Case, name: str, member: str) -> str:
    """Return, in words, why `member` cannot accept a condition; "" when they can."""
    found = case.conditions.get(name)
    if found is None or not found.submitted_by:
        return "Nobody has said yet that it is fulfilled."
    if member in found.submitters:
        return "You submitted it: somebody else accepts it."
    if member not in seats(case) or member not in board.members or member in aside(case):
        return "A member of this review without an interest or a declared conflict accepts it."
    return ""


def due(case: Case, time: str) -> tuple[str, ...]:
    """Return the conditions whose day has passed at `time` without being accepted or noted as overdue."""
    if case.status not in ("conditional", "approved"):
        return ()
    return tuple(
        name
        for name, item in case.conditions.items()
        if item.condition.due < time and not item.accepted_by and not item.overdue
    )


def overdue(case: Case, entry: Entry) -> Case:
    """Return the suspended case after condition.overdue.

    Raises:
        RuleError: the condition is not due, or accepted.
    """
    body: events.ConditionOverdue = entry.body
    standing = _open(case, body.condition)
    require(body.condition in due(case, entry.time), f"Condition {body.condition} is not overdue.")
    return replace(_with(case, replace(standing, overdue=True)), status="suspended")


def _open(case: Case, name: str) -> ConditionStanding:
    require_status(case, "a condition", "conditional", "approved")
    found = case.conditions.get(name)
    require(found is not None and not found.accepted_by, f"There is no open condition {name}.")
    assert found is not None
    return found


def _with(case: Case, standing: ConditionStanding) -> Case:
    return replace(case, conditions=with_item(case.conditions, standing.condition.id, standing))
