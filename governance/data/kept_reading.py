"""How a text file was read, kept inside the Parquet file that was made from it, so that it is known wherever that file goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.data.reading import CsvReading
from governance.evidence import CountersignError, TableReading, canonical, decode, encode, parse

if TYPE_CHECKING:
    import pyarrow as pa

_KEY: Final = b"countersign.reading"


def table_reading(reading: CsvReading) -> TableReading:
    """Return what stands beside results of the reading of a text file."""
    return TableReading(
        encoding=reading.encoding,
        separator=reading.separator,
        decimal=reading.decimal,
        header=reading.header,
        types={column.name: column.type for column in reading.types},
        unread_cells={column.name: column.unread for column in reading.types if column.unread},
        warnings=reading.warnings,
    )


def with_reading(schema: pa.Schema, reading: CsvReading) -> pa.Schema:
    """Return the schema with the reading among its metadata."""
    return schema.with_metadata({_KEY: canonical(encode(table_reading(reading)))})


def reading_in(schema: pa.Schema) -> TableReading | None:
    """Return the reading that a schema keeps, None when there is none that can be read."""
    raw = (schema.metadata or {}).get(_KEY)
    if raw is None:
        return None
    try:
        return decode(TableReading, parse(raw))
    except (CountersignError, ValueError):
        return None
