"""How long the offline verifier needs, beside what nobody can avoid: every signature checked and every byte hashed.

python -m benchmarks.bench_verify [ENTRIES]
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from governance.dossier.bundle import folder_name, write_folder, zip_bytes
from governance.dossier.verify import Ledger, forged, verify
from tests.dossier.ledger import TRUST, Book, book, predicate, sealed
from tests.review.board import founded

ENTRIES, TIMES, TARGET = 100_000, 3, 5.0
"""Lines, repetitions of each measurement, and the seconds in which 100,000 lines should be verified on two cores."""


def lines_of(count: int) -> list[bytes]:
    """Return a ledger of `count` lines: a board, then remarks."""
    room = founded()
    lines = book(room.entries).lines
    body = {"index": 0, "text": {"sha256": "0" * 64}}
    said = predicate(room.entries[-1]) | {"type": "correction.noted", "actor": "service", "body": body}
    return lines + [sealed(said | {"index": index}, "service") for index in range(len(lines), count)]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a piece of work took: medians."""

    wall: float
    """Seconds until it was done."""
    work: float
    """Seconds of processor time, of this process and those that it started: hardly moved by what else the machine does."""


def taken(work: Callable[[], object]) -> Taken:
    """Return the medians of several runs."""
    walls, works = [], []
    for _ in range(TIMES):
        begin, before = time.perf_counter(), sum(os.times()[:4])
        work()
        walls.append(time.perf_counter() - begin)
        works.append(sum(os.times()[:4]) - before)
    return Taken(statistics.median(walls), statistics.median(works))


def signatures(lines: list[bytes]) -> tuple[Taken, Taken]:
    """Return what the signatures alone take: in one process, and in as many as there are cores."""
    ledger = Ledger(TRUST, whole=True)
    jobs = [ledger.take(line) for line in lines]
    parts = [jobs[start : start + 2000] for start in range(0, len(jobs), 2000)]

    def shared() -> None:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            assert set(pool.map(forged, parts)) == {None}

    return taken(lambda: forged(jobs)), taken(shared)


def main() -> None:
    """Print seconds and ratios, and how large the export is."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    lines = lines_of(count)
    files = Book(lines).files()
    content = files["ledger.intoto.jsonl"]
    hashing = taken(lambda: hashlib.sha256(content).digest())
    alone, shared = signatures(lines)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write_folder(files, room / "export")
        (room / "trust.json").write_text(json.dumps(TRUST))
        whole = taken(lambda: verify(room / "export", room / "trust.json", []))
        assert verify(room / "export", room / "trust.json", [])["valid"]
    packed = len(zip_bytes(files, folder_name(Book(lines).source())))
    cores = os.cpu_count()
    print(f"{count:,} entries, {cores} cores; the target for 100,000 on 2 cores is {TARGET:.0f} s")
    print("                           until done   processor time   verifying is")
    for name, item in (
        ("verified", whole), (f"signatures, {cores} processes", shared), ("signatures, 1 process", alone), ("SHA-256", hashing),
    ):  # fmt: skip
        ratio = f"{whole.wall / item.wall:8.2f} x and {whole.work / item.work:.2f} x the work"
        print(f"{name:24} {item.wall:10.2f} s {item.work:14.2f} s   {'' if item is whole else ratio}")
    print(f"export {len(content) / 1e6:.1f} MB, {len(content) / count:.0f} bytes a line; as .zip {packed / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
