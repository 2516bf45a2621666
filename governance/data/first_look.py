"""A first look at a table that nobody has registered yet: how it is read, what its columns hold, which roles they may have."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from governance.data.file_kind import kind_of
from governance.data.profile import ColumnProfile, profile
from governance.data.reading import MISSING, ColumnType, CsvReading
from governance.data.spellings import Spelled, spelled
from governance.data.suggest import Suggestion, suggest
from governance.data.table import ParquetDataset, check_parquet
from governance.evidence import Progress, silent


@dataclass(frozen=True, slots=True)
class TableLook:
    """What a person sees before confirming."""

    reading: CsvReading | None
    """How a CSV file is read; None for Parquet, which says so itself."""
    rows: int
    columns: tuple[ColumnProfile, ...]
    suggestions: tuple[Suggestion, ...]
    sample: tuple[tuple[str, ...], ...]
    """The first rows as text, at most ten; "" where a value is missing."""
    spellings: tuple[Spelled, ...] = ()
    """Values that differ by case, spaces or signs alone, of columns with at most ten values each."""


def look_at(
    path: str,
    separator: str = "",
    encoding: str = "",
    missing: tuple[str, ...] = MISSING,
    as_text: tuple[str, ...] = (),
    *,
    progress: Progress = silent,
) -> TableLook:
    """Return the first look at a CSV or Parquet file; runs where heavy work runs.

    Args:
        path: of the file.
        separator: one character, "" to detect it.
        encoding: name of the codec, "" to detect it.
        missing: texts that count as missing in a CSV file.
        as_text: columns that stay text although they look like numbers.
        progress: told how far the look is.

    Raises:
        RefusedInputError: the file is not such a table.
    """
    from governance.data.reader import csv_to_parquet, detect_csv, retyped

    source = Path(path)
    if kind_of(source) == "parquet":
        check_parquet(source)
        return _look(ParquetDataset(source, ""), None, progress)
    reading = detect_csv(source, separator=separator, encoding=encoding, missing=missing, progress=progress)
    kinds: dict[str, ColumnType] = {name: "text" for name in as_text if name in reading.columns}
    reading = retyped(reading, kinds)
    with tempfile.TemporaryDirectory(prefix="countersign-look-") as folder:
        target = Path(folder) / "table.parquet"
        csv_to_parquet(source, target, reading, progress)
        return _look(ParquetDataset(target, ""), reading, progress)


def _look(data: ParquetDataset, reading: CsvReading | None, progress: Progress) -> TableLook:
    columns = profile(data, progress)
    first = next(data.chunks(rows=10)).astype("object")
    sample = tuple(
        tuple("" if gone else str(cell) for cell, gone in zip(row, missing, strict=True))
        for row, missing in zip(first.to_numpy().tolist(), first.isna().to_numpy().tolist(), strict=True)
    )
    alike = tuple(
        item
        for column in columns
        if column.kind == "text" and column.distinct <= len(column.top)
        for item in spelled(column.name, {one.value: one.rows for one in column.top})
    )
    return TableLook(
        reading=reading,
        rows=data.n_total,
        columns=columns,
        suggestions=suggest(columns),
        sample=sample,
        spellings=alike,
    )
