"""Act under the rules of the board: read the state inside the lock, check the act, sign it, record it, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, TypeAlias

from governance.evidence import RuleError
from governance.review import BoardState, Entry, apply, entry_of, events
from governance.review.subjects import subjects
from governance.workflow.workspace import snapshots
from governance.workflow.workspace.acting import GUEST, OPERATOR, Acting, require_act
from governance.workflow.workspace.clock import time_of_entry
from governance.workflow.workspace.snapshots import Reached
from storage import UnitOfWork, Views, Workspace
from storage.ledger import Record, Signer, Subject
from storage.times import rfc3339

Make: TypeAlias = Callable[[UnitOfWork, BoardState, str], events.Body]
"""(unit, state before the act, time of the act) -> the body of its entry."""


_states: dict[str, Reached] = {}
"""Workspace -> how far it was replayed; the next replay goes on there."""
PART: Final = 5000
"""Entries that are read at once while a ledger is replayed."""
_one_at_a_time: Final = threading.Lock()
"""Visitors who come while a long ledger is replayed wait for it, in place of replaying it too."""


class BrokenRecordError(RuleError):
    """An entry that is signed and stands in the ledger breaks the rules: nothing can be decided on it any more."""


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
    with _one_at_a_time:
        found = _continued(workspace, workspace.read())
    if reached := _states.get(str(workspace.root)):
        snapshots.keep_soon(workspace, reached)
    return found


def state_inside(workspace: Workspace, unit: UnitOfWork) -> BoardState:
    """Return where the board stands, read with the right to write in hand, so that nothing changes before the act."""
    return _continued(workspace, unit)


def _continued(workspace: Workspace, source: Views | UnitOfWork) -> BoardState:
    """Return the state after the last line: on from what this process remembers, else from the snapshot, else from the first line.

    A copy that was put back has another entry in the place of the last one that was seen, and is replayed from its first line.
    """
    place = str(workspace.root)
    known = _states.get(place) or _kept(workspace, source)
    parts = _parts(source, known.seen - 1 if known else 0)
    records = next(parts, ())
    if known and records[:1] == (known.last,):
        found, records = known.state, records[1:]
    elif known:
        found, records, parts = BoardState(), (), _parts(source, 0)
    else:
        found = BoardState()
    last = None
    for part in chain((records,), parts):
        found = _after(part, found)
        last = part[-1] if part else last
    if last:
        _states[place] = Reached(found.next_index, last, found)
    elif known:
        _states.setdefault(place, known)
    return found


def _parts(source: Views | UnitOfWork, start: int) -> Iterator[tuple[Record, ...]]:
    """Give the records from a place on, part by part: a long ledger is never held in memory as a whole."""
    while records := source.entries(offset=start, limit=PART):
        yield records
        start += len(records)


def _kept(workspace: Workspace, source: Views | UnitOfWork) -> Reached | None:
    """Return how far the snapshot that lies beside the database reaches, None where none can be believed."""
    found = snapshots.found(workspace)
    if found is None:
        return None
    seen, state = found
    last = source.entries(offset=seen - 1, limit=1)
    return Reached(seen, last[0], state) if last else None


def _after(records: Iterable[Record], found: BoardState) -> BoardState:
    """Return the state after stored entries.

    Raises:
        BrokenRecordError: one of them breaks the rules.
    """
    for record in records:
        try:
            found = apply(found, entry(record))
        except RuleError as error:
            raise BrokenRecordError(
                f"Entry {record.index} of the ledger breaks the rules: {error.what}",
                "Somebody wrote past the rules. `countersign ledger check` names it; export the whole ledger for an auditor.",
            ) from error
    return found


def act(
    workspace: Workspace,
    make: Make,
    *,
    actor: Acting | None = None,
    case: str | None = None,
    signer: Signer | None = None,
) -> int:
    """Record one act and return its index in the ledger.

    Raises:
        RuleError: the rules do not allow it; nothing was recorded.
        CountersignError: it could not be written; nothing was recorded.
    """
    return acts(workspace, (make,), actor=actor, case=case, signer=signer)


def acts(
    workspace: Workspace,
    makes: Sequence[Make],
    *,
    actor: Acting | None = None,
    case: str | None = None,
    signer: Signer | None = None,
) -> int:
    """Record several acts in one transaction, each under the rules as the one before it left them; return the last index.

    Args:
        workspace: where.
        makes: what is done, in order.
        actor: the person for whom the record key signs; None where `signer` does.
        case: id of the case.
        signer: the unlocked key of whoever acts; the root key acts in the name of the service.

    Raises:
        RuleError: the rules do not allow one of them, or the actor is no member; nothing was recorded.
        RefusedInputError: a body that the format of the ledger does not allow; nothing was recorded.
        CountersignError: it could not be written; nothing was recorded.
    """
    who = actor or _owner(signer)
    state(workspace)  # replays what is to be replayed before the right to write is taken, and once for all who wait
    with workspace.write() as unit:
        before = state_inside(workspace, unit)
        require_act(before, who)
        for make in makes:
            at = time_of_entry(workspace, before.time)
            new = Entry(unit.size, rfc3339(at), case, who.id, make(unit, before, rfc3339(at)))
            before = apply(before, new)
            append(unit, before, new, signer)
        unit.commit()
    return new.index


def _owner(signer: Signer | None) -> Acting:
    """Return who acts with an unlocked key: its owner, or the service for the root key; nobody acts without one."""
    if signer is None:
        return GUEST
    return OPERATOR if signer.owner == "root" else Acting(signer.owner, "passphrase")


def remark(workspace: Workspace, unit: UnitOfWork, words: str, *, actor: Acting, at: datetime) -> int:
    """Append to a unit a remark on its last entry, under the rules; return the index of the remark."""
    said = events.CorrectionNoted(unit.size - 1, events.TextRef(**unit.text(words)))
    new = Entry(unit.size, rfc3339(at), None, actor.id, said)
    append(unit, apply(state_inside(workspace, unit), new), new)
    return new.index


def append(unit: UnitOfWork, after: BoardState, new: Entry, signer: Signer | None = None) -> None:
    """Write an entry that the rules allow, with the subject that it has in the state after it."""
    unit.append(
        events.name_of(new.body),
        events.encode_body(new.body),
        actor=new.actor,
        case=new.case,
        signer=signer,
        subjects=[Subject(name, digest) for name, digest in subjects(after, new)],
        at=datetime.fromisoformat(new.time),
    )
