"""Metrics by group of a table larger than memory: rows a second, the memory it takes, and the same numbers in other chunks.

Run: `python -m benchmarks.bench_large [ROWS]`; 5,000,000 rows unless told otherwise, beside a tenth of them. The table is written
to a temporary folder and deleted. Memory is measured in a process of its own, every 10 ms: anonymous pages, which are what the
computation holds; pages of the mapped file come and go as the system likes and are printed apart. It is bounded by the entries
of scores that are kept (`governance.fairness.scores.MOST_ENTRIES`) and by the chunks that wait to be merged, so it stops growing at
about three million rows.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.outcome import tell
from governance.data import ParquetDataset
from governance.subject import Schema

CHUNK = 1_000_000
OTHER = 777_777
"""Rows of a chunk in the second reading; 262,144 in the first."""


def write(path: Path, rows: int) -> None:
    """Write a table with two sensitive columns, missing values, labels and scores, a chunk at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(5)
    races = np.array(["A", "B", "C", "D", "E", None], dtype=object)
    writer = None
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        sex, race = rng.integers(0, 2, n), rng.choice(6, n, p=[0.7, 0.15, 0.08, 0.04, 0.02, 0.01])
        score = np.clip(0.45 + 0.08 * sex + rng.normal(0, 0.2, n), 0, 1).round(6)
        table = pa.table(
            {
                "sex": pa.array(np.array(["Female", "Male"], dtype=object)[sex]),
                "race": pa.array(races[race]),
                "label": (rng.random(n) < score).astype(np.int8),
                "score": score,
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=131_072)
    assert writer is not None
    writer.close()


def memory(stop: threading.Event, found: dict[str, int]) -> None:
    """Keep in `found` the largest anonymous and mapped memory of this process, in kB, every 10 ms until `stop` is set."""
    while not stop.wait(0.01):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name in ("RssAnon", "RssFile"):
                found[name] = max(found.get(name, 0), int(value.split()[0]))


def measure(path: str, chunk: int, answer: str) -> None:
    """Compute the report in this process and write what it took; `chunk` 0 for the usual size."""
    import numpy as np

    from governance.evidence import canonical, encode, silent
    from governance.fairness import ByGroup
    from governance.fairness.by_group import by_group
    from governance.subject import Subject

    class Other(ParquetDataset):
        """The same file, read in chunks of another size."""

        def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
            return super().chunks(columns, chunk or rows)

    roles = Schema(target="label", positive="1", sensitive=("sex", "race"), score="score")
    subject = Subject(Other(Path(path), "", roles))
    by_group(replace(subject, data=_first(path, roles)), ByGroup(), rng=np.random.default_rng(0), progress=silent)
    found: dict[str, int] = {}
    stop = threading.Event()
    watch = threading.Thread(target=memory, args=(stop, found))
    watch.start()
    begun, used = time.perf_counter(), time.process_time()
    report = by_group(subject, ByGroup(), rng=np.random.default_rng(0), progress=silent)
    found["milliseconds"] = int(1000 * (time.perf_counter() - begun))
    found["processor"] = int(1000 * (time.process_time() - used))
    stop.set()
    watch.join()
    text = canonical(encode(report.result)).decode()
    Path(answer).write_text(json.dumps({**found, "report": text}), encoding="utf-8")


def _first(path: str, roles: Schema) -> ParquetDataset:
    """Return a few rows of the file: libraries are imported before memory is measured."""

    class Few(ParquetDataset):
        """The first rows only."""

        def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 5_000) -> Iterator[pd.DataFrame]:
            yield next(iter(super().chunks(columns, min(rows, 5_000))))

    return Few(Path(path), "", roles)


def measured(path: Path, chunk: int = 0) -> dict[str, object]:
    """Return what `measure` found in a process of its own."""
    answer = path.with_suffix(f".{chunk}.json")
    process = multiprocessing.get_context("spawn").Process(target=measure, args=(str(path), chunk, str(answer)))
    process.start()
    process.join()
    assert process.exitcode == 0
    return json.loads(answer.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def main() -> None:
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if len(sys.argv) > 1 else 5_000_000
    reports, peaks = {}, {}
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        for n in (rows // 10, rows):
            path = Path(folder) / f"{n}.parquet"
            write(path, n)
            found = measured(path)
            seconds, used = (int(str(found[name])) / 1000 for name in ("milliseconds", "processor"))
            held, mapped = (int(str(found[name])) / 1024 for name in ("RssAnon", "RssFile"))
            print(
                f"{n:>12,} rows, {path.stat().st_size / 1e6:,.0f} MB of Parquet: {seconds:.1f} s, {used:.1f} s of processor, "
                f"{n / used:,.0f} rows per second of processor, peak memory {held:.0f} MB (and {mapped:.0f} MB of mapped files)",
                flush=True,
            )
            reports[n], peaks[n] = found["report"], held
        other = measured(Path(folder) / f"{rows}.parquet", OTHER)
        same = "the same numbers" if other["report"] == reports[rows] else "OTHER NUMBERS"
        tell("memory for ten times the rows", peaks[rows] / peaks[rows // 10])
        print(f"ten times the rows take {peaks[rows] / peaks[rows // 10]:.2f} times the memory")
        print(f"in chunks of {OTHER:,} rows: {same}, peak memory {int(str(other['RssAnon'])) / 1024:.0f} MB")


if __name__ == "__main__":
    main()
