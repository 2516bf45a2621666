"""How long the offline verifier needs, beside what nobody can avoid: every signature checked and every byte hashed.

What is measured is `python verify.py EXPORT --trust TRUST.json` as an auditor runs it: start-up, reading, JSON, hashing,
signatures and rules. Processor time is hardly moved by what else the machine does; time until done is.

python -m benchmarks.bench_verify [ENTRIES]
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import tell
from governance.dossier import Ledger, folder_name, forged, write_folder, zip_bytes
from tests.dossier.ledger import TRUST, Book, Scribe, book, predicate, sealed
from tests.review.board import founded

ENTRIES, TIMES, TARGET = 100_000, 3, 5
"""Lines, repetitions of each measurement, and the seconds in which 100,000 lines should be verified on two cores."""

TICK = 0.01
"""Seconds: the system counts processor time in steps of these, and less than one step reads as nothing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a piece of work took: medians."""

    wall: float
    """Seconds until it was done."""
    work: float
    """Seconds of processor time, of this process and those that it started."""


def lines_of(count: int) -> list[bytes]:
    """Return a ledger of `count` lines: a board, then remarks."""
    room = founded()
    lines = book(room.entries).lines
    body = {"index": 0, "text": {"sha256": "0" * 64}}
    said = predicate(room.entries[-1]) | {"type": "correction.noted", "actor": "service", "body": body}
    said["previous"] = {"case": None, "house": len(lines) - 1, "alert": None}
    scribe = Scribe()
    return lines + [sealed(said | {"index": index}, "service", scribe) for index in range(len(lines), count)]


def taken(work: Callable[[], object]) -> Taken:
    """Return the medians of several runs."""
    walls, works = [], []
    for _ in range(TIMES):
        begin, before = time.perf_counter(), sum(os.times()[:4])
        work()
        walls.append(time.perf_counter() - begin)
        works.append(sum(os.times()[:4]) - before)
    return Taken(statistics.median(walls), max(statistics.median(works), TICK))


def verified(room: Path) -> None:
    """Run the verifier that lies in the export, as an auditor does."""
    command = [sys.executable, "export/verify.py", "export", "--trust", "trust.json", "--json"]
    done = subprocess.run(command, cwd=room, capture_output=True, check=True)
    assert json.loads(done.stdout)["valid"]


def main() -> None:
    """Print seconds and ratios, and how large the export is."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    lines, cores = lines_of(count), os.cpu_count() or 1
    files = Book(lines).files()
    content = files["ledger.intoto.jsonl"]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write_folder(files, room / "export")
        (room / "trust.json").write_text(json.dumps(TRUST))
        whole = taken(lambda: verified(room))
    ledger = Ledger(TRUST, whole=True)
    jobs = [ledger.take(line) for line in lines]
    rows = [
        ("verify.py, all of it", whole),
        ("signatures, 1 process", taken(lambda: forged(jobs))),
        ("SHA-256 of the bytes", taken(lambda: hashlib.sha256(content).digest())),
    ]
    print(f"{count:,} entries, {cores} cores; the target for 100,000 on 2 cores is {TARGET} s")
    for name, item in rows:
        ratio = "" if item is whole else f"   verifying is {whole.work / item.work:8.2f} x the work"
        print(f"{name:24} {item.wall:8.2f} s until done {item.work:8.2f} s of processor time{ratio}")
    target = TARGET if count == ENTRIES else None
    tell(f"verify.py on {count:,} entries", whole.wall, unit="s", target=target)
    tell("verifying against its signatures alone", whole.work / rows[1][1].work)
    print(
        f"on {cores} cores of their own: at best {whole.work / cores:.2f} s; signatures alone {rows[1][1].work / cores:.2f} s"
    )
    packed = len(zip_bytes(files, folder_name(Book(lines).source())))
    print(f"export {len(content) / 1e6:.1f} MB, {len(content) / count:.0f} bytes a line; as .zip {packed / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
