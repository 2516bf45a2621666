"""Runs under way in this process: who waits for each, how many are before it, and when nobody waits any more.

One computation serves everybody who asked for it. Who stops waiting stops it only for himself, until he was the last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from governance.runs import Turn, executor
from storage import Run

Where = tuple[str, str]
"""Folder of the workspace, and digest of the run's key."""


@dataclass(slots=True)
class _Going:
    turn: Turn[Any]
    waiting: set[str] = field(default_factory=set)
    """Who waits for it, by id."""
    left: set[str] = field(default_factory=set)
    """Who waited and does no longer."""


STOPPING: Final = "Stopping"
"""Phase of a run that is being stopped."""
_going: Final[dict[Where, _Going]] = {}
_lock: Final = threading.Lock()


def join(where: Where, person: str, start: Callable[[], Turn[Any]]) -> Turn[Any]:
    """Let a person wait for a run, which is started unless it is under way."""
    with _lock:
        found = _going.get(where)
        if found is None:
            found = _going[where] = _Going(start())
            found.turn.add_done_callback(lambda _: _going.pop(where, None))
        found.waiting.add(person)
        found.left.discard(person)
        return found.turn


def has_left(where: Where, person: str) -> bool:
    """Say whether a person stopped waiting for a run that is still under way for others."""
    found = _going.get(where)
    return found is not None and person in found.left


def is_going(where: Where) -> bool:
    """Say whether a run is under way in this process."""
    return where in _going


def leave(where: Where, person: str) -> bool:
    """Let a person wait no longer and stop the run when nobody else does; return False for a run that is not under way here."""
    with _lock:
        found = _going.get(where)
        if found is None:
            return False
        found.waiting.discard(person)
        found.left.add(person)
        last = not found.waiting
    if last:
        found.turn.stop()
    return True


def come_back(where: Where, person: str) -> bool:
    """Let a person who left wait again; return False for a run that is not under way here."""
    with _lock:
        found = _going.get(where)
        if found is None:
            return False
        found.left.discard(person)
        found.waiting.add(person)
        return True


def as_seen_by(person: str, where: Where, run: Run) -> Run:
    """Return a run with what only this process knows: how many are before it, and whether it is being stopped, or was left."""
    found = _going.get(where)
    if found is None or run.state not in ("waiting", "running"):
        return run
    if found.turn.stopping:
        return replace(run, done=0, total=0, phase=STOPPING)
    if person in found.left:
        return replace(run, state="left")
    before = executor().before(found.turn)
    return run if before is None else replace(run, phase=f"{before} before yours" if before else "next in line")
