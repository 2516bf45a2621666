"""Make the demonstration while the app is running: in a worker, in a folder of its own, put in its place when somebody asks for it.

It takes half a minute of a processor, so it begins as soon as somebody sees that it could be made (`prepare`); whoever then asks
for it (`begin`) waits for the rest alone, mostly for nothing.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from governance.evidence import CountersignError
from governance.runs import Deadline, FileProgress, Step, executor, read_step
from governance.workflow.workspace import current_workspace
from storage import put_in_place

_log = logging.getLogger(__name__)
_STEP: Final = "step.json"
_MADE: Final = "workspace"


@dataclass(frozen=True, slots=True)
class Making:
    """How far the demonstration is."""

    step: Step
    error: str = ""
    """Why it could not be made, "" unless it failed."""


@dataclass(slots=True)
class _Job:
    """One demonstration on its way."""

    folder: Path
    """Beside the workspace's place, under a name that nobody else has; it goes with the job, or with the process."""
    going: Future[None]
    asked: bool = False
    """Whether somebody wants it in its place."""
    failed: BaseException | None = None
    """Why it could not be put in its place."""

    @property
    def step_file(self) -> Path:
        return self.folder / _STEP

    @property
    def error(self) -> BaseException | None:
        return self.failed or (self.going.exception() if self.going.done() else None)

    def put_away(self) -> None:
        """Remove what was made and is not wanted."""
        shutil.rmtree(self.folder, ignore_errors=True)


_jobs: dict[Path, _Job] = {}
_lock = threading.RLock()


def prepare(root: Path | None = None) -> None:
    """Start making the demonstration, so that it is there when somebody asks for it; nothing is put in place.

    Nothing happens where there is a workspace, where the record is kept on a server, or where no folder can be made: whoever asks is
    told why then.
    """
    place = (root or current_workspace.folder()).resolve()
    with _lock:
        if place in _jobs or current_workspace.exists(place) or current_workspace.on_server(place):
            return
        try:
            _start(place)
        except OSError:
            _log.info("no folder beside %s: the demonstration is not prepared", place)


def begin(root: Path | None = None) -> None:
    """Ask for the demonstration: it is put in its place as soon as it is whole; nothing happens over a workspace that is there."""
    place = (root or current_workspace.folder()).resolve()
    with _lock:
        if current_workspace.exists(place):
            return
        job = _jobs.get(place)
        if job is None or job.error is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            job = _start(place)
        job.asked = True
        _settle(place, job)


def withdraw(root: Path | None = None) -> None:
    """Stop a preparation that nobody has asked for: somebody founds a workspace of their own."""
    place = (root or current_workspace.folder()).resolve()
    with _lock:
        job = _jobs.get(place)
        if job is not None and not job.asked:
            job.step_file.with_suffix(".cancel").touch()


def close() -> None:
    """Put away what was prepared and never asked for; the app calls it when it ends."""
    with _lock:
        for job in _jobs.values():
            job.put_away()
        _jobs.clear()


def state(root: Path | None = None) -> Making | None:
    """Return how far it is, or None when nobody asked for it in this process or it is in its place."""
    place = (root or current_workspace.folder()).resolve()
    with _lock:
        job = _jobs.get(place)
        if job is None or not job.asked:
            return None
        step = read_step(job.step_file) or Step(0, 0, "starting a worker")
        return Making(step, _in_words(job.error) if job.error is not None else "")


def make(folder: str) -> None:
    """Make the demonstration in a folder; runs inside a worker."""
    from governance.workflow.demo.demo import build

    with Deadline():
        build(Path(folder) / _MADE, FileProgress(Path(folder) / _STEP)).close()


def _start(place: Path) -> _Job:
    old = _jobs.pop(place, None)
    if old is not None:
        old.put_away()
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    job = _Job(folder, executor().submit(make, str(folder)))
    _jobs[place] = job
    job.going.add_done_callback(lambda _: _settle(place, job))
    return job


def _settle(place: Path, job: _Job) -> None:
    """Move a whole demonstration to its place where somebody asked for it; put it away where a workspace came in between."""
    with _lock:
        if _jobs.get(place) is not job or not job.going.done():
            return
        taken = current_workspace.exists(place)
        if not taken and (not job.asked or job.error is not None):
            if job.error is not None:  # it stays known, so that nothing is prepared again and again in vain
                job.put_away()
            return
        try:
            if not taken:
                put_in_place(job.folder / _MADE, place)
        except (OSError, CountersignError) as error:
            job.failed = error
            return
        del _jobs[place]
        job.put_away()


def _in_words(error: BaseException) -> str:
    if isinstance(error, CountersignError):
        return str(error)
    _log.error("the demonstration could not be made", exc_info=error)
    return "The demonstration could not be made. The log has the details."
