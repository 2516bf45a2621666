"""The list of kinds of errors: the only place where a kind is named."""

from __future__ import annotations

from governance.evidence import unknown_choice
from governance.stress.kinds import number_kinds, row_kinds, text_kinds
from governance.stress.kinds.kind import Applies, Kind

KINDS: tuple[Kind, ...] = (
    text_kinds.MISSING,
    number_kinds.CODE,
    number_kinds.UNIT,
    number_kinds.SIGN,
    number_kinds.DECIMAL,
    row_kinds.SWAP,
    number_kinds.ROUND,
    number_kinds.CAP,
    number_kinds.STALE,
    row_kinds.PREVIOUS,
    number_kinds.OUTLIER,
    number_kinds.NOISE,
    number_kinds.SENSOR,
    text_kinds.TYPO,
    text_kinds.CASE,
    text_kinds.SPACE,
    text_kinds.ENCODING,
    text_kinds.UNSEEN,
    text_kinds.MERGE,
    text_kinds.FREQUENT,
    text_kinds.WRONG_VALUE,
    text_kinds.DATE,
    row_kinds.MISJOIN,
    row_kinds.DOUBLE,
    row_kinds.LOSE,
    row_kinds.LABEL,
)
"""In the order of plans and screens."""


def names() -> tuple[str, ...]:
    """Return the ids of all kinds."""
    return tuple(kind.id for kind in KINDS)


def known(name: str) -> Kind | None:
    """Return the kind called `name`, or None: stored evidence may carry a kind that is no more."""
    return next((kind for kind in KINDS if kind.id == name), None)


def named(name: str) -> Kind:
    """Return the kind called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    found = known(name)
    if found is None:
        raise unknown_choice("kind of error", name, names())
    return found


def striking(what: Applies) -> tuple[Kind, ...]:
    """Return the kinds that strike columns of one sort, rows, or labels."""
    return tuple(kind for kind in KINDS if what in kind.applies_to)
