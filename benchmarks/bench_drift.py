"""Drift: processor time against sorting the same numbers, and memory; a hundred million rows from disk.

    python -m benchmarks.bench_drift [rows in thousands, default 1000] [millions of rows from Parquet, default 100; 0 for none]

`make bench-peers` puts Evidently beside it; bench_drift_error.py prints how often alarms are false.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.drift import counted_pairs, drift, freeze, pairs_of, tallies
from governance.evidence import canonical, encode, silent
from tests.drift.planted import LEVELS, MOVED, window

ROOT = Path(__file__).resolve().parents[1]


def median_seconds(work: Callable[[], object], times: int = 3) -> float:
    work()
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def compare(reference: pd.DataFrame, current: pd.DataFrame) -> set[str]:
    return {name for name, word in verdicts(reference, current).items() if word in ("small", "material")}


def resident() -> float:
    """Return the megabytes that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def peak(work: Callable[[], object]) -> float:
    """Return the most megabytes that this process held while it worked."""
    most, done = resident(), threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.005):
            most = max(most, resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return most


def speed(rows: int) -> None:
    compare(
        window(1000, 0, drifted=False), window(1000, 1, drifted=True)
    )  # compiled and imported before memory is read
    before = resident()
    reference, current = window(rows, 0, drifted=False), window(rows, 1, drifted=True)
    columns = [(reference[f"num_{j}"].to_numpy(), current[f"num_{j}"].to_numpy()) for j in range(20)]
    data = float(reference.memory_usage().sum() + current.memory_usage().sum()) / 1e6
    memory = peak(lambda: compare(reference, current)) - before - data
    ours = median_seconds(lambda: compare(reference, current))
    sorting = median_seconds(lambda: [np.sort(np.concatenate(both)) for both in columns])
    frozen = freeze(tallies([reference], list(reference.columns)))
    against = median_seconds(lambda: drift(pairs_of(frozen, [current]), np.random.default_rng(0)))
    half = median_seconds(lambda: drift(pairs_of(frozen, [current[: rows // 2]]), np.random.default_rng(0)))
    print(f"{rows:,} + {rows:,} rows, 20 numeric + 10 categorical columns")
    print(f"  sorting the numeric columns        {sorting:8.3f} s")
    print(f"  whole comparison                   {ours:8.3f} s   {ours / sorting:5.1f} times the sort (goal: 4)")
    print(f"  window against a frozen baseline   {against:8.3f} s   {against / sorting:5.1f} times the sort")
    print(f"  half of the window                 {half:8.3f} s")
    tell("whole comparison against sorting the numeric columns", ours / sorting, target=4)
    tell("memory beyond the data", memory, unit="MB", target=200)
    print(f"  memory beyond the data             {memory:8.0f} MB  (goal: 200)")
    found = compare(reference, current)
    print(f"  planted columns found {len(found & MOVED)} of {len(MOVED)}, others {sorted(found - MOVED)}")


def promises(rows: int, seeds: int = 20) -> None:
    """Print what is found of the planted changes over many seeds, the share of false ones, and what one absurd value changes."""
    shares, missed, turned = [], 0, 0
    for seed in range(seeds):
        pair = [window(rows, 2 * seed + side, drifted=bool(side)) for side in range(2)]
        found = verdicts(*pair)
        moved = {name for name, word in found.items() if word in ("small", "material")}
        missed += len(MOVED - moved)
        shares.append(len(moved - MOVED) / max(len(moved), 1))
        pair[1].loc[17, [name for name in pair[1].columns if name.startswith("num_")]] = 1e6
        turned += sum(word != found[name] for name, word in verdicts(*pair).items())
    print(f"planted changes in {rows:,} + {rows:,} rows x 30 columns, {seeds} seeds")
    print(f"  missed {missed} of {len(MOVED) * seeds}; share of false columns {np.mean(shares):.4f} (promise .05)")
    print(f"  verdicts that one value of 1e6 in each numeric column changes: {turned} of {30 * seeds}")


def verdicts(reference: pd.DataFrame, current: pd.DataFrame) -> dict[str, str]:
    pairs = counted_pairs(reference, current, list(reference.columns), progress=silent)
    return {item.name: item.verdict for item in drift(pairs, np.random.default_rng(0))[0]}


NAMES = ["num_0", "num_4", "cat_2", "cat_5"]


def from_parquet(millions: int) -> None:
    """Print time and memory of a baseline frozen from many rows on disk, and of a window of many rows held against one.

    Memory must not grow with rows: each line is a process of its own. Every million rows is drawn afresh, so distinct numbers grow.
    """
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        frozen = Path(folder) / "baseline.json"
        frozen.write_bytes(canonical(encode(freeze(tallies([window(1_000_000, 0, drifted=False)[NAMES]], NAMES)))))
        for part in (max(millions // 10, 1), millions):
            path = Path(folder) / f"{part}.parquet"
            write_millions(path, part)
            size = path.stat().st_size / 1e6
            for code, words in ((_WATCH, "window"), (_FREEZE, "baseline")):
                made = code.format(root=str(ROOT), frozen=str(frozen), path=str(path), names=NAMES)
                done = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=True)
                print(
                    f"  {words} of {part * 1_000_000:>11,} rows ({size:,.0f} MB of Parquet): {done.stdout.strip()}",
                    flush=True,
                )
            path.unlink()


_WATCH = """
import sys, threading, time
from pathlib import Path
from governance.drift.over_time.watch import watched
from benchmarks.bench_large import memory
found, stop = {{}}, threading.Event()
watch = threading.Thread(target=memory, args=(stop, found), daemon=True)
watch.start()
start = time.process_time()
report = watched(Path({frozen!r}), Path({path!r}), "bh", 0.05, 0)
used = time.process_time() - start
stop.set()
moved = sorted(item.name for item in report.columns if item.verdict in ("small", "material"))
peak = found["RssAnon"] / 1024, found["RssFile"] / 1024
print(f"{{used:.1f}} s of processor, peak memory of the process {{peak[0]:.0f}} MB (and {{peak[1]:.0f}} MB of mapped files), "
      f"moved {{moved}}")
"""
_FREEZE = """
import sys, threading, time
from pathlib import Path
from governance.evidence.codec import canonical, encode
from governance.subject.schema import Schema
from governance.data.table import ParquetDataset
from governance.drift.baseline.baseline import freeze, tallies
from benchmarks.bench_large import memory
found, stop = {{}}, threading.Event()
watch = threading.Thread(target=memory, args=(stop, found), daemon=True)
watch.start()
start = time.process_time()
data = ParquetDataset(Path({path!r}), "", Schema())
kept = freeze(tallies(data.chunks(tuple({names!r})), {names!r}))
used = time.process_time() - start
stop.set()
peak = found["RssAnon"] / 1024, found["RssFile"] / 1024
print(f"{{used:.1f}} s of processor, peak memory of the process {{peak[0]:.0f}} MB (and {{peak[1]:.0f}} MB of mapped files), "
      f"{{len(canonical(encode(kept))) / 1000:.0f}} kB, error {{kept.error:.5f}}")
"""


def write_millions(path: Path, millions: int) -> None:
    """Write a million drifted rows at a time, each from a seed of its own, one row group each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for seed in range(1, millions + 1):
        table = pa.Table.from_pandas(million(seed), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def million(seed: int) -> pd.DataFrame:
    """Return a million rows of the four columns, two of which have moved as in `window`."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {
        "num_0": rng.normal(0.25, size=1_000_000),
        "num_4": rng.poisson(30, 1_000_000).astype(float),
    }
    for j, first in ((2, 1.5), (5, 1.0)):
        share = 1 / np.arange(1, LEVELS[j] + 1) ** 0.8
        share[0] *= first
        codes = rng.choice(LEVELS[j], 1_000_000, p=share / share.sum())
        columns[f"cat_{j}"] = pd.Categorical.from_codes(codes, [f"c{j}_{k:04d}" for k in range(LEVELS[j])])
    return pd.DataFrame(columns)


def main() -> None:
    thousands = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    millions = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    speed(thousands * 1000)
    promises(min(100_000, thousands * 1000))
    if millions:
        from_parquet(millions)


if __name__ == "__main__":
    main()
