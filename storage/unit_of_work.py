"""One act and its records: everything in a unit of work is written together, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from storage import log, operations, registry_views, texts
from storage.blobs import Blobs
from storage.entities import RecordedEvidence
from storage.errors import CountersignError, RefusedInputError
from storage.ledger import (
    SERVICE,
    SIGNERS,
    PublicKey,
    Record,
    Signer,
    Statement,
    Subject,
    Verifier,
    checked_body,
    objection,
    read_record,
    seal,
    subjects_or_ledger,
    takes_responsibility,
)
from storage.ledger.canonical import JsonValue, decode_base64, sha256
from storage.links import previous
from storage.log import SignedCheckpoint
from storage.projections import apply, project
from storage.selection import history, last_time, select_records
from storage.tables import KeyRow, MemberRow, table_of
from storage.times import rfc3339

KEY, MEMBER = table_of(KeyRow), table_of(MemberRow)
P256_BYTES: Final = 91
"""Length of a P-256 key in DER; its point begins at byte 27."""
CHECKPOINT_SHARE: Final = 64
"""A commit signs a checkpoint once the ledger has grown by a 64th since the last: all lines are hashed again for each, and
so the work for one record stays the same however long the ledger is. `Workspace.checkpoint()` signs at once."""


def _number_of(public_key: str) -> bytes:
    """Return what makes a key the key that it is: the x of a P-256 point (its y may be negated), all of an Ed25519 key."""
    spki = decode_base64(public_key)
    return spki[27:59] if len(spki) == P256_BYTES else spki


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

    @property
    def last_time(self) -> str:
        """Time of the last line, with those of this unit, RFC 3339; "" in an empty ledger."""
        return self._last_time

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
            RefusedInputError: an unknown event, a body without exactly its event's fields, a float, or a key that may not
                sign this record.
            RecordError: the record key is missing or damaged, or the database refuses.
        """
        checked = checked_body(event, body)
        key = signer or self._record_signer(self._live_record_key())
        self._refuse_wrong_key(event, actor, key, personal=takes_responsibility(checked))
        self._refuse_stranger(event, actor)
        if event == "key.added":
            self._refuse_known_key(checked)
        statement = Statement(
            type=event,
            origin=self.origin,
            index=self._size,
            time=max(rfc3339(at), self._last_time),
            case=case,
            actor=actor,
            body=checked,
            previous=previous(self._connection, event, checked, case),
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

    def entries(
        self, case: str | None = None, types: Sequence[str] = (), *, offset: int = 0, limit: int | None = None
    ) -> tuple[Record, ...]:
        """Return records in order: all, or those of one case, or of some types; without the first `offset`, at most `limit` of them."""
        return select_records(self._connection, case=case, types=types, offset=offset, limit=limit)

    def history(self, case: str) -> tuple[Record, ...]:
        """Return what the rules of a case look at: its records, and all about keys, members and the charter."""
        return history(self._connection, case)

    def evidence_of(self, key: str) -> RecordedEvidence | None:
        """Return the latest evidence of a run key, as nobody can change it before this unit is committed."""
        return registry_views.evidence_by(self._connection, "key", key)

    def end_run(self, run: str, state: str, at: datetime) -> None:
        """Note how a computation ended, together with what it found."""
        operations.finish(self._connection, run, state, at)

    def commit(self) -> Committed:
        """Sign a checkpoint if one is due, and make everything of this unit durable.

        When this returns, the records are on disk. A checkpoint that cannot be signed does not hold up the act: the
        records are kept without it, and the answer says why.
        """
        if not self._open:
            raise RefusedInputError("This unit of work is closed.", "Begin a new one.")
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
        except CountersignError as error:
            attempt.rollback()
            return covered, str(error)
        attempt.commit()
        return covered, None

    def _live_record_key(self) -> str:
        live = select(KEY.c.keyid).where(KEY.c.purpose == "record", KEY.c.revoked.is_(None))
        found = self._connection.execute(live.order_by(KEY.c.idx.desc()).limit(1)).scalar()
        if found is None:
            raise RefusedInputError("The ledger names no live record key.", "Add one: countersign key add --record.")
        return str(found)

    def _refuse_wrong_key(self, event: str, actor: str, signer: Signer, *, personal: bool) -> None:
        if event == "ledger.created":
            if self._size:
                raise RefusedInputError("The ledger exists already.", "ledger.created is its first record.")
            return
        live = select(KEY.c.owner, KEY.c.purpose).where(KEY.c.keyid == signer.keyid, KEY.c.revoked.is_(None))
        found = self._connection.execute(live).first()
        if found is None:
            raise RefusedInputError(
                f"The key {signer.keyid[:16]} of {signer.owner} is not live in this ledger.",
                "A key must be added by a key.added record and not be revoked.",
            )
        problem = objection(event, actor, found.purpose, found.owner, personal=personal)
        if problem is not None:
            raise RefusedInputError(f"The record {problem}.", "Unlock the key of whoever acts.")

    def _refuse_stranger(self, event: str, actor: str) -> None:
        """Refuse an actor who is neither the service nor a member now; what the root key signs is done by the service."""
        if actor == SERVICE:
            return
        sits = select(MEMBER.c.idx).where(MEMBER.c.member == actor, MEMBER.c.removed.is_(None))
        if SIGNERS[event] == "root" or self._connection.execute(sits.limit(1)).first() is None:
            raise RefusedInputError(
                f"The record's actor {actor!r} is no member of this ledger.", f"A member acts, or {SERVICE!r} does."
            )

    def _refuse_known_key(self, body: Mapping[str, JsonValue]) -> None:
        """Refuse a key under another's id, in another form, or that was in the ledger before: a revoked one would come back."""
        if body["purpose"] != "log":
            PublicKey.from_base64(body["public_key"])
        else:
            Verifier.from_spki("log", decode_base64(body["public_key"]))
        if sha256(decode_base64(body["public_key"])) != body["keyid"]:
            raise RefusedInputError(
                f"The key id {body['keyid'][:16]} does not match its key.",
                "Somebody changed one of them: make a new key.",
            )
        given = _number_of(body["public_key"])
        if any(_number_of(text) == given for text in self._connection.execute(select(KEY.c.public_key)).scalars()):
            raise RefusedInputError(f"The key {body['keyid'][:16]} was in this ledger before.", "Make a new one.")
