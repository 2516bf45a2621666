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
    """Return SHA-256(salt || UTF-8 text) in hexadecimal."""
    return hashlib.sha256(salt + text.encode("utf-8")).hexdigest()


def keep(connection: Connection, text: str) -> dict[str, str]:
    """Store a text and return the reference that a record holds."""
    salt = os.urandom(SALT_BYTES)
    digest = commitment(salt, text)
    connection.execute(insert(TEXT), {"sha256": digest, "salt": salt, "content": text.encode("utf-8")})
    return {"sha256": digest}


def disclose(connection: Connection, digests: Collection[str]) -> dict[str, Disclosed]:
    """Return the texts that are still there, by digest."""
    found: dict[str, Disclosed] = {}
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), 500):
        query = select(TEXT).where(TEXT.c.sha256.in_(wanted[start : start + 500]), TEXT.c.content.is_not(None))
        for row in connection.execute(query):
            found[row.sha256] = Disclosed(bytes(row.salt), bytes(row.content).decode("utf-8"))
    return found


def erase(connection: Connection, digest: str) -> bool:
    """Forget a text and its salt; return whether there was one. The record keeps its digest."""
    gone = update(TEXT).where(TEXT.c.sha256 == digest, TEXT.c.content.is_not(None)).values(salt=None, content=None)
    return connection.execute(gone).rowcount > 0
