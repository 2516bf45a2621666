"""The log in the database: append a line, read the lines, and commit to them with a signed checkpoint.

Before a checkpoint is signed every line is hashed again from the database and held against the last one that was
signed. A ledger that shrank, forked, or whose stored leaf hashes do not match its lines is not signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from storage.engine import reading
from storage.errors import RecordError
from storage.ledger import Checkpoint, Note, Verifier, merkle, names, open_note, read, stored_bytes, stored_record
from storage.ledger.canonical import decode_base64
from storage.tables import CheckpointRow, Entry, KeyRow, table_of

ENTRY = table_of(Entry)
KEY = table_of(KeyRow)
CHECKPOINT = table_of(CheckpointRow)
BATCH: Final = 2000
"""Lines that are held in memory at once."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was read from its note, and the note's bytes."""

    checkpoint: Checkpoint
    note: bytes
    tsr: bytes | None = None
    """RFC 3161 timestamp of the note, or None."""


def size(connection: Connection) -> int:
    """Return how many lines the ledger has: the index of the next one."""
    last = connection.execute(select(func.max(ENTRY.c.idx))).scalar()
    return 0 if last is None else int(last) + 1


def append(connection: Connection, index: int, line: bytes) -> bytes:
    """Store a line and return its leaf hash; the caller holds the write lock and commits."""
    leaf = merkle.leaf_hash(line)
    connection.execute(insert(ENTRY), {"idx": index, "line": line, "leaf": leaf})
    return leaf


def lines(connection: Connection, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, bytes]]:
    """Give (index, line, stored leaf hash) in order, from `start` up to and without `stop`."""
    query = select(ENTRY.c.idx, ENTRY.c.line, ENTRY.c.leaf).order_by(ENTRY.c.idx).limit(BATCH)
    if stop is not None:
        query = query.where(ENTRY.c.idx < stop)
    while found := connection.execute(query.where(ENTRY.c.idx >= start)).all():
        for index, line, leaf in found:
            yield index, stored_bytes(index, line), stored_bytes(index, leaf)
        if len(found) < BATCH:
            return
        start = found[-1].idx + 1


def leaves(connection: Connection, stop: int | None = None) -> list[bytes]:
    """Return the stored leaf hashes; for proofs, which are checked against a root anyway."""
    query = select(ENTRY.c.leaf).order_by(ENTRY.c.idx)
    if stop is not None:
        query = query.where(ENTRY.c.idx < stop)
    return [bytes(leaf) for leaf in connection.execute(query).scalars()]


def leaf_at(connection: Connection, index: int) -> bytes | None:
    """Return the stored leaf hash of one line, None where there is no such line."""
    found = connection.execute(select(ENTRY.c.leaf).where(ENTRY.c.idx == index)).scalar()
    return None if found is None else bytes(found)


def hashed_again(connection: Connection) -> list[bytes]:
    """Return the leaf hashes computed from the lines themselves.

    Raises:
        RecordError: naming the first line that is missing or differs from its stored hash.
    """
    return list(_hashed(connection, 0))


def grow(connection: Connection, tree: merkle.Tree) -> None:
    """Add the leaf hashes of the lines that a tree does not hold yet, computed from the lines themselves.

    Raises:
        RecordError: naming the first of them that is missing or differs from its stored hash.
    """
    for leaf in _hashed(connection, tree.size):
        tree.append(leaf)


def _hashed(connection: Connection, start: int) -> Iterator[bytes]:
    for place, (index, line, stored) in enumerate(lines(connection, start), start):
        if index != place:
            raise RecordError(f"Line {place} of the ledger is missing.", "Restore a backup.")
        leaf = merkle.leaf_hash(line)
        if leaf != stored:
            raise RecordError(f"Line {index} of the ledger was changed after it was written.", "Restore a backup.")
        yield leaf


def named(engine: Engine) -> Verifier:
    """Return the first checkpoint key, which ledger.created names; its name is the origin of the ledger.

    Raises:
        RecordError: the ledger does not begin as a ledger does.
    """
    with reading(engine) as connection:
        first = next(lines(connection, 0, 1), None)
    if first is None:
        raise RecordError("The ledger has no first line.", "Restore a backup, or create a new workspace.")
    record = stored_record(0, first[1])
    if record.type != "ledger.created":
        raise RecordError(f"The ledger begins with {record.type}, not with ledger.created.", "Restore a backup.")
    return Verifier.from_vkey(record.body["log_vkey"])


