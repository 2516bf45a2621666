"""Exports whose entries say something hostile under right signatures: what somebody can write who holds every key."""

from __future__ import annotations

import copy
import hashlib
from typing import Any, Final

from governance.dossier.bundle import Source, export_files
from governance.dossier.verify_checkpoint import proof, tree
from tests.dossier.ledger import after, book, checkpoint, said_in, sealed, signer_of
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
_FILES: dict[tuple[int, str | None], dict[str, bytes]] = {}


def changed_entry(room: Room, index: int, place: Place, put: Any, case: str | None = None) -> dict[str, bytes]:
    """Return an export of a room, or of a case of it, in which one entry says something else, signed again with every key it takes."""
    if id(room) not in _LINES:
        _LINES[id(room)] = book(room.entries).lines
    honest = _LINES[id(room)]
    lines = list(honest)
    entry = room.entries[index]
    said = said_in(lines[index])
    subject = after(lines[:index]).subject(said)
    lines[index] = sealed(changed(said, place, put), signer_of(entry), subject=subject)
    source = Source(tuple(honest), b"", case)
    if (id(room), case) not in _FILES:
        _FILES[id(room), case] = export_files(source)
    files = _FILES[id(room), case] | {"checkpoint": checkpoint(lines)}
    if case is None:
        return files | {"ledger.intoto.jsonl": b"".join(line + b"\n" for line in lines)}
    here = [int(name[len("proofs/") : -len(".tlog-proof")]) for name in files if name.startswith("proofs/")]
    leaves = [hashlib.sha256(b"\0" + line).digest() for line in lines]
    levels = tree(leaves)
    files |= {f"proofs/{number}.tlog-proof": proof(levels, number, files["checkpoint"]) for number in here}
    files["leaves"] = b"".join(leaves)
    return files | {"ledger.intoto.jsonl": b"".join(lines[number] + b"\n" for number in here)}
