"""How a CSV file is to be read: what was detected, shown to a person before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal["integer", "number", "boolean", "timestamp", "text"]

MISSING: Final = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "<NA>")
"""What counts as missing unless told otherwise. "None", "?" and "-" are values: some data have them as categories."""


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """What was found in one column of the whole file."""

    name: str
    type: ColumnType
    missing: int
    """Cells that hold one of the missing tokens."""
    note: str = ""
    """What a person should know about the choice of the type, "" when nothing."""
    unread: int = 0
    """Cells that the type cannot read; they count as missing."""


@dataclass(frozen=True, slots=True)
class CsvReading:
    """Everything that decides how the bytes of one CSV file become a table."""

    encoding: str
    """Name of the Python codec."""
    separator: str
    """One character."""
    decimal: Literal[".", ","]
    header: bool
    """Whether the first row names the columns; otherwise they are column_1, column_2, ..."""
    types: tuple[ColumnReading, ...]
    """In file order, determined from every row."""
    missing: tuple[str, ...]
    """Cells with one of these texts, quoted or not, are missing."""
    rows: int
    sample: tuple[tuple[str, ...], ...]
    """The first rows as text, at most 20."""
    warnings: tuple[str, ...] = ()
    """What a person should look at before confirming, in plain words."""
    skip: int = 0
    """Lines above the header that are no part of the table: a title, or `sep=;`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns in file order."""
        return tuple(column.name for column in self.types)
