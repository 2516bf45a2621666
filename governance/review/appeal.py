"""Appeals: other members than the first deciders look again, and all of them sign the ruling."""

from __future__ import annotations

from dataclasses import replace

from governance.review import events
from governance.review.state import DECIDED, Appeal, BoardState, Case, Entry, require, require_status

MIN_PANEL = 2


def file(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after appeal.filed; its status stays until the panel has ruled.

    Raises:
        RuleError: nothing is decided yet, an appeal is open, or it is filed in somebody else's name.
    """
    body: events.AppealFiled = entry.body
    require_status(case, "an appeal", *DECIDED)
    require(case.decision is not None, "No decision has been recorded that could be appealed.")
    require(case.appeal is None, "An appeal is open already.")
    require(body.by == entry.actor and entry.actor in board.members, f"{entry.actor} cannot appeal in this name.")
    return replace(case, appeal=Appeal(body))


def panel(board: BoardState, case: Case) -> tuple[str, ...]:
    """Return who may sit on the panel: board members without an interest who did not decide the case at first."""
    return tuple(who for who in board.board if who not in case.deciders | case.interested)


def decide(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after one panel member's appeal.decided; the ruling holds once all of the panel have signed it.

    Raises:
        RuleError: no such appeal, the panel is too small or not independent, the actor is not on it or has signed, or the
            words differ from those that others have signed.
    """
    body: events.AppealDecided = entry.body
    require_status(case, "a ruling", *DECIDED)
    require(
        case.appeal is not None and case.appeal.body.appeal == body.appeal, f"There is no open appeal {body.appeal}."
    )
    assert case.appeal is not None
    members = set(body.panel)
    require(len(members) == len(body.panel) >= MIN_PANEL, f"A panel has at least {MIN_PANEL} different members.")
    require(
        members <= set(panel(board, case)),
        "The panel must be board members who did not decide the case and have no interest in it.",
    )
    require(entry.actor in members - case.appeal.signed, f"{entry.actor} is not on the panel, or has signed already.")
    require(case.appeal.ruling in (None, body), "The panel's members sign the same words.")
    signed = case.appeal.signed | {entry.actor}
    if signed != members:
        return replace(case, appeal=Appeal(case.appeal.body, body, signed))
    approving = body.outcome in ("approved", "conditional")
    return replace(case, status=body.outcome, appeal=None, approvers=signed if approving else case.approvers)
