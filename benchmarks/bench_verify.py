"""How long the offline verifier needs, beside the signature checks alone, which nobody can avoid.

python -m benchmarks.bench_verify [ENTRIES]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from governance.dossier.bundle import write_folder
from governance.dossier.verify import Ledger, forged, verify
from tests.dossier.ledger import TRUST, Book, book, predicate, sealed
from tests.review.board import founded


def lines_of(count: int) -> list[bytes]:
    """Return a ledger of `count` lines: a board, then remarks."""
    room = founded()
    lines = book(room.entries).lines
    body = {"index": 0, "text": {"sha256": "0" * 64}}
    said = predicate(room.entries[-1]) | {"type": "correction.noted", "actor": "service", "body": body}
    return lines + [sealed(said | {"index": index}, "service") for index in range(len(lines), count)]


def main() -> None:
    """Print seconds for the whole verification and for its signatures alone in one process."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    lines = lines_of(count)
    ledger = Ledger(TRUST, whole=True)
    jobs = [ledger.take(line) for line in lines]
    begin = time.perf_counter()
    assert forged(jobs) is None
    alone = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write_folder(Book(lines).files(), room / "export")
        (room / "trust.json").write_text(json.dumps(TRUST))
        begin = time.perf_counter()
        assert verify(room / "export", room / "trust.json", [])["valid"]
        whole = time.perf_counter() - begin
    print(
        f"{count} entries: verified in {whole:.2f} s; signatures alone, one process, {alone:.2f} s ({whole / alone:.2f} x)"
    )


if __name__ == "__main__":
    main()
