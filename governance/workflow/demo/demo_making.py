"""Make the demonstration while the app is running: in a worker process, beside the workspace's place, moved there when whole."""

from __future__ import annotations

import logging
import shutil
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from governance.evidence import CountersignError
from governance.runs import Deadline, FileProgress, Step, executor, read_step
from governance.workflow.workspace import current_workspace

_log = logging.getLogger(__name__)
_making: dict[Path, Future[None]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Making:
    """How far the demonstration is."""

    step: Step
    error: str = ""
    """Why it could not be made, "" unless it failed."""


def begin(root: Path | None = None) -> None:
    """Start making the demonstration, unless it is being made or there is a workspace already."""
    place = (root or current_workspace.folder()).resolve()
    with _lock:
        going = _making.get(place)
        if current_workspace.exists(place) or (going is not None and not going.done()):
            return
        _step_file(place).unlink(missing_ok=True)
        _making[place] = executor().submit(make, str(place), str(_step_file(place)))


def state(root: Path | None = None) -> Making | None:
    """Return how far it is, or None when nobody started it in this process or it is done."""
    place = (root or current_workspace.folder()).resolve()
    going = _making.get(place)
    if going is None or (going.done() and going.exception() is None):
        return None
    step = read_step(_step_file(place)) or Step(0, 0, "starting a worker")
    return Making(step, _in_words(going.exception()) if going.done() else "")


def make(root: str, step_file: str) -> None:
    """Make the demonstration; runs inside a worker."""
    from governance.workflow.demo.demo import build

    place = Path(root)
    beside = place.with_name(f"{place.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    Path(step_file).parent.mkdir(parents=True, exist_ok=True)
    with Deadline():
        build(beside, FileProgress(Path(step_file))).close()
    if place.is_dir():
        place.rmdir()
    beside.rename(place)


def _step_file(place: Path) -> Path:
    return place.with_name(f"{place.name}.new.json")


def _in_words(error: BaseException | None) -> str:
    if isinstance(error, CountersignError):
        return str(error)
    _log.error("the demonstration could not be made", exc_info=error)
    return "The demonstration could not be made. The log has the details."
