"""Content-addressed files: a file's name is the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from storage.errors import RecordError, RefusedInputError
from storage.processes import mark

CHUNK: Final = 1 << 20
LARGEST: Final = 4 << 30
"""Bytes of one blob unless the caller says otherwise."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob that is on disk, flushed."""

    digest: str
    """SHA-256, hexadecimal."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Blobs:
    """A folder of content-addressed files."""

    folder: Path

    def put(self, data: bytes, *, limit: int = LARGEST) -> StoredBlob:
        """Store bytes; the same bytes are stored once."""
        return self.put_stream(io.BytesIO(data), limit=limit)

    def put_file(self, path: Path, *, limit: int = LARGEST) -> StoredBlob:
        """Store a copy of a file."""
        try:
            with path.open("rb") as source:
                return self.put_stream(source, limit=limit)
        except FileNotFoundError as error:
            raise RefusedInputError(f"There is no file {path}.") from error

    def put_stream(self, source: BinaryIO, *, limit: int = LARGEST) -> StoredBlob:
        """Store what `source` gives: to a temporary file, hashed on the way, flushed, then renamed.

        Raises:
            RefusedInputError: more than `limit` bytes.
            RecordError: the disk refuses.
        """
        home = self.folder / "incoming"
        try:
            home.mkdir(parents=True, exist_ok=True)
            waiting = home / f"{mark()}-{secrets.token_hex(16)}"
            try:
                stored = _copy(source, waiting, limit)
                self._settle(waiting, stored.digest)
            finally:
                waiting.unlink(missing_ok=True)
        except OSError as error:
            raise RecordError(f"The file could not be stored: {error.strerror}.", "Check the disk.") from error
        return stored

    def _settle(self, waiting: Path, digest: str) -> None:
        final = self.path_of(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        if not final.exists() or _digest_of(final) != digest:
            waiting.replace(final)
            _flush_folder(final.parent)

    def path_of(self, digest: str) -> Path:
        """Return where the blob lies or would lie; not checked (`read` and `verified` do that).

        Raises:
            RefusedInputError: not a SHA-256 in lowercase hexadecimal.
        """
        if not _DIGEST.fullmatch(digest):
            raise RefusedInputError(f"{digest[:80]!r} is not a SHA-256 in lowercase hexadecimal.")
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Say whether there is a file of that name."""
        return self.path_of(digest).is_file()

    def verified(self, digest: str) -> Path:
        """Return the blob's path after hashing the file.

        Raises:
            RecordError: there is no such file, or its bytes are not those of its name.
        """
        path = self.path_of(digest)
        if not path.is_file():
            raise RecordError(f"The file {digest} is missing from the workspace.", "Restore it from a backup.")
        if _digest_of(path) != digest:
            raise RecordError(f"The file {digest} has changed on disk.", "Restore it from a backup.")
        return path

    def read(self, digest: str) -> bytes:
        """Return the bytes, checked against their digest; raises as `verified` does."""
        path = self.path_of(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise RecordError(
                f"The file {digest} is missing from the workspace.", "Restore it from a backup."
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise RecordError(f"The file {digest} has changed on disk.", "Restore it from a backup.")
        return data

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """Give the blob as a binary file, checked first."""
        with self.verified(digest).open("rb") as file:
            yield file


def _copy(source: BinaryIO, target: Path, limit: int) -> StoredBlob:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise RefusedInputError(f"The file has more than {limit:,} bytes.", "Split it or raise the limit.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return StoredBlob(digest.hexdigest(), size)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
