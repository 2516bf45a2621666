"""The type of a column of text cells, narrowed block by block, and the cast to that type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from governance.data.reading import ColumnReading, ColumnType
from governance.errors import RefusedInputError

ARROW_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "text": pa.string(),
}
_CODE_LIKE = r"^-?(0[0-9]+|[0-9]{19,})$"
_NUMBER_LIKE = r"^[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?$"
_DAY_FIRST = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}"


@dataclass(slots=True)
class Narrowing:
    """What is known of a column after the blocks seen so far."""

    name: str
    decimal: Literal[".", ","]
    missing_tokens: pa.Array
    type: ColumnType | None = None
    missing: int = 0
    notes: list[str] = field(default_factory=list)

    def see(self, cells: pa.Array) -> None:
        """Take one block of text cells into account."""
        known = pc.drop_null(blanked(cells, self.missing_tokens))
        self.missing += len(cells) - len(known)
        if self.type == "text" or not len(known):
            return
        found = self._type_of(known)
        if self.type is None or self.type == found:
            self.type = found
        elif {self.type, found} == {"integer", "number"}:
            self.type = "number"
        else:
            self._note_mixture(known, was=self.type)
            self.type = "text"

    def _type_of(self, known: pa.Array) -> ColumnType:
        trimmed = pc.utf8_trim_whitespace(known)
        number = self._number_type(trimmed)
        if number is not None:
            return number
        if pc.all(pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(["true", "false"]))).as_py():
            return "boolean"
        if _can_cast(trimmed, pa.timestamp("us")):
            return "timestamp"
        self._note_mixture(trimmed, was=None)
        return "text"

    def _number_type(self, trimmed: pa.Array) -> ColumnType | None:
        """Return "integer" or "number", "text" for codes whose digits a number would lose, None for anything else."""
        points = _with_point(trimmed, self.decimal)
        if points is None or not _can_cast(points, pa.float64()):
            return None
        if pc.any(pc.match_substring_regex(points, _CODE_LIKE)).as_py():
            self._note("has leading zeros or more than 18 digits, so it is kept as text")
            return "text"
        return "integer" if _can_cast(points, pa.int64()) else "number"

    def _note_mixture(self, known: pa.Array, was: ColumnType | None) -> None:
        like_number = pc.match_substring_regex(known, _NUMBER_LIKE)
        share = pc.mean(pc.cast(like_number, pa.int8())).as_py()
        if share > 0.5 or was in {"integer", "number"}:
            others = pc.unique(pc.filter(known, pc.invert(like_number))).to_pylist()[:3]
            shown = ", ".join(repr(cell[:40]) for cell in others) or "numbers written in another way"
            self._note(f"is kept as text because not every cell is a number: {shown}")
        elif pc.all(pc.match_substring_regex(known, _DAY_FIRST)).as_py():
            self._note("looks like dates that are not in the order year-month-day; it is kept as text")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def reading(self, rows: int) -> ColumnReading:
        """Return what was found after all blocks, `rows` cells in all."""
        if self.missing == rows:
            return ColumnReading(self.name, "number", self.missing, "has no value at all")
        return ColumnReading(self.name, self.type or "number", self.missing, "; ".join(self.notes))


def _with_point(cells: pa.Array, decimal: Literal[".", ","]) -> pa.Array | None:
    if decimal == ".":
        return cells
    if pc.any(pc.match_substring(cells, ".")).as_py():
        return None
    return pc.replace_substring(cells, ",", ".")


def _can_cast(cells: pa.Array, kind: pa.DataType) -> bool:
    try:
        pc.cast(cells, kind)
    except pa.ArrowInvalid:
        return False
    return True


def blanked(cells: pa.Array, missing_tokens: pa.Array) -> pa.Array:
    """Return the cells with null where a cell is one of the missing tokens."""
    return pc.if_else(pc.is_in(cells, value_set=missing_tokens), pa.scalar(None, pa.string()), cells)


def typed(cells: pa.Array, column: ColumnReading, decimal: Literal[".", ","], missing_tokens: pa.Array) -> Any:
    """Return text cells as an Arrow array of the column's type; missing tokens become null.

    Raises:
        RefusedInputError: a cell cannot be read as the column's type.
    """
    known = blanked(cells, missing_tokens)
    if column.type == "text":
        return known
    trimmed = pc.utf8_trim_whitespace(known)
    points = _with_point(trimmed, decimal) if column.type == "number" else trimmed
    try:
        return pc.cast(trimmed if points is None else points, ARROW_TYPES[column.type])
    except pa.ArrowInvalid as error:
        raise RefusedInputError(
            f"Column {column.name!r} cannot be read as {column.type}: {str(error)[:200]}",
            "Choose the type text for it.",
        ) from error
