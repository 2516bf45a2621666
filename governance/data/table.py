"""Tables on disk as a `Dataset`: a Parquet file, a cohort of its rows, whole or in chunks."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from governance.data.cohort import Condition, columns_of, parse
from governance.data.file_kind import Limits, digest_of, kind_of
from governance.data.kept_reading import reading_in
from governance.data.plain_columns import PlainColumns, plain_columns
from governance.evidence import RefusedInputError, TableReading, unknown_choice
from governance.subject import Dataset, Schema

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray


READ_AT_ONCE: Final = 2**20
"""Bytes of a column that are read at a time: a mapped file would fill the memory of the process, a whole column of a file with few row
groups as well."""


@dataclass(frozen=True)
class ParquetDataset:
    """A Parquet file with column roles, restricted to a cohort.

    Text comes as pandas `category` (categories sorted, only those that occur) or `str`, integers with missing values and
    decimals as float64, booleans with missing values as `boolean`, dates as datetime64.
    """

    path: Path
    digest: str
    """SHA-256 of the bytes that were given (of the CSV file when the Parquet file was made from one)."""
    schema: Schema = field(default_factory=Schema)
    cohort: str = ""
    """Which rows, in the language of `governance.data.cohort`; "" for all."""

    @cached_property
    def _condition(self) -> Condition | None:
        found = parse(self.cohort)
        if found is not None:
            self._known(columns_of(found))
        return found

    @cached_property
    def _arrow_schema(self) -> pa.Schema:
        """The columns that are read, each under a name of its own."""
        import pyarrow as pa

        kinds = [self._file_schema.field(place).type for place in self._plain.places]
        return pa.schema(list(zip(self._plain.names, kinds, strict=True)))

    @cached_property
    def _file_schema(self) -> pa.Schema:
        return self._open(()).schema_arrow

    @cached_property
    def _plain(self) -> PlainColumns:
        return plain_columns(self._file_schema)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns of plain values in file order; `reading` names the others."""
        return self._plain.names

    @cached_property
    def reading(self) -> TableReading:
        """How the file was read; for one that was made from a text file, how that was."""
        kept = reading_in(self._file_schema)
        if kept is None:
            types = {item.name: str(item.type) for item in self._arrow_schema}
            kept = TableReading(types=types, warnings=self._plain.warnings)
        return replace(kept, warnings=(*kept.warnings, *self._spellings()))

    def _spellings(self) -> Iterator[str]:
        """Yield what there is to say about several spellings of one group, each such column read once."""
        from governance.data import spellings

        named = (*spellings.looked_at(self.schema), *(item.column for item in self.schema.mappings))
        bare = ParquetDataset(self.path, self.digest)
        counts = {name: spellings.counted(bare.frame((name,))[name]) for name in named if name in self.columns}
        yield from spellings.said(self.schema, counts)

    @cached_property
    def n_total(self) -> int:
        """Rows in the file."""
        return int(self._open(()).metadata.num_rows)

    @cached_property
    def n_rows(self) -> int:
        """Rows in the cohort."""
        if self._condition is None:
            return self.n_total
        return len(self.positions())

    def positions(self) -> NDArray[np.intp]:
        """Return the positions in the file, from 0 and rising, of the rows in the cohort."""
        import numpy as np
        import pyarrow as pa

        from governance.data.cohort_mask import mask
        from governance.data.frame import frame_of

        if self._condition is None:
            return np.arange(self.n_total)
        tested = columns_of(self._condition)
        found, start = [np.zeros(0, dtype=np.intp)], 0
        for batch in self._open(tested).iter_batches(batch_size=262_144, columns=self._plain.stored_names(tested)):
            frame = self._mapped(frame_of(self._own(pa.Table.from_batches([batch]), tested)))
            found.append(start + np.flatnonzero(mask(self._condition, frame)))
            start += len(frame)
        return np.concatenate(found)

    def frame(self, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the rows as one frame with a RangeIndex; columns that the schema ignores only when they are named."""
        wanted = self._known(columns)
        read = self._with_cohort(wanted)
        table = self._open(read).read(columns=self._plain.stored_names(read), use_threads=True)
        return self._restricted(self._own(table, read), wanted)

    def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
        """Yield the rows in file order, at most `rows` at a time; no chunk is empty."""
        import pyarrow as pa

        wanted = self._known(columns)
        read = self._with_cohort(wanted)
        stored = self._plain.stored_names(read)
        for batch in self._open(read).iter_batches(batch_size=rows, columns=stored, use_threads=True):
            frame = self._restricted(self._own(pa.Table.from_batches([batch]), read), wanted)
            if len(frame):
                yield frame

    def check_cohort(self) -> None:
        """Raise RefusedInputError when the cohort is not readable, or does not fit the columns and their types."""
        self._restricted(self._arrow_schema.empty_table(), ())

    def _known(self, columns: tuple[str, ...] | None) -> tuple[str, ...]:
        for name in columns or ():
            if name not in self.columns:
                raise unknown_choice("column", name, self.columns)
        return tuple(name for name in self.columns if name not in self.schema.ignore) if columns is None else columns

    def _own(self, table: pa.Table, wanted: tuple[str, ...]) -> pa.Table:
        """Return the wanted columns of what the file gave, under their own names."""
        if not table.num_columns:
            return table
        own = self._plain.own_names(table.column_names)
        read = table.select([place for place, name in enumerate(own) if name])
        return read.rename_columns([name for name in own if name]).select(list(wanted))

    def _with_cohort(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        extra = columns_of(self._condition) if self._condition is not None else ()
        return tuple(dict.fromkeys((*wanted, *extra)))

    def _open(self, columns: tuple[str, ...]) -> pq.ParquetFile:
        import pyarrow.parquet as pq

        asked = self._plain.stored_names(columns) if columns else []
        once = [name for name, _ in self._plain.file] if columns else []
        text = [name for name in asked if once.count(name) == 1 and _is_text(self._file_schema.field(name).type)]
        return pq.ParquetFile(self.path, buffer_size=READ_AT_ONCE, read_dictionary=text or None, pre_buffer=False)

    def _restricted(self, table: pa.Table, wanted: tuple[str, ...]) -> pd.DataFrame:
        from governance.data.cohort_mask import mask
        from governance.data.frame import frame_of

        if self._condition is None:
            return self._mapped(frame_of(table.select(list(wanted))))
        tested = self._mapped(frame_of(table.select(list(columns_of(self._condition)))))
        import pyarrow as pa

        kept = table.select(list(wanted)).filter(pa.array(mask(self._condition, tested)))
        return self._mapped(frame_of(kept))

    def _mapped(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with the values that the schema declares read as others."""
        if not self.schema.mappings:
            return frame
        from governance.data.spellings import mapped

        return mapped(frame, self.schema.mappings)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def open_dataset(path: Path, schema: Schema | None = None, cohort: str = "", limits: Limits | None = None) -> Dataset:
    """Return the CSV or Parquet file as a table with its roles and cohort checked.

    A CSV file is read as detected and kept as a temporary Parquet file for as long as the returned table lives.

    Raises:
        RefusedInputError: a file that is not such a table, a role or a cohort that names a missing column.
    """
    schema = schema or Schema()
    kind = kind_of(path, limits)
    folder = ""
    digest = digest_of(path)
    if kind == "csv":
        from governance.data.reader import csv_to_parquet, detect_csv

        reading = detect_csv(path, limits=limits)
        folder = tempfile.mkdtemp(prefix="countersign-")
        source, path = path, Path(folder) / "table.parquet"
        csv_to_parquet(source, path, reading)
    else:
        check_parquet(path, limits)
    found = ParquetDataset(path, digest, schema, cohort)
    if folder:
        weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    schema.check(found.columns)
    found.check_cohort()
    return found


def check_parquet(path: Path, limits: Limits | None = None) -> None:
    """Raise RefusedInputError when a Parquet file is damaged, too large once unpacked, or holds no plain table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    limits = limits or Limits()
    try:
        file = pq.ParquetFile(path)
        schema, meta = file.schema_arrow, file.metadata
        unpacked = sum(meta.row_group(index).total_byte_size for index in range(meta.num_row_groups))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise RefusedInputError(
            f"This Parquet file is damaged: {str(error)[:200]}.", "Write or copy it again."
        ) from error
    if unpacked > limits.bytes or meta.num_rows > limits.rows:
        raise RefusedInputError(
            f"The table has {meta.num_rows:,} rows and {unpacked:,} bytes once unpacked; the limits are "
            f"{limits.rows:,} and {limits.bytes:,}.",
            "Give fewer rows or columns.",
        )
    check_table(schema, meta.num_rows, limits)


def check_table(schema: pa.Schema, rows: int, limits: Limits | None = None) -> None:
    """Raise RefusedInputError when a table has no rows, bad names of columns, or no column of plain values."""
    from governance.data.text_layout import check_names

    plain = plain_columns(schema)
    if not plain.names and len(schema.names):
        raise RefusedInputError(
            f"Column {schema[0].name!r} holds {schema[0].type}; a table of plain values is expected.",
            "Write numbers, text, booleans or dates.",
        )
    check_names(plain.names, limits or Limits())
    if not rows:
        raise RefusedInputError("The table has columns and no rows.", "Give at least one row of data.")
