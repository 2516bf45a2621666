"""What the clock has caused: expired reviews and approvals, conditions overdue. Written once, whatever the number of processes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

from governance.evidence import CountersignError
from governance.review import Entry, apply, edition_of, events
from governance.workflow.workspace import append, clock, current_workspace, state, state_inside
from storage import Workspace
from storage.times import rfc3339

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

    Two processes that tick at once take turns at the lock; the second finds nothing left to do. Alerts about served answers that a process
    recorded and did not live to tell are told first, for they suspend.

    Raises:
        RuleError: something is due by a clock that jumped; nothing was recorded.
    """
    from governance.workflow.serving import attestation

    attestation.untold(workspace)
    done: list[Caused] = []
    state(workspace)  # replays what is to be replayed before the right to write is taken
    with workspace.write() as unit:
        board = state_inside(workspace, unit)
        at = max(clock.now(), datetime.fromisoformat(board.time)) if board.time else clock.now()
        while found := edition_of(board.edition).caused_by_time(board, rfc3339(at)):
            clock.require_right(workspace, unit.last_time)
            for case, body in found:
                entry = Entry(unit.size, rfc3339(at), case, events.SERVICE, body)
                board = apply(board, entry)
                append(unit, board, entry)
                done.append(Caused(case, events.name_of(body), entry.index))
        if done:
            unit.commit()
    return tuple(done)


def keep_time(stop: Event, every: float = HOUR) -> None:
    """Tick now and then every `every` seconds until `stop` is set; what hinders it is logged and tried again.

    The app runs this beside the screens, so that a server that is never restarted notices the end of an approval too.
    """
    while True:
        try:
            for item in tick(current_workspace.current()) if current_workspace.exists() else ():
                LOG.info("time caused %s in %s (entry %d)", item.event, item.case, item.index)
        except CountersignError as error:
            LOG.warning("what time has caused could not be recorded: %s", error)
        if stop.wait(every):
            return
