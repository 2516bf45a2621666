"""Eight processes that write at once, and a hundred threads of one process: how long one act waits for its turn.

Run: python -m benchmarks.bench_writers [acts a writer]
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.bench_ledger import append_one
from benchmarks.outcome import tell
from storage import Workspace

AT = datetime(2026, 1, 1, tzinfo=UTC)
ACTS = 250
PROCESSES, THREADS = 8, 100
P99_S = 0.5
"""Seconds that 99 of 100 acts take at most with eight writers."""


def durations(workspace: Workspace, first: int, acts: int) -> list[float]:
    """Append one record a commit; return the seconds of each, its wait included."""
    found = []
    for number in range(first, first + acts):
        begin = time.perf_counter()
        append_one(workspace, number)
        found.append(time.perf_counter() - begin)
    return found


def _process(root: Path, number: int, acts: int, said: multiprocessing.Queue[list[float]]) -> None:
    with Workspace.open(root) as workspace:
        said.put(durations(workspace, (number + 1) * 1_000_000, acts))


def by_processes(root: Path, acts: int) -> list[float]:
    """Return the seconds of each act of eight processes."""
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    writers = [context.Process(target=_process, args=(root, number, acts, said)) for number in range(PROCESSES)]
    for writer in writers:
        writer.start()
    found = [took for _ in writers for took in said.get(timeout=600)]
    for writer in writers:
        writer.join()
    return found


def by_threads(workspace: Workspace, acts: int) -> list[float]:
    """Return the seconds of each act of a hundred threads."""
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda first=number: found.extend(durations(workspace, first * 10_000_000, acts)))
        for number in range(100, 100 + THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def report(who: str, found: list[float], wall: float, target: float | None) -> None:
    """Print the median, the 99th percentile and the rate."""
    middle, late = np.quantile(found, [0.5, 0.99])
    print(f"{who:24} {len(found):6,} acts  {len(found) / wall:7.0f} a second  p50 {middle:.4f} s  p99 {late:.4f} s")
    tell(f"99 of 100 acts, {who}", late, unit="s", target=target)


def main() -> None:
    """Print what acts cost alone and with others."""
    acts = int(sys.argv[1]) if len(sys.argv) > 1 else ACTS
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "workspace"
        with Workspace.create(root, "Benchmark", "benchmark only", AT) as workspace:
            begin = time.perf_counter()
            report("alone", durations(workspace, 10, acts), time.perf_counter() - begin, None)
            begin = time.perf_counter()
            report(f"{PROCESSES} processes", by_processes(root, acts), time.perf_counter() - begin, P99_S)
            begin = time.perf_counter()
            few = max(1, acts // 50)
            report(f"{THREADS} threads", by_threads(workspace, few), time.perf_counter() - begin, None)
            size = workspace.read().head().size
            assert size == 2 + acts * (1 + PROCESSES) + few * THREADS, f"{size} lines: an acknowledged act is missing"


if __name__ == "__main__":
    main()
