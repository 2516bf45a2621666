"""CSV files: read twice in blocks with flat memory, once to show what was detected, once to write Parquet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from governance.data.column_type import ARROW_TYPES, Narrowing, typed
from governance.data.file_kind import Limits, digest_of
from governance.data.kept_reading import with_reading
from governance.data.reading import MISSING, ColumnReading, ColumnType, CsvReading
from governance.data.text_layout import Layout, layout_of
from governance.evidence import Progress, RefusedInputError, silent, unknown_choice

_TOTAL: Final = re.compile(
    r"((grand|sub) ?)?totals?|total (general|général)|sums?|summe|(ins)?gesamt(summe)?|sommes?|sumas?|totale|totaal",
    re.IGNORECASE,
)
"""What the last row of an export calls itself when it adds up those above."""
BLOCK_BYTES: Final = 4 << 20
WIDE: Final = 1_000
"""So many columns get one more block's bytes at a time: each block costs work for every column."""
ROW_GROUP: Final = 131_072


@dataclass(frozen=True, slots=True)
class Converted:
    """A CSV file that became a Parquet file."""

    source_digest: str
    """SHA-256 of the CSV bytes."""
    digest: str
    """SHA-256 of the Parquet bytes."""
    rows: int
    columns: tuple[str, ...]


def detect_csv(
    path: Path,
    *,
    encoding: str = "",
    separator: str = "",
    decimal: Literal["", ".", ","] = "",
    header: bool | None = None,
    missing: tuple[str, ...] = MISSING,
    limits: Limits | None = None,
    progress: Progress = silent,
) -> CsvReading:
    """Return how the CSV file would be read, from a look at every row; what the caller names is not detected.

    Raises:
        RefusedInputError: no columns, no rows, rows with a wrong number of cells (named), doubled columns, over the limits.
    """
    limits = limits or Limits()
    layout = layout_of(path, encoding=encoding, separator=separator, header=header, limits=limits)
    layout = replace(layout, decimal=decimal) if decimal else layout
    tokens = pa.array(missing, pa.string())
    doubtful = layout.separator == ";" and layout.decimal == "." and not decimal
    columns = [Narrowing(name, layout.decimal, tokens, doubtful) for name in layout.columns]
    rows, last = 0, [""]
    for block in _blocks(path, layout, "reading the table", progress):
        rows += block.num_rows
        last = [cells[-1].as_py() for cells in block.columns] if block.num_rows else last
        if rows > limits.rows:
            raise RefusedInputError(f"The table has more than {limits.rows:,} rows.", "Give fewer rows.")
        for column, cells in zip(columns, block.columns, strict=True):
            column.see(cells)
    if not rows:
        raise RefusedInputError("The table has a header and no rows.", "Give at least one row of data.")
    quotes = _quote_warnings(path, last[-1]) + _total_warnings(last)
    types = tuple(column.reading(rows) for column in columns)
    notes = tuple(f"Column {column.name!r} {column.note}." for column in types if column.note)
    return CsvReading(
        encoding=layout.encoding,
        separator=layout.separator,
        decimal=layout.decimal,
        header=layout.header,
        types=types,
        missing=missing,
        rows=rows,
        sample=layout.sample,
        warnings=layout.warnings + quotes + notes,
        skip=layout.skip,
    )


def _quote_warnings(path: Path, last_cell: str) -> tuple[str, ...]:
    """Return a warning when a quotation mark is without its partner; refuse one that swallows the end of the file."""
    with path.open("rb") as file:
        odd = sum(block.count(b'"') for block in iter(lambda: file.read(BLOCK_BYTES), b"")) % 2
    if odd and ("\n" in last_cell or "\r" in last_cell):
        raise RefusedInputError(
            "A quotation mark is never closed, so the last cell swallows the rest of the file.",
            "Close the quotation mark in the file.",
            cells=f"That cell begins with {last_cell[:60]!r}.",
        )
    return ("The number of quotation marks is odd: look whether a cell holds more than it should.",) if odd else ()


def _total_warnings(last: list[str]) -> tuple[str, ...]:
    """Return a warning when the last row calls itself a total of those above."""
    first = next((cell.strip() for cell in last if cell.strip()), "")
    if not _TOTAL.fullmatch(first.rstrip(" :")):
        return ()
    return (
        f"The last row begins with {first!r}: if it is a total of the rows above, take it out, or it counts as one of them.",
    )


