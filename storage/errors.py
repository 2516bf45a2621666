"""The one family of errors that a person is meant to read. It stands here because storage imports nothing of the floors above."""

from __future__ import annotations


class CountersignError(Exception):
    """Something that the user can understand and mend.

    Attributes:
        what: what was found and what was expected, one or two sentences.
        advice: what to do about it, one sentence.
        cells: what the file holds there, "" where nothing is quoted: for its owner, at the command line, and for nobody else. A screen
            and a log show `str` of an error, which has row, column and kind and never the content.
    """

    def __init__(self, what: str, advice: str = "", *, cells: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice
        self.cells = cells

    @property
    def for_owner(self) -> str:
        """All of it in one text, with what the file holds there."""
        return " ".join(part for part in (self.what, self.cells, self.advice) if part)

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".strip()


class RefusedInputError(CountersignError):
    """A file, a value, an option or a passphrase that cannot be accepted as it is (exit code 2)."""


class RecordError(CountersignError):
    """The record or a key is damaged, missing, or cannot be written."""
