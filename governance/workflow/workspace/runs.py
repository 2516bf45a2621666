"""Runs: what is being computed, how far it is, how it ended. Not part of the record; the ledger holds only results."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from governance.runs import ask_to_stop, read_step
from governance.workflow.workspace import beats
from governance.workflow.workspace.clock import now
from storage import Run, Workspace, process_token

Ending = Literal["done", "failed", "cancelled", "interrupted"]


def step_file(workspace: Workspace, key: str) -> Path:
    """Return where the run with this key reports its progress."""
    folder = workspace.root / "runs"
    folder.mkdir(exist_ok=True)
    return folder / f"{key}.json"


def tidy(workspace: Workspace) -> None:
    """Mark the runs whose process is gone, and take away their reports of progress."""
    workspace.runs.mark_interrupted(partial(beats.is_there, workspace), now())
    going = {run.key for run in workspace.runs.all(("waiting", "running"))}
    folder = workspace.root / "runs"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.partition(".")[0] not in going:
            path.unlink(missing_ok=True)


def begin(workspace: Workspace, key: str, method: str, *, waiting: bool = False) -> str:
    """Note that this process computes the run with this key, or will when its turn comes; return the id of the attempt."""
    beats.keep(workspace)
    place = step_file(workspace, key)
    for stale in () if workspace.runs.running(key) else (place, place.with_suffix(".cancel")):
        stale.unlink(missing_ok=True)
    return workspace.runs.start(key, method, process_token(), now(), waiting=waiting)


def take(workspace: Workspace, attempt: str, key: str) -> bool:
    """Give an attempt that waited its turn, unless a process that is there, on whatever machine, is computing the same."""
    gone = [run.run for run in workspace.runs.running(key) if not beats.is_there(workspace, run.owner_token)]
    return workspace.runs.take(attempt, besides=gone)


def end(workspace: Workspace, attempt: str, key: str, life: Ending, error: str = "") -> None:
    """Note how the attempt ended and clear what it left behind."""
    workspace.runs.finish(attempt, life, now(), error or None)
    clear(workspace, key)


def clear(workspace: Workspace, key: str) -> None:
    """Take away what an ended run left behind."""
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
    if (
        row.state in {"waiting", "running"}
        and not workspace.read_only
        and not beats.is_there(workspace, row.owner_token)
    ):
        workspace.runs.finish(row.run, "interrupted", now(), "The app was closed while this was being computed.")
        row = workspace.runs.get(row.run) or row
    return _shown(workspace, row)


def _shown(workspace: Workspace, row: Run) -> Run:
    """Return the run with the step that its worker reported last."""
    step = read_step(step_file(workspace, row.key)) if row.state == "running" else None
    return row if step is None else replace(row, done=step.done, total=step.of, phase=step.phase)


def recent(workspace: Workspace, limit: int = 20) -> tuple[Run, ...]:
    """Return the latest runs, the newest first, with those that are under way in front."""
    if not workspace.read_only:
        workspace.runs.mark_interrupted(partial(beats.is_there, workspace), now())
    shown = [_shown(workspace, row) for row in workspace.runs.all(limit=limit)]
    return tuple(sorted(shown, key=lambda item: item.state not in {"waiting", "running"}))


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
