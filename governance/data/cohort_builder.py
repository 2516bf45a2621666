"""A cohort built from choices: a column, an operator, and values that occur in the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from governance.data.cohort import Comparison, Condition, Every, IsMissing, Membership, Not, Operator, Value
from governance.evidence import RefusedInputError, unknown_choice

OF_NUMBERS: Final = (
    "is at least",
    "is at most",
    "is above",
    "is below",
    "is",
    "is not",
    "is missing",
    "is not missing",
)
"""What a person can ask of a column of numbers or moments."""
OF_NAMES: Final = ("is one of", "is none of", "is missing", "is not missing")
"""What a person can ask of a column of names."""
_SIGNS: Final[dict[str, Operator]] = {
    "is at least": ">=",
    "is at most": "<=",
    "is above": ">",
    "is below": "<",
    "is": "=",
    "is not": "!=",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the builder."""

    column: str
    operator: str
    """One of `OF_NUMBERS` or `OF_NAMES`."""
    values: tuple[Value, ...] = ()
    """One value for a sign, one or more for a list, none for missing."""


def built(lines: Sequence[Asked]) -> Condition | None:
    """Return the rows that satisfy all lines; None for no line, which is all rows.

    Raises:
        RefusedInputError: an unknown operator, or a line without the value that it needs.
    """
    parts = tuple(_condition(line) for line in lines)
    return None if not parts else parts[0] if len(parts) == 1 else Every(parts)


def _condition(line: Asked) -> Condition:
    if line.operator in ("is missing", "is not missing"):
        missing = IsMissing(line.column)
        return missing if line.operator == "is missing" else Not(missing)
    if not line.values:
        raise RefusedInputError(f"{line.column!r} {line.operator} nothing: a value is expected.", "Choose one.")
    if line.operator in ("is one of", "is none of"):
        found = _among(line)
        return found if line.operator == "is one of" else Not(found)
    if line.operator not in _SIGNS:
        raise unknown_choice("operator", line.operator, (*OF_NUMBERS, *OF_NAMES))
    return Comparison(line.column, _SIGNS[line.operator], line.values[0])


def _among(line: Asked) -> Condition:
    return (
        Comparison(line.column, "=", line.values[0]) if len(line.values) == 1 else Membership(line.column, line.values)
    )
