"""The one family of errors that a person is meant to read; storage raises the same."""

from __future__ import annotations

from storage.errors import CountersignError, RecordError, RefusedInputError

__all__ = ["Cancelled", "CountersignError", "RecordError", "RefusedInputError", "RuleError", "unknown_choice"]


class RuleError(CountersignError):
    """An act that the rules of the house do not allow."""


class Cancelled(Exception):  # noqa: N818 - a wish of the user, not an error
    """The user asked to stop; raised by `Progress` and passed through untouched."""


def unknown_choice(noun: str, got: str, known: tuple[str, ...]) -> RefusedInputError:
    """Return the error for a name that is not in a registry, with the list of the known ones."""
    return RefusedInputError(f"No {noun} {got!r}.", f"Known: {', '.join(sorted(known))}.")
