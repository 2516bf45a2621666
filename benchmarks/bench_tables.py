"""Large and wide tables: the first look at millions of floats, and what one more column costs a drift comparison.

Run: python -m benchmarks.bench_tables [rows of the first look] [columns of the comparison]

Processor time, because other programs on the machine change the time on the clock.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.bench_drift import peak
from benchmarks.outcome import tell
from governance.data import digest_of, look_at
from governance.runs import DataFile, Task, execute
from governance.subject import Schema

ROWS, FLOATS = 5_000_000, 20
COLUMNS, FEW_ROWS = 400, 300
PIECE = 500_000


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of `work`."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def write_floats(path: Path, rows: int) -> None:
    """Write a table of continuous columns, in which hardly a value occurs twice."""
    rng = np.random.default_rng(1)
    schema = pa.schema([(f"c{at}", pa.float64()) for at in range(FLOATS)])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, PIECE):
            count = min(PIECE, rows - start)
            writer.write_table(pa.table({name: rng.normal(size=count) for name in schema.names}))


def first_look(folder: Path, rows: int) -> None:
    """Print the cost of the first look at a table of floats."""
    path = folder / "floats.parquet"
    write_floats(path, rows)
    took: list[float] = []
    most = peak(lambda: took.append(seconds(lambda: look_at(str(path)))))
    print(f"first look at {rows:,} x {FLOATS} floats  {took[0]:.1f} s of processor, at most {most:.0f} MB")
    tell(f"first look at {rows:,} x {FLOATS} floats, processor", took[0], unit="s", target=20 if rows == ROWS else None)


def comparison(folder: Path, columns: int) -> Task:
    """Return the comparison of two windows of so many columns and few rows."""
    rng = np.random.default_rng(columns)
    files = []
    for name in ("before", "after"):
        path = folder / f"{name}-{columns}.parquet"
        frame = pd.DataFrame(rng.normal(size=(FEW_ROWS, columns)), columns=[f"c{at}" for at in range(columns)])
        frame.to_parquet(path)
        files.append(DataFile(str(path), digest_of(path), Schema(), "", name))
    return Task("drift.columns", files[1], None, files[0])


def wide(folder: Path, columns: int) -> None:
    """Print the cost of a wide comparison, and of one more column."""
    few, many = comparison(folder, columns // 4), comparison(folder, columns)
    execute(few)  # what is imported and compiled
    narrow, whole = seconds(lambda: execute(few)), seconds(lambda: execute(many))
    each = 1000 * (whole - narrow) / (columns - columns // 4)
    print(
        f"drift of {columns} columns x {FEW_ROWS} rows  {whole:.2f} s of processor, {each:.1f} ms for one more column"
    )
    tell(
        f"drift of {columns} columns x {FEW_ROWS} rows, processor",
        whole,
        unit="s",
        target=3 if columns == COLUMNS else None,
    )
    tell("drift, one more column", each, unit="ms", target=5 if columns == COLUMNS else None)


def main() -> None:
    """Print both."""
    rows, columns = (int(word) for word in (sys.argv[1:] + [str(ROWS), str(COLUMNS)][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as place:
        first_look(Path(place), rows)
        wide(Path(place), columns)


if __name__ == "__main__":
    main()
