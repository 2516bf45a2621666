"""Texts that records name by digest and that can be erased: personal data, rationales, comments.

The salt keeps a short text from being guessed from its digest once it is erased.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from storage.errors import RecordError
from storage.tables import TextRow, table_of

SALT_BYTES: Final = 16
TEXT = table_of(TextRow)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A text with what is needed to check it against a record."""

    salt: bytes
    """16 random bytes."""
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text as a view shows it."""

    sha256: str
    """Digest of salt and text, as the record holds it."""
    text: str | None
    """The words, or None when they were erased."""

    @property
    def shown(self) -> str:
        """The words, or a note that they were erased."""
        return "(erased)" if self.text is None else self.text


def commitment(salt: bytes, text: str) -> str:
    """Return SHA-256(salt || UTF-8 text) in hexadecimal.

    Raises:
        RecordError: the salt does not have 16 bytes: what was cut off a text could stand in it.
    """
    if len(salt) != SALT_BYTES:
        raise RecordError(f"The salt of a text has {len(salt)} bytes, not {SALT_BYTES}.", "Restore a backup.")
    return hashlib.sha256(salt + text.encode("utf-8")).hexdigest()


def keep(connection: Connection, text: str) -> dict[str, str]:
    """Store a text and return the reference that a record holds."""
    salt = os.urandom(SALT_BYTES)
    digest = commitment(salt, text)
    connection.execute(insert(TEXT), {"sha256": digest, "salt": salt, "content": text.encode("utf-8")})
    return {"sha256": digest}


def disclose(connection: Connection, digests: Collection[str]) -> dict[str, Disclosed]:
    """Return the texts that are still there, by digest, each hashed again.

    Raises:
        RecordError: a text or its salt was edited in the database.
    """
    found: dict[str, Disclosed] = {}
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), 500):
        query = select(TEXT).where(TEXT.c.sha256.in_(wanted[start : start + 500]), TEXT.c.content.is_not(None))
        for row in connection.execute(query):
            found[row.sha256] = _checked(row.sha256, row.salt, row.content)
    return found


def _checked(digest: str, salt: object, content: object) -> Disclosed:
    """Return a stored text if it is the one that records name."""
    if not (isinstance(salt, bytes) and isinstance(content, bytes)):
        raise RecordError(f"The text {digest[:16]} is stored in another form than it was written.", "Restore a backup.")
    try:
        found = Disclosed(salt, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordError(f"The text {digest[:16]} is no text any more.", "Restore a backup.") from error
    if commitment(found.salt, found.text) != digest:
        raise RecordError(
            f"The text {digest[:16]} was edited after it was signed; it is not shown.", "Restore a backup of the texts."
        )
    return found


def erase(connection: Connection, digest: str) -> bool:
    """Forget a text and its salt; return whether there was one. The record keeps its digest."""
    gone = update(TEXT).where(TEXT.c.sha256 == digest, TEXT.c.content.is_not(None)).values(salt=None, content=None)
    return connection.execute(gone).rowcount > 0
