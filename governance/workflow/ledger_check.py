"""The service's own look at its ledger: every line hashed again and held against the last signed checkpoint.

It is a convenience for the footer of a page. It proves nothing to an outsider: that is what an export and its verifier are for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from storage.engine import reading
from storage.errors import StorageError
from storage.ledger import log, merkle
from storage.workspace import Workspace

FRESH_FOR: Final = 60.0
"""Seconds after which the lines of a ledger that did not grow are hashed once more."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the look found."""

    size: int
    root: str
    """Root over all lines, hexadecimal; "" for an empty or damaged ledger."""
    consistent: bool
    """Whether every line has its hash and the last checkpoint covers a beginning of this ledger."""
    problem: str
    """What is wrong, in words; "" when nothing is."""


_last: dict[str, tuple[float, Check]] = {}


def latest(workspace: Workspace) -> Check:
    """Return the look at the ledger, at most a minute old and never older than its last line."""
    place, now = str(workspace.root), time.monotonic()
    size = workspace.read().head().size
    when, found = _last.get(place, (0.0, None))
    if found is None or found.size != size or now - when > FRESH_FOR:
        found = check(workspace)
        _last[place] = (now, found)
    return found


def check(workspace: Workspace) -> Check:
    """Hash every line again and compare with the last signed checkpoint."""
    with reading(workspace.engine) as connection:
        size = log.size(connection)
        try:
            leaves = log.hashed_again(connection)
            last = log.last_checkpoint(connection, workspace.log)
        except StorageError as error:
            return Check(size, "", consistent=False, problem=str(error))
    root = merkle.root(leaves).hex()
    if last is None:
        return Check(size, root, consistent=False, problem="No checkpoint has been signed yet.")
    signed = last.checkpoint
    if signed.size > size or merkle.root(leaves[: signed.size]) != signed.root:
        return Check(size, root, consistent=False, problem="The ledger does not continue its last signed checkpoint.")
    return Check(size, root, consistent=True, problem="")
