"""What storage says when it cannot do what it was asked."""

from __future__ import annotations


class StorageError(Exception):
    """Something about the record that the user can understand and mend.

    Attributes:
        what: what was found and what was expected, one or two sentences.
        advice: what to do about it, one sentence.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".strip()


class RefusedError(StorageError):
    """A value, a file or a passphrase that cannot be accepted as it is."""


class DamagedError(StorageError):
    """The record or a key is damaged, missing, or cannot be written."""
