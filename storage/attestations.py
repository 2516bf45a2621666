"""What others add to a checkpoint: the stamp of a time-stamping authority, and cosignatures of witnesses."""

from __future__ import annotations

from sqlalchemy import Engine

from storage import log
from storage.engine import writing
from storage.errors import RefusedInputError
from storage.ledger import Note, Verifier, open_note, read, read_note, timestamp


def keep_timestamp(engine: Engine, first: Verifier, stamp: bytes, roots: bytes) -> int:
    """Keep the time stamp of a stored checkpoint and return how many lines that covers; `first` is the ledger's first key.

    Raises:
        RefusedInputError: it names no checkpoint of this ledger, or does not hold under the PEM certificates in `roots`.
    """
    with writing(engine) as connection:
        size = log.size_stamped(connection, stamp)
        found = None if size is None else log.checkpoint_at(connection, first, size)
        if size is None or found is None:
            raise RefusedInputError(
                "The time stamp names no checkpoint of this ledger.", "Ask again with a new question."
            )
        if roots:
            timestamp.checked(stamp, found.note, roots)
        log.keep_stamp(connection, size, stamp)
        connection.commit()
    return size


def keep_cosignatures(engine: Engine, first: Verifier, note: bytes, witnesses: tuple[Verifier, ...]) -> int:
    """Keep a checkpoint that witnesses have cosigned; return how many known ones signed it.

    Raises:
        RefusedInputError: not a checkpoint that this ledger signed, or a known witness's signature fails.
    """
    with writing(engine) as connection:
        own = log.signers(connection, first)
        opened = open_note(note, [*own, *witnesses])
        found = read(opened.note.text)
        mine = log.checkpoint_at(connection, first, found.size)
        if mine is None or mine.checkpoint != found:
            raise RefusedInputError(f"This ledger signed no such checkpoint over {found.size} lines.")
        kept = read_note(mine.note).signatures
        added = tuple(item for item in opened.known_signatures if item not in kept)
        if added and mine.tsr:
            raise RefusedInputError(
                "This checkpoint has a time stamp over its bytes; another signature would change them.",
                "Have a new checkpoint cosigned first, then stamped.",
            )
        log.replace_note(connection, found.size, Note(opened.note.text, kept + added).to_bytes())
        connection.commit()
    return sum(item.verifier not in own for item in opened.seals)
