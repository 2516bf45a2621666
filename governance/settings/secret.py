"""Where a secret stands. A configuration file names the place; the secret itself is never written into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import RefusedInputError

Place = Literal["file", "env", "command"]
PLACES: Final[tuple[Place, ...]] = ("file", "env", "command")


@dataclass(frozen=True, slots=True)
class Secret:
    """The place of a secret."""

    place: Place
    """A file, an environment variable, or a command that prints it."""
    where: str
    """Path of the file, name of the variable, or the command's words."""


def named(field: str, text: str) -> Secret:
    """Return the place that `text` names, for example "env:NAME"; "" is refused.

    Raises:
        RefusedInputError: it names no place; what stands there is not repeated, because it may be the secret.
    """
    place, _, where = text.partition(":")
    for known in PLACES:
        if place == known and where.strip():
            return Secret(known, where.strip())
    raise RefusedInputError(
        f"{field} holds a value, where the place of a secret is expected; the value is not repeated here.",
        f'Write {field}_file = "PATH", or {field} = "env:NAME", or {field} = "command:PROGRAM ARGUMENTS".',
    )
