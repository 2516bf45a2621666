"""Runs: what is being computed, how far it is, how it ended. Not part of the record; the ledger holds only results."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

from governance.compute import ask_to_stop, read_step
from governance.workflow.clock import now
from storage.entities import Run
from storage.workspace import Workspace

Ending = Literal["done", "failed", "cancelled", "interrupted"]


def step_file(workspace: Workspace, key: str) -> Path:
    """Return where the run with this key reports its progress."""
    folder = workspace.root / "runs"
    folder.mkdir(exist_ok=True)
    return folder / f"{key}.json"


def owner_token() -> str:
    """Return what tells this process from all others, also from a later one with the same number."""
    return f"{os.getpid()}:{_started(os.getpid())}"


def _started(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; "" where the system does not say, "gone" for no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "gone" if Path("/proc/self").exists() else ""
    return "gone" if fields[0] == "Z" else fields[19]


def alive(token: str) -> bool:
    """Say whether the process that `owner_token` named is still there."""
    pid, _, started = token.partition(":")
    if not pid.isdecimal():
        return False
    if started:
        return _started(int(pid)) == started
    try:
        os.kill(int(pid), 0)
    except OSError:
        return False
    return True


def begin(workspace: Workspace, key: str, method: str) -> str:
    """Note that this process computes the run with this key; return the id of the attempt."""
    place = step_file(workspace, key)
    for stale in (place, place.with_suffix(".cancel")):
        stale.unlink(missing_ok=True)
    return workspace.runs.start(key, method, owner_token(), now())


def end(workspace: Workspace, attempt: str, key: str, life: Ending, error: str = "") -> None:
    """Note how the attempt ended and clear what it left behind."""
    workspace.runs.finish(attempt, life, now(), error or None)
    place = step_file(workspace, key)
    for left in (place, place.with_suffix(".cancel")):
        left.unlink(missing_ok=True)


def state(workspace: Workspace, key: str) -> Run | None:
    """Return how the latest run with this key stands, or None when it was never asked for.

    A run whose process is gone is interrupted, whatever the table says, and is noted as such.
    """
    row = workspace.runs.latest(key)
    if row is None:
        return None
    if row.state in {"waiting", "running"} and not alive(row.owner_token):
        workspace.runs.finish(row.run, "interrupted", now(), "The app was closed while this was being computed.")
        row = workspace.runs.get(row.run) or row
    return _shown(workspace, row)


def _shown(workspace: Workspace, row: Run) -> Run:
    """Return the run with the step that its worker reported last."""
    step = read_step(step_file(workspace, row.key)) if row.state == "running" else None
    return row if step is None else replace(row, done=step.done, total=step.of, phase=step.phase)


def recent(workspace: Workspace, limit: int = 20) -> tuple[Run, ...]:
    """Return the latest runs, the newest first, with those that are under way in front."""
    workspace.runs.mark_interrupted(alive, now())
    shown = [_shown(workspace, row) for row in workspace.runs.all()[:limit]]
    return tuple(sorted(shown, key=lambda item: item.state != "running"))


def cancel(workspace: Workspace, key: str) -> None:
    """Ask the run with this key to stop at its next step."""
    ask_to_stop(step_file(workspace, key))


def forget(workspace: Workspace, key: str) -> None:
    """Let the next request for this key start the run anew, although an earlier one ended without a result."""
    (step_file(workspace, key).with_suffix(".again")).touch()


def wanted_again(workspace: Workspace, key: str) -> bool:
    """Say whether somebody asked for the run anew, and take note of it."""
    wish = step_file(workspace, key).with_suffix(".again")
    found = wish.exists()
    wish.unlink(missing_ok=True)
    return found
