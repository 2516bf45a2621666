"""A line of the ledger as people and rules read it."""

from __future__ import annotations

from dataclasses import dataclass

from storage.errors import RecordError, RefusedInputError
from storage.ledger.canonical import JsonValue
from storage.ledger.envelope import Envelope, Previous, Subject, read_statement


@dataclass(frozen=True, slots=True)
class Record:
    """One event, parsed beside its line; the line stays the truth."""

    index: int
    """Place in the ledger, from 0."""
    type: str
    """Name of the event."""
    origin: str
    """Name of the ledger."""
    time: str
    """RFC 3339, UTC, whole seconds."""
    case: str | None
    """Id of the review case, or None."""
    actor: str
    """Id of the member who acted, or "service"."""
    body: JsonValue
    """The event's fields (`storage.ledger.events`)."""
    subjects: tuple[Subject, ...]
    """Artefacts that the record speaks about."""
    keyid: str
    """Key that signed it."""
    previous: Previous
    """Entries that it follows."""


def read_record(line: bytes) -> Record:
    """Return the record of a line; the signature is not checked here.

    Raises:
        RefusedInputError: the line is not a canonical envelope around a canonical statement.
    """
    envelope = Envelope.from_line(line)
    said = read_statement(envelope.payload)
    return Record(
        index=said.index,
        type=said.type,
        origin=said.origin,
        time=said.time,
        case=said.case,
        actor=said.actor,
        body=said.body,
        subjects=said.subjects,
        keyid=envelope.keyid,
        previous=said.previous,
    )


def stored_bytes(index: int, value: object) -> bytes:
    """Return what a database holds for line `index` as bytes.

    Raises:
        RecordError: it is text: somebody has written into the database, which changes bytes without a word.
    """
    if not isinstance(value, bytes | bytearray | memoryview):
        raise RecordError(
            f"Line {index} of the ledger is stored as {type(value).__name__}, not as bytes.",
            "Somebody has edited the database. Restore a backup.",
        )
    return bytes(value)


def stored_record(index: int, line: object) -> Record:
    """Return the record of a line that this ledger stored at `index`.

    Raises:
        RecordError: the line is no bytes, cannot be read, or says another index.
    """
    try:
        found = read_record(stored_bytes(index, line))
    except RefusedInputError as error:
        raise RecordError(
            f"Line {index} of the ledger is damaged: {error}", "Verify the ledger and restore a backup."
        ) from error
    if found.index != index:
        raise RecordError(f"Line {index} of the ledger says that it is line {found.index}.", "Verify the ledger.")
    return found
