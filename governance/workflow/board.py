"""Act under the rules of the board: read the state inside the lock, check the act, sign it, record it, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from governance.review import events
from governance.review.machine import apply, replay
from governance.review.state import BoardState, Entry, entry_of
from governance.workflow.clock import now
from storage.ledger.envelope import Signer, Subject, rfc3339
from storage.ledger.record import Record
from storage.unit_of_work import UnitOfWork
from storage.workspace import Workspace

Make: TypeAlias = Callable[[UnitOfWork, BoardState, str], events.Body]
"""(unit, state before the act, time of the act) -> the body of its entry."""

_states: dict[str, tuple[int, BoardState]] = {}
"""Workspace -> (entries replayed, state): the ledger only grows, so a replay goes on where the last one ended."""


def entry(record: Record) -> Entry:
    """Return a stored record as the rules see it."""
    return entry_of(
        {
            "type": record.type,
            "index": record.index,
            "time": record.time,
            "case": record.case,
            "actor": record.actor,
            "body": record.body,
        }
    )


def state(workspace: Workspace) -> BoardState:
    """Return where the board stands now, replayed from the ledger."""
    place = str(workspace.root)
    seen, known = _states.get(place, (0, BoardState()))
    return _remember(place, seen, known, workspace.read().entries(offset=seen))


def _remember(place: str, seen: int, known: BoardState, records: Sequence[Record]) -> BoardState:
    found = replay((entry(record) for record in records), known)
    _states[place] = (seen + len(records), found)
    return found


def state_inside(workspace: Workspace, unit: UnitOfWork) -> BoardState:
    """Return where the board stands, read with the right to write in hand, so that nothing changes before the act."""
    place = str(workspace.root)
    seen, known = _states.get(place, (0, BoardState()))
    if seen > unit.size:
        seen, known = 0, BoardState()
    return _remember(place, seen, known, unit.entries(offset=seen))


def act(
    workspace: Workspace,
    make: Make,
    *,
    actor: str,
    case: str | None = None,
    signer: Signer | None = None,
    subjects: Sequence[Subject] = (),
) -> int:
    """Record one act and return its index in the ledger.

    Raises:
        RuleError: the rules do not allow it; nothing was recorded.
        StorageError: it could not be written; nothing was recorded.
    """
    with workspace.write() as unit:
        before = state_inside(workspace, unit)
        at = time_of_act(before.time)
        body = make(unit, before, rfc3339(at))
        apply(before, Entry(unit.size, rfc3339(at), case, actor, body))
        done = unit.append(
            events.name_of(body),
            events.encode_body(body),
            actor=actor,
            case=case,
            signer=signer,
            subjects=subjects,
            at=at,
        )
        unit.commit()
    return done.index


def time_of_act(time: str) -> datetime:
    """Return the time of an act: now, or the time of the last entry when a clock went back."""
    last = datetime.fromisoformat(time) if time else now() - timedelta(days=1)
    return max(now(), last)
