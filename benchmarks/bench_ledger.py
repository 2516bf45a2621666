"""How fast the ledger is: appends with durability on, and the check of a long ledger, beside plain physical work.

Run: python -m benchmarks.bench_ledger [entries]
"""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.outcome import tell
from storage import Workspace
from storage.ledger import leaf_hash, root

AT = datetime(2026, 1, 1, tzinfo=UTC)
ENTRIES = 100_000
WRITES = 40
COLD_TARGET = 2
"""Seconds of processor time in which a process that starts should know the board's state after 100,000 entries."""


def body(number: int) -> dict[str, Any]:
    """Return an evidence record as the app writes them."""
    return {
        "digest": f"{number:064x}",
        "key": f"{number + 1:064x}",
        "method": "fairness.by_group",
        "method_version": 1,
        "model": "a" * 64,
        "data": ["b" * 64],
        "rows_used": 9000,
        "rows_total": 10000,
        "outcome": "assessed",
    }


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Return the median duration."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return statistics.median(found)


def append_one(workspace: Workspace, number: int) -> None:
    with workspace.write() as unit:
        unit.append("evidence.recorded", body(number), actor="service", at=AT)
        unit.commit()


def bare_flush(folder: Path) -> None:
    """Append 4 KiB to a file and flush it: what durability costs on this disk."""
    with (folder / "bare").open("ab") as file:
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())


def fill(workspace: Workspace, count: int) -> float:
    """Append many records in units of 500; return seconds a record."""
    begin = time.perf_counter()
    for start in range(0, count, 500):
        with workspace.write() as unit:
            for number in range(start, min(start + 500, count)):
                unit.append("evidence.recorded", body(number), actor="service", at=AT)
            unit.commit()
    return (time.perf_counter() - begin) / count


def main() -> None:
    """Print rates and ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as place:
        root_folder = Path(place)
        with Workspace.create(root_folder / "workspace", "Benchmark", "benchmark only", AT) as workspace:
            one = statistics.median(seconds(lambda at=at: append_one(workspace, at), 1) for at in range(WRITES))
            flush = statistics.median(seconds(lambda: bare_flush(root_folder), 1) for _ in range(WRITES))
            print(f"append, one record a commit   {1 / one:8.0f} a second   {one / flush:6.1f} x a bare 4 KiB flush")
            tell("append, one record a commit, against a bare flush", one / flush)
            each = fill(workspace, count)
            print(f"append, 500 records a commit  {1 / each:8.0f} a second")
            late = statistics.median(seconds(lambda at=at: append_one(workspace, at), 1) for at in range(WRITES))
            print(f"append at {count:,} records    {1 / late:8.0f} a second   {late / one:6.1f} x the first ones")
            tell(f"append at {count:,} records against the first ones", late / one)
            report_verify(workspace, count)


COLD = """
import sys, time
from pathlib import Path
from storage import Workspace
from governance.workflow.workspace import state
workspace = Workspace.open(Path(sys.argv[1]))
begin = time.process_time()
state(workspace)
print(time.process_time() - begin)
"""
"""What a process does that has just started; it writes the snapshot in a thread that is not counted."""


def cold(workspace: Workspace) -> float:
    """Return the seconds of processor time until a new process knows where the board stands."""
    done = subprocess.run([sys.executable, "-c", COLD, str(workspace.root)], capture_output=True, check=True, text=True)
    return float(done.stdout)


def report_state(workspace: Workspace, hashing: float, count: int) -> None:
    """Print what the board's state takes: every line read, parsed and put to the rules, and from the snapshot that this leaves."""
    whole = cold(workspace)
    kept = statistics.median(cold(workspace) for _ in range(3))
    print(f"board's state, every line     {whole:8.2f} s of processor {whole / hashing:6.1f} x hashing")
    print(f"board's state, from snapshot  {kept:8.2f} s of processor {whole / kept:6.1f} times faster")
    tell(f"board's state of {count:,} entries, cold", kept, unit="s", target=COLD_TARGET if count == ENTRIES else None)
    tell("board's state, from its snapshot against a replay", kept / whole)


def report_verify(workspace: Workspace, count: int) -> None:
    lines = workspace.read().lines()
    megabytes = sum(map(len, lines)) / 1e6
    hashing = seconds(lambda: [hashlib.sha256(line).digest() for line in lines])
    tree = seconds(lambda: root([leaf_hash(line) for line in lines]))
    checkpoint = seconds(workspace.checkpoint)
    report_state(workspace, hashing, count)
    print(f"{len(lines):,} lines, {megabytes:.0f} MB; hashing the bytes {hashing:.2f} s")
    print(f"Merkle root from lines        {tree:8.2f} s          {tree / hashing:6.1f} x hashing")
    print(f"checkpoint, all lines again   {checkpoint:8.2f} s          {checkpoint / hashing:6.1f} x hashing")
    for workers in (1, 2):
        begin = time.perf_counter()
        verdict = workspace.verify(workers=workers)
        took = time.perf_counter() - begin
        print(f"verify, {workers} process(es)         {took:8.2f} s          {took / hashing:6.1f} x hashing")
        tell(f"verify with {workers} process(es) against hashing", took / hashing)
        assert verdict.valid, verdict.problem


if __name__ == "__main__":
    main()
