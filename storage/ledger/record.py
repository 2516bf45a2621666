"""A line of the ledger as people and rules read it."""

from __future__ import annotations

from dataclasses import dataclass

from storage.errors import DamagedError, RefusedError
from storage.ledger.canonical import JsonValue
from storage.ledger.envelope import Envelope, Subject, read_statement


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


def read_record(line: bytes) -> Record:
    """Return the record of a line; the signature is not checked here.

    Raises:
        RefusedError: the line is not a canonical envelope around a canonical statement.
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
    )


def stored_record(index: int, line: bytes) -> Record:
    """Return the record of a line that this ledger stored at `index`.

    Raises:
        DamagedError: the line cannot be read or says another index.
    """
    try:
        found = read_record(line)
    except RefusedError as error:
        raise DamagedError(
            f"Line {index} of the ledger is damaged: {error}", "Verify the ledger and restore a backup."
        ) from error
    if found.index != index:
        raise DamagedError(f"Line {index} of the ledger says that it is line {found.index}.", "Verify the ledger.")
    return found
