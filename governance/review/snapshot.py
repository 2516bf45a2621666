"""The board's state as bytes and back, so that a long ledger need not be replayed from its first line each time.

One JSON value a line: the state without its evidence, then the recorded evidence in pieces. Every noun is read back with each of its
fields checked, mappings keep their order, and equal states have equal bytes. Whether such bytes may be believed is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import make_dataclass
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter, ValidationError

from governance.evidence import RefusedInputError
from governance.review.events import EvidenceRecorded
from governance.review.grown import Grown
from governance.review.state import BoardState

PIECE: Final = 1000
"""Pieces of evidence on one line: who writes in the background gives way to others after each."""


_KINDS: Final = {
    name: kind for name, kind in get_type_hints(BoardState, include_extras=True).items() if name != "recorded"
}
"""Field of a state -> its type, all but the evidence: a field that a later release adds is kept as well."""
_Rest: Final[Any] = make_dataclass("_Rest", list(_KINDS.items()), frozen=True, slots=True)
_REST: Final = TypeAdapter[Any](_Rest)
_EVIDENCE: Final = TypeAdapter(tuple[EvidenceRecorded, ...])


def to_lines(state: BoardState) -> Iterator[bytes]:
    """Give the lines of a state, each without a newline in it."""
    yield _REST.dump_json(_Rest(**{name: getattr(state, name) for name in _KINDS}))
    recorded = tuple(state.recorded.values())
    for start in range(0, len(recorded), PIECE):
        yield _EVIDENCE.dump_json(recorded[start : start + PIECE])


def from_lines(lines: Sequence[bytes]) -> BoardState:
    """Return the state of such lines.

    Raises:
        RefusedInputError: there is no line, or one does not have the fields of its noun.
    """
    if not lines:
        raise RefusedInputError("The kept state of the board is empty.", "Replay the ledger.")
    try:
        rest = _REST.validate_json(lines[0])
        recorded = {item.digest: item for line in lines[1:] for item in _EVIDENCE.validate_json(line)}
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise RefusedInputError(f"The kept state of the board has another {where!r}.", "Replay the ledger.") from error
    return BoardState(**{name: getattr(rest, name) for name in _KINDS}, recorded=Grown.of(recorded))
