"""The type of a column of text cells, found from all blocks of a file, and the cast to that type.

One cell does not decide: a column of numbers (or moments) in which few cells cannot be read stays one. Those cells count as missing,
and are named with their number.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from governance.data.number_text import (
    contradicts,
    is_adorned,
    is_code,
    is_long,
    is_marked,
    is_thousands_or_not,
    is_whole,
    plain,
    thousands_of,
)
from governance.data.reading import ColumnReading, ColumnType
from governance.evidence import RefusedInputError

ARROW_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "text": pa.string(),
}
FEW: Final = 0.05
"""Up to this share of the cells with a value may be unreadable in a column that keeps its type."""
WORDS: Final = 10
"""Different unreadable cells without a digit ("?", "unknown"), at most, in a column that keeps its type."""
SLIPS: Final = 3
"""Different unreadable cells with a digit ("12o"), at most; more of them are codes, for example of diagnoses."""
_KEPT: Final = 60
"""Different unreadable cells after which a column is given up as one of numbers or moments."""
_DAY_FIRST: Final = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}"
_MOMENT: Final = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?)?$"
)


@dataclass(slots=True)
class _Hypothesis:
    """How many cells a type can read, and which it cannot."""

    read: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def alive(self) -> bool:
        """Whether the type may still be that of the column."""
        return len(self.unread) <= _KEPT

    def see(self, values: pa.Array, counts: pa.Array, readable: pa.Array) -> None:
        """Take different cells with their rows into account."""
        self.read += pc.sum(pc.filter(counts, readable)).as_py() or 0
        strange = pc.invert(readable)
        for value, rows in zip(
            pc.filter(values, strange).to_pylist(), pc.filter(counts, strange).to_pylist(), strict=True
        ):
            self.unread[value] += rows
            if not self.alive:
                return

    def holds(self) -> bool:
        """Return whether all cells but few, and these of few kinds, can be read."""
        strange = self.unread.total()
        if not self.read or not self.alive or strange > FEW * (self.read + strange):
            return False
        digits = sum(any(sign.isdigit() for sign in cell) for cell in self.unread)
        return digits <= SLIPS and len(self.unread) - digits <= WORDS


@dataclass(slots=True)
class Narrowing:
    """What is known of a column after the blocks seen so far."""

    name: str
    decimal: Literal[".", ","]
    missing_tokens: pa.Array
    doubtful: bool = False
    """Whether the file is of a sort in which points may stand between thousands."""
    known: int = 0
    missing: int = 0
    codes: bool = False
    """Whether a cell has leading zeros or more digits than a number keeps."""
    whole: bool = True
    """Whether every number is whole."""
    long: bool = False
    """Whether a whole number is so large that a float would round it."""
    thirds: bool = True
    """Whether every point stands before exactly three digits."""
    pointed: bool = False
    """Whether a cell has a point."""
    blank: int = 0
    """Cells of spaces alone."""
    grouped: bool = False
    """Whether a number has its thousands apart."""
    boolean: bool = True
    day_first: bool = True
    numeral: bool = True
    """Whether every cell is a number, perhaps with signs around it."""
    adorned: bool = False
    """Whether a cell has such signs."""
    number: _Hypothesis = field(default_factory=_Hypothesis)
    moment: _Hypothesis = field(default_factory=_Hypothesis)

    def see(self, cells: pa.Array) -> None:
        """Take one block of text cells into account."""
        known = pc.drop_null(blanked(cells, self.missing_tokens))
        self.missing += len(cells) - len(known)
        self.known += len(known)
        if not len(known) or not (self.number.alive or self.moment.alive or self.boolean):
            return
        different = pc.value_counts(known)
        values, counts = different.field("values"), different.field("counts")
        trimmed = pc.utf8_trim_whitespace(values)
        self.boolean &= bool(
            pc.all(pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(["true", "false", ""]))).as_py()
        )
        self.blank += pc.sum(pc.filter(counts, pc.equal(trimmed, ""))).as_py() or 0
        self.day_first &= bool(pc.all(pc.match_substring_regex(trimmed, _DAY_FIRST)).as_py())
        if self.number.alive:
            self._see_numbers(values, counts)
        if self.moment.alive:
            self.moment.see(values, counts, is_moment(values))

    def _see_numbers(self, values: pa.Array, counts: pa.Array) -> None:
        written = plain(values, self.decimal)
        readable = pc.is_valid(written)
        self.number.see(values, counts, readable)
        if self.numeral and written.null_count:
            self.numeral, one = is_adorned(pc.filter(values, pc.invert(readable)))
            self.adorned |= one
        self.codes |= bool(pc.any(is_code(values)).as_py())
        numbers = pc.drop_null(written)
        self.whole &= bool(pc.all(is_whole(numbers)).as_py() is not False)
        self.long |= bool(pc.any(is_long(numbers)).as_py())
        thirds, pointed = is_thousands_or_not(values)
        self.thirds &= thirds
        self.pointed |= pointed
        self.grouped |= bool(thousands_of(values, self.decimal))

    def reading(self, rows: int) -> ColumnReading:
        """Return what was found after all blocks, `rows` cells in all."""
        if self.missing == rows:
            return ColumnReading(self.name, "number", self.missing, "has no value at all")
        kind, unread, note = self._found()
        return ColumnReading(name=self.name, type=kind, missing=self.missing, note=note, unread=unread)

    def _found(self) -> tuple[ColumnType, int, str]:
        """Return the type, how many cells it cannot read, and what a person should know."""
        if self.boolean and self.known > self.blank:
            return (
                "boolean",
                self.blank,
                f"has {self.blank:,} blank cell(s), which count as missing" if self.blank else "",
            )
        if self.number.holds():
            against = self._against_numbers()
            if against:
                return "text", 0, f"{against}, so it is kept as text"
            return "integer" if self.whole else "number", self.number.unread.total(), self._note_number()
        if self.moment.holds():
            return "timestamp", self.moment.unread.total(), _note_unread(self.moment, "no moment in time")
        return "text", 0, self._note_text()

    def _against_numbers(self) -> str:
        """Return why cells that can be read as numbers are none, or would not stay what they are; "" for nothing."""
        if self.codes:
            return "has leading zeros or more than 18 digits"
        if self.long and not self.whole:
            return f"has whole numbers beyond {2**53:,} beside others, which no number keeps exactly"
        other = next((cell for cell in self.number.unread if self.grouped and contradicts(cell, self.decimal)), None)
        return "" if other is None else f"uses one sign between thousands and as decimal mark ({other[:40]!r})"

    def _note_number(self) -> str:
        grouped = "has its thousands set apart, which were joined" if self.grouped else ""
        doubtful = (
            "has three digits behind every point and was read with decimal points: if these are thousands, write 1234 for 1.234"
            if self.doubtful and self.thirds and self.pointed
            else ""
        )
        return "; ".join(text for text in (grouped, doubtful, _note_unread(self.number, "no number")) if text)

    def _note_text(self) -> str:
        if self.numeral and self.adorned:
            shown = next((cell for cell in self.number.unread), "")
            return f"looks like numbers with signs around them ({shown[:40]!r}) and is kept as text: write the bare numbers"
        if self.numeral and self.number.unread and all(map(is_marked, self.number.unread)):
            shown = next(iter(self.number.unread))
            return (
                f"looks like numbers of which it is not sure what the signs inside mean ({shown[:40]!r}) and is kept as text: write them "
                f"without signs between thousands and with the decimal mark {self.decimal!r}"
            )
        if self.number.alive and self.number.read > self.known / 2:
            shown = ", ".join(repr(cell[:40]) for cell in list(self.number.unread)[:3])
            return f"is kept as text because not every cell is a number: {shown}"
        return "looks like dates that are not in the order year-month-day; it is kept as text" if self.day_first else ""


def _note_unread(found: _Hypothesis, what: str) -> str:
    if not found.unread:
        return ""
    shown = ", ".join(repr(cell[:40]) for cell, _ in found.unread.most_common(3))
    return f"has {found.unread.total():,} cell(s) that are {what} and count as missing: {shown}"


def is_moment(cells: pa.Array) -> pa.Array:
    """Return (n,) whether a cell is a day, or a day with a time, in the order of ISO 8601."""
    trimmed = pc.utf8_trim_whitespace(cells)
    like = pc.match_substring_regex(trimmed, _MOMENT)
    try:
        pc.cast(pc.filter(trimmed, like), pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pa.array(
            [bool(found) and _can_cast(cell) for cell, found in zip(trimmed, like, strict=True)], pa.bool_()
        )
    return like


def _can_cast(cell: pa.Scalar) -> bool:
    try:
        cell.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return False
    return True


def blanked(cells: pa.Array, missing_tokens: pa.Array) -> pa.Array:
    """Return the cells with null where a cell is one of the missing tokens."""
    return pc.if_else(pc.is_in(cells, value_set=missing_tokens), pa.scalar(None, pa.string()), cells)


def typed(cells: pa.Array, column: ColumnReading, decimal: Literal[".", ","], missing_tokens: pa.Array) -> Any:
    """Return text cells as an Arrow array of the column's type; missing tokens, and cells counted as unread, become null.

    Raises:
        RefusedInputError: a cell cannot be read as the column's type.
    """
    known = blanked(cells, missing_tokens)
    if column.type == "text":
        return known
    readable = _readable(known, column, decimal)
    if not column.unread and readable.null_count > known.null_count:
        first = pc.filter(known, pc.and_(pc.is_null(readable), pc.is_valid(known)))[0].as_py()
        raise RefusedInputError(
            f"Column {column.name!r} cannot be read as {column.type}: a cell is none.",
            "Choose the type text for it.",
            cells=f"It is {first[:80]!r}.",
        )
    try:
        return pc.cast(readable, ARROW_TYPES[column.type])
    except pa.ArrowInvalid as error:
        raise RefusedInputError(
            f"Column {column.name!r} cannot be read as {column.type}.",
            "Choose the type text for it.",
            cells=f"The reader says: {str(error)[:200]}.",
        ) from error


def _readable(known: pa.Array, column: ColumnReading, decimal: Literal[".", ","]) -> pa.Array:
    """Return the cells as Arrow casts them, null where the type cannot read one."""
    if column.type in ("integer", "number"):
        return plain(known, decimal)
    trimmed = pc.utf8_trim_whitespace(known)
    if column.type == "timestamp":
        return pc.if_else(is_moment(known), trimmed, pa.scalar(None, pa.string()))
    lower = pc.utf8_lower(trimmed)
    is_word = pc.is_in(lower, value_set=pa.array(["true", "false"]))
    return pc.if_else(is_word, lower, pa.scalar(None, pa.string()))
