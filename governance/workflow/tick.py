"""What the clock has caused: expired reviews and approvals, conditions overdue. Written once, whatever the number of processes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Event
from typing import Final

from governance.errors import GovernanceError
from governance.review import events
from governance.review.expiry import caused_by_time
from governance.review.machine import apply
from governance.review.state import Entry
from governance.workflow import places
from governance.workflow.board import state_inside, time_of_act
from storage.errors import StorageError
from storage.ledger.envelope import rfc3339
from storage.workspace import Workspace

LOG: Final = logging.getLogger("countersign.tick")
HOUR: Final = 3600.0


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


def keep_time(stop: Event, every: float = HOUR) -> None:
    """Tick now and then every `every` seconds until `stop` is set; what hinders it is logged and tried again.

    The app runs this beside the screens, so that a server that is never restarted notices the end of an approval too.
    """
    while True:
        try:
            for item in tick(places.current()) if places.exists() else ():
                LOG.info("time caused %s in %s (entry %d)", item.event, item.case, item.index)
        except (GovernanceError, StorageError) as error:
            LOG.warning("what time has caused could not be recorded: %s", error)
        if stop.wait(every):
            return
