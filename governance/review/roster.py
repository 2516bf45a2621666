"""Who sits on the board, who may vote on a case, and who must step aside."""

from __future__ import annotations

from governance.review import events
from governance.review.state import BoardState, Case, Entry, require


def roster(board: BoardState) -> tuple[events.Seat, ...]:
    """Return every current member of the board with all their roles: the roster of a review opened now."""
    return tuple(events.Seat(who, tuple(board.members[who])) for who in board.board)  # type: ignore[arg-type]


def recusals(board: BoardState, case: Case) -> tuple[events.Recusal, ...]:
    """Return who on the board must step aside because the case is theirs, each with the reason in words."""
    body = case.body
    why = {
        body.sponsor: "sponsor of the case",
        body.developer: "developer of the model",
        body.owner: "owner of the model",
    }
    return tuple(events.Recusal(who, why[who]) for who in board.board if who in why)


def seats(case: Case) -> dict[str, tuple[str, ...]]:
    """Return the members of the open round with their roles; empty before a review was opened."""
    return {seat.member: seat.roles for seat in case.review.roster} if case.review else {}


def aside(case: Case) -> frozenset[str]:
    """Return who has stepped aside in the open round: recused at its opening, or by their own declaration."""
    opened = {item.member for item in case.review.recused} if case.review else set()
    return frozenset(opened | {who for who, conflict in case.conflicts.items() if conflict})


def eligible(case: Case) -> tuple[str, ...]:
    """Return who may vote in the open round, by id."""
    return tuple(sorted(set(seats(case)) - aside(case)))


def require_seat(board: BoardState, case: Case, entry: Entry) -> None:
    """Raise RuleError unless the actor has a seat in the open round, is still a member and has not stepped aside."""
    require(
        entry.actor in seats(case) and entry.actor in board.members,
        f"{entry.actor} is not on the roster of round {case.review.round if case.review else 0}.",
        "The roster was fixed when the review was opened.",
    )
    require(
        entry.actor not in aside(case),
        f"{entry.actor} has stepped aside in this case.",
        "Owner, developer, sponsor and members with a conflict of interest do not take part.",
    )


def is_chair(case: Case, who: str) -> bool:
    """Say whether `who` chairs the open round and has not stepped aside."""
    return "chair" in seats(case).get(who, ()) and who not in aside(case)
