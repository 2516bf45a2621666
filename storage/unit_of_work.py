"""One act and its records: everything in a unit of work is written together, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from storage import texts
from storage.blobs import Blobs
from storage.errors import RefusedError, StorageError
from storage.ledger import log
from storage.ledger.authority import objection
from storage.ledger.canonical import JsonValue
from storage.ledger.envelope import Signer, Statement, Subject, rfc3339, seal, subjects_or_ledger
from storage.ledger.events import checked_body
from storage.ledger.log import SignedCheckpoint
from storage.ledger.record import Record, read_record
from storage.projections import apply, project
from storage.selection import history, last_time, select_records
from storage.tables import KeyRow, table_of

KEY = table_of(KeyRow)
CHECKPOINT_SHARE: Final = 64
"""A commit signs a checkpoint once the ledger has grown by a 64th since the last: all lines are hashed again for each, and
so the work for one record stays the same however long the ledger is. `Workspace.checkpoint()` signs at once."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a record stands; durable once the unit is committed."""

    index: int
    """Place in the ledger, from 0."""
    leaf: bytes
    """Its leaf hash, 32 bytes."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did."""

    size: int
    """How many lines the ledger has; every one of them is durable."""
    checkpointed: int
    """How many of them the last signed checkpoint covers."""
    problem: str | None = None
    """Why no checkpoint could be signed although one was due; the records themselves are safe."""


class UnitOfWork:
    """The right to write, held alone from the first read to the commit.

    Rules of the board read `entries` or `history` here, so that nothing changes between the check and the record.
    """

    def __init__(
        self,
        connection: Connection,
        origin: str,
        blobs: Blobs,
        record_signer: Callable[[str], Signer],
        sign_checkpoint: Callable[[Connection], SignedCheckpoint],
    ) -> None:
        self._connection = connection
        self._record_signer = record_signer
        self._sign_checkpoint = sign_checkpoint
        self._size = log.size(connection)
        self._last_time = last_time(connection)
        self._open = True
        self.origin = origin
        self.blobs = blobs

    @property
    def size(self) -> int:
        """How many lines the ledger has, with those of this unit: the index of the next record."""
        return self._size

    def append(
        self,
        event: str,
        body: Mapping[str, JsonValue],
        *,
        actor: str,
        at: datetime,
        case: str | None = None,
        subjects: Sequence[Subject] = (),
        signer: Signer | None = None,
    ) -> Appended:
        """Sign and store one record; without `signer` the service's record key signs.

        The record's time is `at`, or that of the record above it when a clock went back: times in a ledger never do.

        Raises:
            RefusedError: an unknown event, a body without exactly its event's fields, a float, or a key that may not
                sign this record.
            DamagedError: the record key is missing or damaged, or the database refuses.
        """
        checked = checked_body(event, body)
        key = signer or self._record_signer(self._live_record_key())
        self._refuse_wrong_key(event, actor, key, waives=bool(checked.get("waivers")))
        statement = Statement(
            type=event,
            origin=self.origin,
            index=self._size,
            time=max(rfc3339(at), self._last_time),
            case=case,
            actor=actor,
            body=checked,
            subjects=subjects_or_ledger(subjects, self.origin),
        )
        line = seal(statement, key)
        leaf = log.append(self._connection, self._size, line)
        apply(self._connection, project(read_record(line)))
        self._size += 1
        self._last_time = statement.time
        return Appended(self._size - 1, leaf)

    def text(self, words: str) -> dict[str, str]:
        """Store a text beside the ledger and return the reference for a record's body."""
        return texts.keep(self._connection, words)

    def erase_text(self, digest: str) -> bool:
        """Forget a text; return whether there was one. Records that name it stay valid."""
        return texts.erase(self._connection, digest)

    def entries(self, case: str | None = None, types: Sequence[str] = (), offset: int = 0) -> tuple[Record, ...]:
        """Return records in order: all, or those of one case, or of some types; without the first `offset` of them."""
        return select_records(self._connection, case=case, types=types, offset=offset)

    def history(self, case: str) -> tuple[Record, ...]:
        """Return what the rules of a case look at: its records, and all about keys, members and the charter."""
        return history(self._connection, case)

    def commit(self) -> Committed:
        """Sign a checkpoint if one is due, and make everything of this unit durable.

        When this returns, the records are on disk. A checkpoint that cannot be signed does not hold up the act: the
        records are kept without it, and the answer says why.
        """
        if not self._open:
            raise RefusedError("This unit of work is closed.", "Begin a new one.")
        covered, problem = self._checkpoint_if_due()
        self._connection.commit()
        self._open = False
        return Committed(self._size, covered, problem)

    def _checkpoint_if_due(self) -> tuple[int, str | None]:
        covered = log.last_size(self._connection)
        if self._size - covered < max(1, self._size // CHECKPOINT_SHARE):
            return covered, None
        attempt = self._connection.begin_nested()
        try:
            covered = self._sign_checkpoint(self._connection).checkpoint.size
        except StorageError as error:
            attempt.rollback()
            return covered, str(error)
        attempt.commit()
        return covered, None

    def _live_record_key(self) -> str:
        live = select(KEY.c.keyid).where(KEY.c.purpose == "record", KEY.c.revoked.is_(None))
        found = self._connection.execute(live.order_by(KEY.c.idx.desc()).limit(1)).scalar()
        if found is None:
            raise RefusedError("The ledger names no live record key.", "Add one: countersign key add --record.")
        return str(found)

    def _refuse_wrong_key(self, event: str, actor: str, signer: Signer, *, waives: bool) -> None:
        if event == "ledger.created":
            if self._size:
                raise RefusedError("The ledger exists already.", "ledger.created is its first record.")
            return
        live = select(KEY.c.owner, KEY.c.purpose).where(KEY.c.keyid == signer.keyid, KEY.c.revoked.is_(None))
        found = self._connection.execute(live).first()
        if found is None:
            raise RefusedError(
                f"The key {signer.keyid[:16]} of {signer.owner} is not live in this ledger.",
                "A key must be added by a key.added record and not be revoked.",
            )
        problem = objection(event, actor, found.purpose, found.owner, waives=waives)
        if problem is not None:
            raise RefusedError(f"The record {problem}.", "Unlock the key of whoever acts.")