def retyped(reading: CsvReading, types: Mapping[str, ColumnType]) -> CsvReading:
    """Return the reading with the types that a person chose for some columns.

    Raises:
        RefusedInputError: a column or a type that does not exist.
    """
    for name, kind in types.items():
        if name not in reading.columns:
            raise unknown_choice("column", name, reading.columns)
        if kind not in ARROW_TYPES:
            raise unknown_choice("column type", kind, tuple(ARROW_TYPES))
    return replace(reading, types=tuple(_chosen(column, types) for column in reading.types))


def _chosen(column: ColumnReading, types: Mapping[str, ColumnType]) -> ColumnReading:
    kind = types.get(column.name, column.type)
    return column if kind == column.type else replace(column, type=kind, unread=0, note="")


def csv_to_parquet(source: Path, target: Path, reading: CsvReading, progress: Progress = silent) -> Converted:
    """Write the CSV file as Parquet under its confirmed reading, in blocks, and return both digests.

    Raises:
        RefusedInputError: a cell does not have the confirmed type, or the file changed since it was detected.
    """
    layout = Layout(
        encoding=reading.encoding,
        separator=reading.separator,
        decimal=reading.decimal,
        header=reading.header,
        columns=reading.columns,
        sample=reading.sample,
        warnings=(),
        skip=reading.skip,
    )
    schema = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in reading.types])
    rows = 0
    with pq.ParquetWriter(target, with_reading(schema, reading), compression="zstd") as writer:
        for table in _gathered(source, layout, reading, schema, progress):
            rows += table.num_rows
            writer.write_table(table, row_group_size=ROW_GROUP)
    if rows != reading.rows:
        raise RefusedInputError(
            f"The file had {reading.rows:,} rows when it was detected and has {rows:,} now.", "Detect it again."
        )
    return Converted(digest_of(source), digest_of(target), rows, reading.columns)


def _gathered(
    source: Path, layout: Layout, reading: CsvReading, schema: pa.Schema, progress: Progress
) -> Iterator[pa.Table]:
    """Yield typed tables of at least one row group each (but for the last)."""
    tokens = pa.array(reading.missing, pa.string())
    waiting: list[pa.RecordBatch] = []
    for block in _blocks(source, layout, "writing the table", progress):
        arrays = [
            typed(cells, column, reading.decimal, tokens)
            for cells, column in zip(block.columns, reading.types, strict=True)
        ]
        waiting.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        if sum(batch.num_rows for batch in waiting) >= ROW_GROUP:
            yield pa.Table.from_batches(waiting, schema)
            waiting = []
    yield pa.Table.from_batches(waiting, schema)


@dataclass(slots=True)
class _Ragged:
    """Counts rows whose number of cells is wrong and keeps the first."""

    count: int = 0
    first: Any = None

    def __call__(self, row: Any) -> str:
        self.count += 1
        self.first = self.first or row
        return "skip"

    def refuse_any(self) -> None:
        """Raise RefusedInputError when there were such rows."""
        if self.count:
            at = f"the first is row {self.first.number}" if self.first.number else "near the beginning"
            raise RefusedInputError(
                f"{self.count:,} row(s) do not have {self.first.expected_columns} cells; {at} "
                f"with {self.first.actual_columns}.",
                "Mend the rows, or name another separator. A cell that holds the separator must be quoted.",
                cells=f"That row is {self.first.text[:120]!r}.",
            )


def _blocks(path: Path, layout: Layout, phase: str, progress: Progress) -> Iterator[pa.RecordBatch]:
    """Yield blocks of text cells in file order, without the header; ragged rows are refused at the end."""
    ragged = _Ragged()
    names = [f"f{index}" for index in range(len(layout.columns))]
    size = path.stat().st_size
    skip = layout.header
    with path.open("rb") as file:
        try:
            for batch in _open(file, layout, names, ragged):
                progress(min(file.tell(), size), size, phase)
                yield batch.slice(1) if skip else batch
                skip = False
        except pa.ArrowInvalid as error:
            raise RefusedInputError(
                "The table cannot be read as rows of cells.",
                "Perhaps a quotation mark is never closed.",
                cells=f"The reader says: {str(error)[:300]}.",
            ) from error
        except UnicodeError as error:
            raise RefusedInputError(f"The text is not {layout.encoding}: {error}.", "Name another encoding.") from error
    ragged.refuse_any()


def _open(file: Any, layout: Layout, names: list[str], ragged: _Ragged) -> Any:
    return pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(
            column_names=names,
            skip_rows=layout.skip,
            encoding=layout.encoding.replace("utf-8-sig", "utf-8"),
            block_size=BLOCK_BYTES * (1 + len(names) // WIDE),
            use_threads=False,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=layout.separator, newlines_in_values=True, invalid_row_handler=ragged
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
        ),
    )
