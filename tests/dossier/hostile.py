"""Exports whose entries say something hostile under right signatures: what somebody can write who holds every key."""

from __future__ import annotations

import copy
from typing import Any, Final

from governance.dossier.bundle import Source, export_files
from tests.dossier.ledger import Book, after, book, checkpoint, said_in, sealed, signer_of
from tests.review.board import Room

HOSTILE: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 2**53 - 1, "", "0", "a", [], {}, [[]], [None], [{}], {"sha256": 5}, {"": {}}, "A" * 3000,
    "2026-01-01T00:00:00Z", "9999-99-99T99:99:99Z", "1/0", "0/1", "-1/2", "1/2/3", "retired", "approved", "service", "root",
    "0" * 64, ["ada", "ada"], "x" * 10_000,
)  # fmt: skip
"""Values of every kind in places where another kind is expected."""
Place = tuple[str | int, ...]


def places_of(value: Any, here: Place = ()) -> list[Place]:
    """Return where the values of a JSON value stand: keys and positions from the outside in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, item in inner for place in ((*here, name), *places_of(item, (*here, name)))]


def changed(value: Any, place: Place, put: Any) -> Any:
    """Return a copy of a JSON value with something else at one place."""
    found = copy.deepcopy(value)
    inside = found
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = put
    return found


_LINES: dict[int, list[bytes]] = {}


def changed_entry(room: Room, index: int, place: Place, put: Any) -> dict[str, bytes]:
    """Return a whole export of a room in which one entry says something else, signed again with every key that it takes."""
    lines = list(_LINES.setdefault(id(room), book(room.entries).lines))
    entry = room.entries[index]
    said = said_in(lines[index])
    subject = after(lines[:index]).subject(said)
    lines[index] = sealed(changed(said, place, put), signer_of(entry), subject=subject)
    honest = Book(_LINES[id(room)]).source()
    files = export_files(Source(honest.lines, checkpoint(lines)))
    return files | {"ledger.intoto.jsonl": b"".join(line + b"\n" for line in lines)}
