"""Cells that a spreadsheet program does not take for formulae."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

_STARTS: Final = frozenset({"=", "+", "-", "@", "\t", "\r", "|", "%"})


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe (OWASP, CSV injection)."""
    return "'" + text if text.lstrip(" \n")[:1] in _STARTS else text


def harmless(table: pa.Table) -> pa.Table:
    """Return the table with every text, and every name of a column, as a cell that is no formula; numbers stay numbers."""
    import pyarrow as pa

    columns = []
    for column in table.columns:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            cells = [None if cell is None else safe_cell(cell) for cell in column.to_pylist()]
            columns.append(pa.array(cells, pa.string()))
        else:
            columns.append(column)
    return pa.table(columns, names=[safe_cell(name) for name in table.column_names])
