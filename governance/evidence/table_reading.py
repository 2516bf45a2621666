"""How the file of a table was read: what stands beside the inputs of every result that rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TableReading:
    """What the reader took the bytes of one file for, and what a person should look at."""

    encoding: str = ""
    """Name of the codec of a text file; "" for a file that is not text."""
    separator: str = ""
    """Between the cells of a text file; "" for others."""
    decimal: str = ""
    """The decimal mark of a text file; "" for others."""
    header: bool = True
    """Whether the file names its columns."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Column -> type."""
    unread_cells: Mapping[str, int] = field(default_factory=dict)
    """Column -> cells that its type cannot read; they count as missing. Columns without such cells are left out."""
    warnings: tuple[str, ...] = ()
    """In plain words."""
    reference: TableReading | None = None
    """The same of the table that this one is compared with."""
