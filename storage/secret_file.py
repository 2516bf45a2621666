"""The one reader of files that hold a secret: signing keys, tokens, passphrases, passwords.

A file is opened first and looked at through what was opened, so that what is read is what was checked, wherever a link leads a moment
later. Links are followed, because secrets are often handed out as links; what counts is the file at their end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from storage.errors import RefusedInputError

LARGEST: Final = 65_536
"""Bytes of a file of a secret: no key, token or passphrase comes near."""
_BINARY: Final = getattr(os, "O_BINARY", 0)
_WITHOUT_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
"""A pipe to which nobody writes is opened at once, and then refused."""


class SecretFileError(RefusedInputError):
    """A file of a secret that is not there, or not to be used as it is; the words name the file and never quote it."""


def secret_bytes(path: Path) -> bytes:
    """Return the content of a file of a secret.

    Raises:
        SecretFileError: it cannot be read, is no file, is open to other accounts (POSIX), or is larger than 64 KiB.
    """
    with _opened(path) as file:
        return _read(path, file)


def secret_text(path: Path) -> str:
    """Return the text of a file of a secret, without the end of its last line.

    Raises:
        SecretFileError: as `secret_bytes`; or it is not UTF-8 text.
    """
    content = secret_bytes(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SecretFileError(f"The file {path} is no text in UTF-8.", "Write the secret anew.") from error
    return text.removesuffix("\n").removesuffix("\r")


def secret_state(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file of a secret does: moment of the last change in nanoseconds, bytes, number of the file.

    Raises:
        SecretFileError: as `secret_bytes`.
    """
    with _opened(path) as file:
        found = os.fstat(file.fileno())
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        descriptor = os.open(path, os.O_RDONLY | _BINARY | _WITHOUT_WAITING)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        _check(path, os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SecretFileError(f"{path} cannot be read as a secret: it is no file.", "Name a file.")
    if os.name == "posix" and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretFileError(
            f"The file {path} is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}).",
            f"Run: chmod 0600 {path}",
        )
    if found.st_size > LARGEST:
        raise SecretFileError(f"The file {path} has {found.st_size} bytes: it holds no secret.", "Check the path.")


def _read(path: Path, file: BinaryIO) -> bytes:
    try:
        return file.read(LARGEST)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> SecretFileError:
    why = getattr(error, "strerror", None) or type(error).__name__
    return SecretFileError(f"The file {path} cannot be read: {why}.", "Check the path and its rights.")
