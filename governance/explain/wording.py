"""The organisation's own words for columns, as people write them: a column, a colon, the words."""

from __future__ import annotations

from governance.evidence import RefusedInputError
from governance.explain.spec import Wording


def read_wording(text: str) -> tuple[Wording, ...]:
    """Return the words of a text with one column in a line; empty lines and lines that begin with "#" are left out.

    Raises:
        RefusedInputError: a line without a colon or without words, or a column twice.
    """
    found: dict[str, Wording] = {}
    for at, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        column, colon, words = (part.strip() for part in line.partition(":"))
        if not colon or not column or not words:
            raise RefusedInputError(f"Line {at} is {line.strip()[:80]!r}.", "Write the column, a colon and the words.")
        if column in found:
            raise RefusedInputError(f"Line {at} gives words for {column!r} again.", "Keep one line for each column.")
        found[column] = Wording(column, words)
    return tuple(found.values())
