"""A table that is in memory already as a `Dataset`: what a notebook holds, and what tests of the pure rooms make."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from governance.evidence import TableReading
from governance.subject import Schema

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray


class InMemory:
    """A frame in memory as a data set, in chunks of any size."""

    def __init__(
        self,
        frame: pd.DataFrame,
        schema: Schema,
        rows: int | None = None,
        *,
        digest: str = "",
        reading: TableReading | None = None,
    ) -> None:
        """Take the frame as it is.

        Args:
            frame: the rows; never written to.
            schema: the roles of its columns.
            rows: rows of a chunk, whatever the reader asks for; None for as many as it asks for.
            digest: SHA-256 of the content, "" when nobody will store the result.
            reading: what was left out or renamed before; None for nothing.
        """
        self.reading = reading or TableReading()
        self._frame, self.schema, self.digest, self._rows = frame.reset_index(drop=True), schema, digest, rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns in order."""
        return tuple(self._frame.columns)

    @property
    def n_rows(self) -> int:
        """Rows."""
        return len(self._frame)

    n_total = n_rows

    def positions(self) -> NDArray[np.intp]:
        """Return the positions of the rows, from 0: all of them, because a frame is its own cohort."""
        import numpy as np

        return np.arange(len(self._frame))

    def frame(self, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the rows as one frame with a RangeIndex."""
        return self._frame if columns is None else self._frame[list(columns)]

    def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
        """Yield the rows in order, at most `rows` at a time."""
        step = self._rows or rows
        for start in range(0, len(self._frame), step):
            yield self.frame(columns).iloc[start : start + step]


def from_table(table: pa.Table, schema: Schema) -> InMemory:
    """Return an Arrow table as a data set, with the types that the same table would have when read from a Parquet file.

    Its digest is the SHA-256 of the columns as an Arrow stream without metadata: the same content has the same digest.

    Raises:
        RefusedInputError: no rows, no column of plain values, or a role of a column that is missing.
    """
    from governance.data import spellings
    from governance.data.frame import frame_of
    from governance.data.plain_columns import plain_columns
    from governance.data.table import check_table

    check_table(table.schema, table.num_rows)
    plain = plain_columns(table.schema)
    schema.check(plain.names)
    digest = _digest_of(table)
    table = table.select(list(plain.places)).rename_columns(list(plain.names))
    types = {item.name: str(item.type) for item in table.schema}
    frame = frame_of(table)
    named = (*spellings.looked_at(schema), *(item.column for item in schema.mappings))
    counts = {name: spellings.counted(frame[name]) for name in named}
    reading = TableReading(types=types, warnings=(*plain.warnings, *spellings.said(schema, counts)))
    return InMemory(spellings.mapped(frame, schema.mappings), schema, digest=digest, reading=reading)


def _digest_of(table: pa.Table) -> str:
    import pyarrow as pa

    whole = table.replace_schema_metadata(None).unify_dictionaries().combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return hashlib.sha256(sink.getvalue()).hexdigest()
