"""What time and monitoring cause: reviews without a quorum, approvals at their end, alerts."""

from __future__ import annotations

from dataclasses import replace

from governance.review import events
from governance.review.ballot import standing
from governance.review.conditions import due
from governance.review.decision import end_of
from governance.review.state import BoardState, Case, Entry, require, require_status

SUSPENDING_STATE = "confirmed"


def review_has_expired(case: Case, time: str) -> bool:
    """Say whether the deadline has passed at `time` with too few votes for a decision."""
    return (
        case.status == "in_review"
        and case.review is not None
        and time > case.review.deadline
        and not standing(case).complete
    )


def approval_has_expired(case: Case, time: str) -> bool:
    """Say whether an approval has reached its end at `time`."""
    return case.status in ("approved", "conditional") and case.decision is not None and time >= end_of(case)


def close_review(case: Case, entry: Entry) -> Case:
    """Return the deferred case after review.expired.

    Raises:
        RuleError: not in review, another round, before the deadline, or enough votes are in.
    """
    body: events.ReviewExpired = entry.body
    require_status(case, "expiry of a review", "in_review")
    assert case.review is not None
    require(body.round == case.review.round, f"The open round is {case.review.round}, not {body.round}.")
    require(
        review_has_expired(case, entry.time),
        "The review has not expired.",
        "It expires after its deadline when the quorum or a required role is missing.",
    )
    return replace(case, status="deferred")


def end_approval(case: Case, entry: Entry) -> Case:
    """Return the suspended case after approval.expired.

    Raises:
        RuleError: there is no approval that has reached its end.
    """
    body: events.ApprovalExpired = entry.body
    require_status(case, "expiry of an approval", "approved", "conditional")
    require(
        approval_has_expired(case, entry.time) and case.decision is not None and body.round == case.decision.round,
        "The approval has not reached its end.",
    )
    return replace(case, status="suspended")


def suspends(case: Case, alert: events.MonitoringAlert) -> bool:
    """Say whether an alert suspends this case: it is confirmed, and about a model that the case approved."""
    return (
        alert.state == SUSPENDING_STATE
        and alert.model in case.body.models
        and case.status in ("approved", "conditional")
    )


def caused_by_time(board: BoardState, time: str) -> tuple[tuple[str, events.Body], ...]:
    """Return (case id, body) of the events that the clock at `time` has caused and nobody has recorded yet."""
    found: list[tuple[str, events.Body]] = []
    for name, case in board.cases.items():
        late = due(case, time)
        if review_has_expired(case, time) and case.review is not None:
            found.append((name, events.ReviewExpired(case.review.round)))
        elif approval_has_expired(case, time) and case.decision is not None:
            found.append((name, events.ApprovalExpired(case.decision.round)))
        elif late:
            found.append((name, events.ConditionOverdue(late[0])))
    return tuple(found)
