"""What the clock has caused: expired reviews and approvals, conditions overdue. Written once, whatever the number of processes."""

from __future__ import annotations

from dataclasses import dataclass

from governance.review import events
from governance.review.expiry import caused_by_time
from governance.review.machine import apply
from governance.review.state import Entry
from governance.workflow.board import state_inside, time_of_act
from storage.ledger.envelope import rfc3339
from storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Caused:
    """One event that time caused."""

    case: str
    event: str
    index: int
    """Place in the ledger."""


def tick(workspace: Workspace) -> tuple[Caused, ...]:
    """Record every event that time has caused and nobody has recorded, all in one transaction, and return them.

    Two processes that tick at once take turns at the lock; the second finds nothing left to do.
    """
    done: list[Caused] = []
    with workspace.write() as unit:
        board = state_inside(workspace, unit)
        at = time_of_act(board.time)
        while found := caused_by_time(board, rfc3339(at)):
            for case, body in found:
                entry = Entry(unit.size, rfc3339(at), case, events.SERVICE, body)
                board = apply(board, entry)
                name = events.name_of(body)
                appended = unit.append(name, events.encode_body(body), actor=events.SERVICE, case=case, at=at)
                done.append(Caused(case, name, appended.index))
        if done:
            unit.commit()
    return tuple(done)
