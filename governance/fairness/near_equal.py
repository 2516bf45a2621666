"""Groups whose names differ only by case, spaces or signs: probably one group spelled in several ways."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def near_equal(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the sets of names that are equal but for case, spaces, hyphens and points, each in order of the alphabet."""
    found: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        found.setdefault(_bare(name), []).append(name)
    return [tuple(same) for bare, same in found.items() if len(same) > 1 and bare]


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in "-_.\u00a0\u200b\ufeff")


def notice(attribute: str, same: tuple[str, ...]) -> str:
    """Return the sentence for a reader, with what to do."""
    shown = ", ".join(map(repr, same))
    return (
        f"{attribute}: {shown} differ only by case, spaces or signs and are counted as {len(same)} groups. If they mean one group, "
        f"write {max(same, key=len).strip()!r} for all of them in the file, or declare it: [[mappings]] in the schema, or --map."
    )
