"""What members do while a review is open: declare conflicts, comment, vote."""

from __future__ import annotations

from dataclasses import replace

from governance.language import mark
from governance.review import events
from governance.review.roster import eligible, is_chair, require_seat, seats
from governance.review.state import Ballot, BoardState, Case, Comment, Entry, require, require_status, with_item


def declare(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after conflict.declared; a declared conflict voids an earlier vote and is final for the round.

    Raises:
        RuleError: not in review, not on the roster, stepped aside already, somebody else's declaration, or too late.
    """
    body: events.ConflictDeclared = entry.body
    require_status(case, "a declaration", "in_review")
    require_seat(board, case, entry)
    require(body.member == entry.actor, f"{entry.actor} cannot declare for {body.member}.")
    _require_in_time(case, entry)
    return replace(case, conflicts=with_item(case.conflicts, entry.actor, body.conflict))


def comment(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after comment.added.

    Raises:
        RuleError: not in review, no seat, the id is taken, or the comment replied to does not exist.
    """
    body: events.CommentAdded = entry.body
    require_status(case, "a comment", "in_review")
    require_seat(board, case, entry)
    name = f"comment {body.comment}"
    require(name not in case.used, f"Comment {body.comment} exists already.")
    require(
        body.reply_to is None or body.reply_to in case.comments, f"There is no comment {body.reply_to} to reply to."
    )
    comments = with_item(case.comments, body.comment, Comment(entry.actor, entry.index, body))
    return replace(case, comments=comments, used=case.used | {name})


def resolve(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after comment.resolved.

    Raises:
        RuleError: not in review, no such open comment, or the actor is neither its author nor the chair.
    """
    body: events.CommentResolved = entry.body
    require_status(case, "resolving a comment", "in_review")
    require_seat(board, case, entry)
    found = case.comments.get(body.comment)
    require(found is not None and not found.resolved_by, f"There is no open comment {body.comment}.")
    assert found is not None
    require(
        entry.actor == found.author or is_chair(case, entry.actor),
        f"{entry.actor} neither wrote comment {body.comment} nor chairs the review.",
        "Its author or the chair resolves it.",
    )
    return replace(case, comments=with_item(case.comments, body.comment, replace(found, resolved_by=entry.actor)))


def vote_hindrances(board: BoardState, case: Case, member: str, time: str) -> tuple[str, ...]:
    """Return, in words, why `member` cannot vote at `time`; empty when they can."""
    if case.status != "in_review" or case.review is None:
        return (mark("The case is not in review."),)
    if member in case.interested:
        return (mark("You have stepped aside: owner, developer and sponsor never vote on what is theirs."),)
    if member not in seats(case) or member not in board.members:
        return (mark("You are not on the roster of this review."),)
    if case.conflicts.get(member) or member in {item.member for item in case.review.recused}:
        return (mark("You have stepped aside in this case."),)
    found = []
    if member not in case.conflicts:
        found.append(mark("Declare first whether you have a conflict of interest."))
    if time > case.review.deadline:
        found.append(f"Voting closed at {case.review.deadline}.")
    return tuple(found)


def judges_alone(board: BoardState, case: Case, member: str, time: str) -> bool:
    """Say whether screens keep the others' votes from `member`, so that they judge by themselves: until their own is cast.

    A rule of display, not of secrecy: the ledger holds every vote openly, and somebody who has no vote sees them at once.
    """
    if case.status != "in_review" or case.review is None:
        return False
    waiting = member in eligible(case) and member in board.members and member not in case.interested
    return waiting and member not in case.ballots and time <= case.review.deadline


def vote(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after vote.cast; a later vote of the same member replaces the earlier one.

    Raises:
        RuleError: the member may not vote now, the ballot names other evidence or another round, a reason is missing, or its
            conditions do not fit.
    """
    body: events.VoteCast = entry.body
    require_status(case, "a vote", "in_review")
    require_seat(board, case, entry)
    hindrances = vote_hindrances(board, case, entry.actor, entry.time)
    require(not hindrances, f"{entry.actor} cannot vote. " + " ".join(hindrances))
    assert case.review is not None
    require(
        (body.bundle, body.round) == (case.bundle, case.review.round),
        "The ballot is about other evidence or another round than the one under review.",
        "Read the frozen evidence again and vote on it.",
    )
    require(body.vote == "approve" or body.rationale is not None, f"A vote {body.vote!r} needs a reason.")
    _require_conditions(case, entry)
    require(
        body.meaning == events.MEANINGS[body.vote], f"The meaning of the signature is not that of a vote {body.vote!r}."
    )
    return replace(case, ballots=with_item(case.ballots, entry.actor, Ballot(entry.actor, entry.index, body)))


def _require_conditions(case: Case, entry: Entry) -> None:
    body: events.VoteCast = entry.body
    require(
        bool(body.conditions) == (body.vote == "approve_with_conditions"),
        "Conditions belong to the vote 'approve with conditions', which has at least one.",
    )
    names = [item.id for item in body.conditions]
    others = {item.id for who, paper in case.ballots.items() if who != entry.actor for item in paper.body.conditions}
    require(
        len(set(names)) == len(names)
        and not set(names) & others
        and not {f"condition {name}" for name in names} & case.used,
        "A condition's id is used twice.",
        "Begin it with your own id.",
    )
    late = [item.id for item in body.conditions if item.due <= entry.time]
    require(not late, f"Condition {', '.join(late)} would be due before the vote.")


def _require_in_time(case: Case, entry: Entry) -> None:
    assert case.review is not None
    require(entry.time <= case.review.deadline, f"Voting closed at {case.review.deadline}.")
