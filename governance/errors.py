"""The one family of errors that a person is meant to read."""

from __future__ import annotations


class GovernanceError(Exception):
    """Something that the user can understand and mend.

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


class RefusedInputError(GovernanceError):
    """A file, a value or an option that cannot be accepted as it is (exit code 2)."""


class RuleError(GovernanceError):
    """An act that the rules of the house do not allow."""


class RecordError(GovernanceError):
    """The record is damaged, missing or cannot be written."""


class Cancelled(Exception):  # noqa: N818 - a wish of the user, not an error
    """The user asked to stop; raised by `Progress` and passed through untouched."""


def unknown_choice(noun: str, got: str, known: tuple[str, ...]) -> RefusedInputError:
    """Return the error for a name that is not in a registry, with the list of the known ones."""
    return RefusedInputError(f"No {noun} {got!r}.", f"Known: {', '.join(sorted(known))}.")
