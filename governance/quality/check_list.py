"""The list of quality checks: the only place where a check is named."""

from __future__ import annotations

from governance.evidence import unknown_choice
from governance.quality import frequency, hold, judge
from governance.quality.check import QualityCheck

CHECKS: tuple[QualityCheck, ...] = (
    judge.COLUMN_EXISTS,
    judge.TYPE,
    judge.MISSING,
    judge.EMPTY_TEXT,
    judge.PADDED_TEXT,
    judge.BROKEN_TEXT,
    judge.INFINITE,
    judge.SENTINEL,
    judge.RANGE,
    judge.VALUES,
    frequency.VALUE_SHARE,
    frequency.COLUMN_ORDER,
    judge.CONSTANT,
    hold.UNIT_JUMP,
    judge.UNIQUE_KEY,
    judge.DUPLICATE_ROWS,
    hold.IMBALANCE,
    hold.LEAKAGE,
    hold.ORDER,
    judge.FRESHNESS,
    judge.RULE,
    judge.FOREIGN,
)
"""In the order of the editor."""


def names() -> tuple[str, ...]:
    """Return the ids of all checks."""
    return tuple(check.id for check in CHECKS)


def known(name: str) -> QualityCheck | None:
    """Return the check called `name`, or None: stored evidence may carry a check that is no more."""
    return next((check for check in CHECKS if check.id == name), None)


def named(name: str) -> QualityCheck:
    """Return the check called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    found = known(name)
    if found is None:
        raise unknown_choice("check", name, names())
    return found


def suited(kind: str) -> tuple[str, ...]:
    """Return the checks that are asked of every column of a kind."""
    return tuple(check.id for check in CHECKS if kind in check.suits)