def signers(connection: Connection, log: Verifier) -> tuple[Verifier, ...]:
    """Return every key that has signed checkpoints, the live one last: that of ledger.created, then each that replaced it."""
    later = select(KEY.c.public_key).where(KEY.c.purpose == "log").order_by(KEY.c.idx)
    found = connection.execute(later).scalars()
    return (log, *(Verifier.from_spki(log.name, decode_base64(text)) for text in found))


def last_checkpoint(connection: Connection, log: Verifier) -> SignedCheckpoint | None:
    """Return the largest checkpoint of this log, its signature checked, or None where there is none; `log` is the first key.

    Raises:
        RecordError: the stored note is not this log's.
    """
    row = connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)).first()
    return None if row is None else _opened(row, signers(connection, log))


def last_size(connection: Connection) -> int:
    """Return how many lines the largest stored checkpoint covers, its signature unchecked; 0 where there is none."""
    return int(connection.execute(select(func.coalesce(func.max(CHECKPOINT.c.size), 0))).scalar_one())


def checkpoint_at(connection: Connection, log: Verifier, covered: int) -> SignedCheckpoint | None:
    """Return the stored checkpoint of exactly this size, its signature checked, or None."""
    row = connection.execute(select(CHECKPOINT).where(CHECKPOINT.c.size == covered)).first()
    return None if row is None else _opened(row, signers(connection, log))


def _opened(row: Row[Any], keys: tuple[Verifier, ...]) -> SignedCheckpoint:
    note = bytes(row.note)
    found = SignedCheckpoint(read(open_note(note, keys).note.text), note, bytes(row.tsr) if row.tsr else None)
    if found.checkpoint.origin != keys[0].name or found.checkpoint.size != row.size:
        raise RecordError(f"The checkpoint stored for size {row.size} is another one.", "Restore a backup.")
    return found


def size_stamped(connection: Connection, stamp: bytes) -> int | None:
    """Return the size of the stored checkpoint whose note a time stamp names, or None."""
    rows = connection.execute(select(CHECKPOINT.c.size, CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()))
    return next((int(row.size) for row in rows if names(stamp, bytes(row.note))), None)


def keep_stamp(connection: Connection, stored_size: int, stamp: bytes) -> None:
    """Store the time stamp of a checkpoint."""
    connection.execute(update(CHECKPOINT).where(CHECKPOINT.c.size == stored_size).values(tsr=stamp))


def next_checkpoint(origin: str, found: list[bytes], last: Checkpoint | None) -> Checkpoint:
    """Return the checkpoint over the leaf hashes `found`, which must continue the last one signed.

    Raises:
        RecordError: the ledger has fewer lines than were signed, or other lines in their place.
    """
    if last is not None and len(found) < last.size:
        raise RecordError(
            f"The ledger has {len(found)} lines; a checkpoint over {last.size} was signed. It shrank.",
            "Nothing is signed. Restore the missing lines from a backup.",
        )
    if last is not None and merkle.root(found[: last.size]) != last.root:
        raise RecordError(
            f"The first {last.size} lines are not those that were signed. The ledger forked.",
            "Nothing is signed. Restore a backup and compare it with an export.",
        )
    return Checkpoint(origin, len(found), merkle.root(found))


def sign_checkpoint(
    connection: Connection, log: Verifier, sign: Callable[[str], Note], *, require: Callable[[list[bytes]], None]
) -> SignedCheckpoint:
    """Return the checkpoint over all lines, signed and stored if the ledger has grown; the caller commits.

    Args:
        connection: one that may write.
        log: the checkpoint key that ledger.created names.
        sign: signs the text of a checkpoint.
        require: looks at the leaf hashes before anything is signed, and raises what it has against them.

    Raises:
        RecordError: the ledger shrank, forked, or a line was changed.
    """
    last = last_checkpoint(connection, log)
    leaves_now = hashed_again(connection)
    found = next_checkpoint(log.name, leaves_now, last.checkpoint if last else None)
    require(leaves_now)
    if last is not None and last.checkpoint.size == found.size:
        return last
    note = sign(found.text).to_bytes()
    connection.execute(insert(CHECKPOINT), {"size": found.size, "note": note, "tsr": None})
    return SignedCheckpoint(found, note)


def replace_note(connection: Connection, stored_size: int, note: bytes) -> None:
    """Store a checkpoint's note with more signatures; the caller has checked that its text is the same."""
    connection.execute(update(CHECKPOINT).where(CHECKPOINT.c.size == stored_size).values(note=note))
