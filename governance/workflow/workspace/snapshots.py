"""The board's state of some lines ago, kept beside the database, so that a process that starts need not replay every line.

    snapshot    {"format", "origin", "reducer", "size", "leaves"}, the state (`governance.review.snapshot`), the MAC; one a line

It is believed only where all of this holds, and the ledger is replayed from its first line otherwise:

- the MAC is that of the live checkpoint key: who can write the database and the folder, and holds no key, cannot plant a state;
- it is of this ledger, and `leaves` is the SHA-256 over all leaf hashes of the first `size` lines as they stand now;
- `reducer` is the SHA-256 of the very code that replays, so that no other rules ever made it.

A snapshot is a cache and no part of the record: neither `ledger check` nor a verifier looks at it.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import logging
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from governance.evidence import CountersignError, RecordError
from governance.review import BoardState, snapshot
from storage import Workspace, log, reading
from storage.ledger import Record

NAME: Final = "snapshot"
FORMAT: Final = "countersign-snapshot/1"
PURPOSE: Final = b"countersign snapshot of the board's state, 1"
LONGEST_HEADER: Final = 4096
"""Bytes."""
_SIZE: Final = re.compile(rb'"size": ([1-9][0-9]{0,14}),')
AT_LEAST: Final = 1000
"""Lines that are always replayed before a snapshot is made, or made anew."""
REDUCER: Final = ("governance.review", "governance.evidence")
"""The packages whose code decides what entries add up to, and how a state is written."""

LOG: Final = logging.getLogger("countersign.snapshot")
passed_over: Final[Counter[str]] = Counter()
"""Why a snapshot was not used -> how often in this process."""
_writing: Final[dict[str, int]] = {}
"""Workspace -> lines that its newest snapshot covers, or will once the thread that writes it is done."""
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a ledger was replayed, and where that led."""

    seen: int
    """Entries."""
    last: Record
    """The last of them."""
    state: BoardState


@functools.cache
def reducer() -> str:
    """Return the SHA-256 over the code that replays, "" where the code is not at hand: then no snapshot is kept or used."""
    found = [
        (f"{package}.{item.name}", item.read_bytes())
        for package in REDUCER
        for item in files(package).iterdir()
        if item.name.endswith(".py")
    ]
    names = [name for name, _ in found]
    return digest_of(found) if "governance.review.machine.py" in names else ""


def digest_of(sources: list[tuple[str, bytes]]) -> str:
    """Return the SHA-256 over the names and bytes of files of code, whatever their order."""
    each = sorted(f"{name} {hashlib.sha256(code).hexdigest()}" for name, code in sources)
    return hashlib.sha256("\n".join(each).encode()).hexdigest()


def found(workspace: Workspace) -> tuple[int, BoardState] | None:
    """Return (lines, state after them) of the snapshot, None where there is none that may be believed; nothing is raised."""
    if not (workspace.root / NAME).is_file():
        return None
    try:
        state = _believed(workspace)
    except (OSError, ValueError, CountersignError) as error:
        passed_over[type(error).__name__] += 1
        LOG.info("The ledger is replayed from its first line: %s (%s)", error, dict(passed_over))
        return None
    with _lock:
        _writing.setdefault(str(workspace.root), state.next_index)
    return state.next_index, state


def _believed(workspace: Workspace) -> BoardState:
    with (workspace.root / NAME).open("rb") as file:
        first = file.readline(LONGEST_HEADER)
        size = _SIZE.search(first)
        if size is None or first != _header(workspace, int(size[1])) + b"\n":
            raise RecordError("The snapshot is of other lines, of another ledger, or by other code.")
        *lines, given = file.read().split(b"\n")
    lines = [first.removesuffix(b"\n"), *lines]
    if not hmac.compare_digest(_mac(workspace, lines), given):
        raise RecordError("The snapshot was not written under this service's key.")
    state = snapshot.from_lines(lines[1:])
    if state.next_index != int(size[1]):
        raise RecordError(f"The snapshot of {int(size[1])} lines holds a state after {state.next_index}.")
    return state


def _header(workspace: Workspace, size: int) -> bytes:
    """Return the first line of a snapshot of so many lines, as they stand now.

    Raises:
        RecordError: the ledger has fewer lines, or the code that replays is not at hand.
    """
    with reading(workspace.engine) as connection:
        leaves = log.leaves(connection, size)
    if len(leaves) != size or not reducer():
        raise RecordError(f"The ledger has {len(leaves)} lines, the snapshot is of {size}.")
    whole = hashlib.sha256(b"".join(leaves)).hexdigest()
    said = {"format": FORMAT, "origin": workspace.origin, "reducer": reducer(), "size": size, "leaves": whole}
    return json.dumps(said).encode()


def _mac(workspace: Workspace, lines: list[bytes]) -> bytes:
    key = workspace.keyring.log(workspace.checkpoint_keys()[-1].vkey).secret(PURPOSE)
    made = hmac.new(key, digestmod=hashlib.sha256)
    for line in lines:
        made.update(line + b"\n")
    return made.hexdigest().encode()


def keep_soon(workspace: Workspace, reached: Reached) -> threading.Thread | None:
    """Keep a state in a thread of its own, where enough lines were replayed since the last; return the thread."""
    place = str(workspace.root)
    with _lock:
        before = _writing.get(place, 0)
        if workspace.read_only or 0 <= reached.seen - before < AT_LEAST + before // 20:
            return None
        _writing[place] = reached.seen
    thread = threading.Thread(target=_keep_or_not, args=(workspace, reached), name="snapshot")
    thread.start()
    return thread


def _keep_or_not(workspace: Workspace, reached: Reached) -> None:
    try:
        keep(workspace, reached)
    except (OSError, CountersignError) as error:
        LOG.info("No snapshot of %d lines was kept: %s", reached.seen, error)


def keep(workspace: Workspace, reached: Reached) -> None:
    """Write the snapshot of a state, whole or not at all.

    Raises:
        CountersignError: the lines are not those of the state any more, or the service's key cannot be read.
        OSError: the file cannot be written.
    """
    header = _header(workspace, reached.seen)
    if workspace.read().entries(offset=reached.seen - 1, limit=1) != (reached.last,):
        raise RecordError("The lines are others than those that were replayed.")
    lines = [header, *snapshot.to_lines(reached.state)]
    part = workspace.scratch() / f"{NAME}-{threading.get_ident()}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(_ended(lines))
            file.write(_mac(workspace, lines))
        part.replace(workspace.root / NAME)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _ended(lines: list[bytes]) -> Iterator[bytes]:
    return (line + b"\n" for line in lines)
