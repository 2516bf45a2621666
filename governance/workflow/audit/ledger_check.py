"""The service's own look at its ledger: every line hashed and held against the last signed checkpoint.

It is a convenience for the footer of a page. It proves nothing to an outsider: that is what an export and its verifier are for.
The first look of a process hashes every line. Later ones hash the lines that were added, and once a minute somebody's look makes a
thread hash every line again beside the page: what was changed behind our back is said a look later.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final

from governance.evidence import CountersignError
from storage import Workspace, log, reading
from storage.ledger import merkle

FRESH_FOR: Final = 60.0
"""Seconds after which every line is hashed once more."""


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


@dataclass(slots=True)
class _Watched:
    """A ledger that pages look at."""

    tree: merkle.Tree = field(default_factory=merkle.Tree)
    found: Check | None = None
    whole: float = 0.0
    """When every line was hashed last."""
    under_way: bool = False
    """Whether a thread hashes every line just now."""
    lock: threading.Lock = field(default_factory=threading.Lock)


_watched: Final[dict[str, _Watched]] = {}


def latest(workspace: Workspace) -> Check:
    """Return the look at the ledger, never older than its last line; lines seen before were hashed a minute ago, or a look before."""
    ledger = _watched.setdefault(str(workspace.root), _Watched())
    with ledger.lock:
        if ledger.found is None:
            _look(workspace, ledger, merkle.Tree())
            ledger.whole = time.monotonic()
        elif ledger.found.size != _size(workspace):
            # What was wrong with a line stays wrong until every line has been looked at again.
            _look(workspace, ledger, ledger.tree if ledger.found.consistent else merkle.Tree())
        if time.monotonic() - ledger.whole > FRESH_FOR and not ledger.under_way:
            ledger.under_way = True
            threading.Thread(target=_look_again, args=(workspace, ledger), daemon=True).start()
        assert ledger.found is not None
        return ledger.found


def check(workspace: Workspace) -> Check:
    """Hash every line again and compare with the last signed checkpoint."""
    return _checked(workspace, merkle.Tree())


def _size(workspace: Workspace) -> int:
    with reading(workspace.engine) as connection:
        return log.size(connection)


def _look(workspace: Workspace, ledger: _Watched, tree: merkle.Tree) -> None:
    ledger.tree, ledger.found = tree, _checked(workspace, tree)


def _look_again(workspace: Workspace, ledger: _Watched) -> None:
    try:
        tree = merkle.Tree()
        found = _checked(workspace, tree)
        with ledger.lock:
            ledger.tree, ledger.found, ledger.whole = tree, found, time.monotonic()
    finally:
        ledger.under_way = False


def _checked(workspace: Workspace, tree: merkle.Tree) -> Check:
    """Hash the lines that a tree does not hold yet and compare it with the last signed checkpoint."""
    with reading(workspace.engine) as connection:
        size = log.size(connection)
        try:
            log.grow(connection, tree)
            last = log.last_checkpoint(connection, workspace.log)
        except CountersignError as error:
            return Check(size, "", consistent=False, problem=str(error))
    if tree.size != size:
        return Check(size, "", consistent=False, problem=f"The ledger has {size} lines; {tree.size} were there before.")
    root = tree.root(size).hex()
    if last is None:
        return Check(size, root, consistent=False, problem="No checkpoint has been signed yet.")
    signed = last.checkpoint
    if signed.size > size or tree.root(signed.size) != signed.root:
        return Check(size, root, consistent=False, problem="The ledger does not continue its last signed checkpoint.")
    return Check(size, root, consistent=True, problem="")
