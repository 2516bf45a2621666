"""Tables on disk as a `Dataset`: a Parquet file, a cohort of its rows, whole or in chunks."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from governance.data.cohort import Condition, columns_of, parse
from governance.data.dataset import Dataset
from governance.data.file_kind import Limits, digest_of, kind_of
from governance.data.schema import Schema
from governance.errors import RefusedInputError, unknown_choice

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
        return self._open(()).schema_arrow

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns in file order."""
        return tuple(self._arrow_schema.names)

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
        for batch in self._open(tested).iter_batches(batch_size=262_144, columns=list(tested)):
            frame = frame_of(pa.Table.from_batches([batch]))
            found.append(start + np.flatnonzero(mask(self._condition, frame)))
            start += len(frame)
        return np.concatenate(found)

    def frame(self, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the rows as one frame with a RangeIndex."""
        wanted = self._known(columns)
        read = self._with_cohort(wanted)
        table = self._open(read).read(columns=list(read), use_threads=True)
        return self._restricted(table, wanted)

    def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
        """Yield the rows in file order, at most `rows` at a time; no chunk is empty."""
        import pyarrow as pa

        wanted = self._known(columns)
        read = self._with_cohort(wanted)
        for batch in self._open(read).iter_batches(batch_size=rows, columns=list(read), use_threads=True):
            frame = self._restricted(pa.Table.from_batches([batch]), wanted)
            if len(frame):
                yield frame

    def check_cohort(self) -> None:
        """Raise RefusedInputError when the cohort is not readable, or does not fit the columns and their types."""
        self._restricted(self._arrow_schema.empty_table(), ())

    def _known(self, columns: tuple[str, ...] | None) -> tuple[str, ...]:
        for name in columns or ():
            if name not in self.columns:
                raise unknown_choice("column", name, self.columns)
        return self.columns if columns is None else tuple(columns)

    def _with_cohort(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        extra = columns_of(self._condition) if self._condition is not None else ()
        return tuple(dict.fromkeys((*wanted, *extra)))

    def _open(self, columns: tuple[str, ...]) -> pq.ParquetFile:
        import pyarrow as pa
        import pyarrow.parquet as pq

        text = [
            name for name in columns if pa.types.is_string(kind := self._arrow_schema.field(name).type)
            or pa.types.is_large_string(kind)
        ]  # fmt: skip
        return pq.ParquetFile(self.path, buffer_size=READ_AT_ONCE, read_dictionary=text or None, pre_buffer=False)

    def _restricted(self, table: pa.Table, wanted: tuple[str, ...]) -> pd.DataFrame:
        from governance.data.cohort_mask import mask
        from governance.data.frame import frame_of

        if self._condition is None:
            return frame_of(table.select(list(wanted)))
        tested = frame_of(table.select(list(columns_of(self._condition))))
        import pyarrow as pa

        kept = table.select(list(wanted)).filter(pa.array(mask(self._condition, tested)))
        return frame_of(kept)


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

    from governance.data.text_layout import check_names

    limits = limits or Limits()
    try:
        file = pq.ParquetFile(path)
        schema, meta = file.schema_arrow, file.metadata
        unpacked = sum(meta.row_group(index).total_byte_size for index in range(meta.num_row_groups))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise RefusedInputError(
            f"This Parquet file is damaged: {str(error)[:200]}.", "Write or copy it again."
        ) from error
    check_names(tuple(schema.names), limits)
    if unpacked > limits.bytes or meta.num_rows > limits.rows:
        raise RefusedInputError(
            f"The table has {meta.num_rows:,} rows and {unpacked:,} bytes once unpacked; the limits are "
            f"{limits.rows:,} and {limits.bytes:,}.",
            "Give fewer rows or columns.",
        )
    if not meta.num_rows:
        raise RefusedInputError("The table has columns and no rows.", "Give at least one row of data.")
    strange = [item for item in schema if not _plain(item.type)]
    if strange:
        raise RefusedInputError(
            f"Column {strange[0].name!r} holds {strange[0].type}; a table of plain values is expected.",
            "Write numbers, text, booleans or dates.",
        )


def _plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return _plain(kind.value_type)
    checks = (
        types.is_integer, types.is_floating, types.is_boolean, types.is_string, types.is_large_string, types.is_null,
        types.is_date, types.is_timestamp, types.is_time, types.is_decimal,
    )  # fmt: skip
    return any(check(kind) for check in checks)
