"""A table as the file that its name promises: Parquet, or CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from governance.cli.output import write_bytes
from governance.data import harmless

if TYPE_CHECKING:
    import pyarrow as pa

TABLES: Final = (".parquet", ".pq", ".csv", "")
"""Endings of a table; a file without one is Parquet."""


def write_table(table: pa.Table, out: Path) -> None:
    """Write `table` as CSV when the file's name ends so, as Parquet otherwise.

    Raises:
        RefusedInputError: the file cannot be written.
    """
    import pyarrow.parquet as pq
    from pyarrow import csv

    content = io.BytesIO()
    if out.suffix.lower() == ".csv":
        csv.write_csv(harmless(table), content)
    else:
        pq.write_table(table, content)
    write_bytes(out, content.getvalue())
