"""Assess: run methods, keep their evidence, and never compute the same thing twice.

`request` is what a page calls: it returns stored evidence at once, or the state of the run that will produce it. `now` is what
the command line calls: it runs in this process and returns the evidence.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from governance.compute import Deadline, FileProgress, executor
from governance.errors import Cancelled, GovernanceError
from governance.evidence import Evidence, Progress, silent
from governance.run import DataFile, Done, Task, execute
from governance.workflow import runs
from governance.workflow.clock import now as clock
from storage.entities import Run
from storage.ledger.envelope import Subject
from storage.workspace import Workspace

_log = logging.getLogger(__name__)

PROVIDERS: Final[dict[str, tuple[str, str]]] = {
    "predictions": ("models.predict", "predictions"),
    "reference_predictions": ("models.predict", "predictions"),
    "candidate_predictions": ("models.predict", "predictions"),
    "attributions": ("explain.global", "attributions"),
}
"""Need of a method -> (method, array) that provides it, always for all rows of the data set."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Evidence with the digest under which it is stored and signed."""

    digest: str
    evidence: Evidence


_carriers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="run")
_live: dict[tuple[str, str], Future[Recorded]] = {}
_lock = threading.Lock()


def find(workspace: Workspace, task: Task) -> Recorded | None:
    """Return the stored evidence of `task`, or None when it was never recorded."""
    row = workspace.read().find_evidence(task.key.digest)
    return None if row is None else Recorded(row.digest, Evidence.from_bytes(workspace.blobs.read(row.digest)))


def request(workspace: Workspace, task: Task, *, actor: str = "service") -> Recorded | Run:
    """Return the evidence of `task`, starting the run when there is none; never waits.

    A run that failed, was cancelled or was interrupted is shown as such and not started again by asking: `retry` does that.
    """
    found = find(workspace, task)
    if found is not None:
        return found
    key = task.key.digest
    state = runs.state(workspace, key)
    fresh = state is None or state.state == "done" or runs.wanted_again(workspace, key)
    return retry(workspace, task, actor=actor) if fresh or state is None else state


def retry(workspace: Workspace, task: Task, *, actor: str = "service") -> Run:
    """Start the run of `task` unless it is under way in this process; return its state."""
    _started(workspace, task, actor)
    state = runs.state(workspace, task.key.digest)
    assert state is not None
    return state


def _started(workspace: Workspace, task: Task, actor: str) -> Future[Recorded]:
    key = task.key.digest
    place = (str(workspace.root), key)
    with _lock:
        going = _live.get(place)
        if going is None:
            attempt = runs.begin(workspace, key, task.method)
            going = _live[place] = _carriers.submit(_carry, workspace, task, actor, attempt, _in_worker)
            going.add_done_callback(lambda _: _live.pop(place, None))
    return going


def forthcoming(workspace: Workspace, task: Task, *, actor: str = "service") -> Future[Recorded]:
    """Return the evidence of `task` as it will be: stored already, or from a run in a worker that this call starts or joins."""
    found = find(workspace, task)
    if found is None:
        return _started(workspace, task, actor)
    done: Future[Recorded] = Future()
    done.set_result(found)
    return done


def now(workspace: Workspace, task: Task, *, actor: str = "service", progress: Progress = silent) -> Recorded:
    """Run `task` in this process unless its evidence is stored already, and return the evidence.

    Raises:
        GovernanceError: what the method said.
        Cancelled: `progress` said so.
    """
    found = find(workspace, task)
    if found is not None:
        return found
    attempt = runs.begin(workspace, task.key.digest, task.method)

    def here(work: Task, folder: Path, _: Path) -> Done:
        return execute(work, folder, progress)

    return _carry(workspace, task, actor, attempt, here)


Carrier = Callable[[Task, Path, Path], Done]


def _in_worker(task: Task, folder: Path, step_file: Path) -> Done:
    return executor().submit(work, task, str(folder), str(step_file)).result()


def work(task: Task, folder: str, step_file: str) -> Done:
    """Execute `task` inside a worker process, under its time limit, with progress through a file."""
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    with Deadline():
        return execute(task, Path(folder), FileProgress(Path(step_file)))


def _carry(workspace: Workspace, task: Task, actor: str, attempt: str, carrier: Carrier) -> Recorded:
    key = task.key.digest
    try:
        provided = replace(task, arrays=_provide(workspace, task, actor, carrier))
        with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
            done = carrier(provided, Path(folder), runs.step_file(workspace, key))
            recorded = record(workspace, done, actor=actor)
    except Cancelled:
        runs.end(workspace, attempt, key, "cancelled")
        raise
    except GovernanceError as error:
        runs.end(workspace, attempt, key, "failed", str(error))
        raise
    except Exception as error:
        _log.exception("run %s of %s failed", key[:16], task.method)
        runs.end(workspace, attempt, key, "failed", _in_words(error))
        raise
    runs.end(workspace, attempt, key, "done")
    return recorded


def _in_words(error: Exception) -> str:
    name = type(error).__name__
    if isinstance(error, MemoryError):
        return "The computation needed more memory than it may use. Take a smaller cohort, or raise the limit."
    if name in {"TerminatedWorkerError", "BrokenProcessPool"}:
        return "The worker process ended: out of memory, out of time, or stopped by the model. Nothing was recorded."
    return f"The computation failed inside ({name}). The log has the details; nothing was recorded."


def _provide(workspace: Workspace, task: Task, actor: str, carrier: Carrier) -> dict[str, str]:
    provided: dict[str, str] = {}
    for need in task.spec.needs:
        if need not in PROVIDERS:
            continue
        method, array = PROVIDERS[need]
        if method == task.method:
            continue
        source = task.reference if need == "reference_predictions" else task.data
        model = task.candidate if need == "candidate_predictions" else task.model
        if source is None or model is None:
            continue
        earlier = Task(method, replace(source, cohort=""), model, _reference_for(method, task), seed=task.seed)
        found = find(workspace, earlier)
        if found is None:
            attempt = runs.begin(workspace, earlier.key.digest, method)
            found = _carry(workspace, earlier, actor, attempt, carrier)
        if array in found.evidence.blobs:
            provided[need] = str(workspace.blobs.path_of(found.evidence.blobs[array]))
    return provided


def _reference_for(method: str, task: Task) -> DataFile | None:
    return task.reference if method.startswith("explain.") else None


def record(workspace: Workspace, done: Done, *, actor: str = "service") -> Recorded:
    """Store the arrays and the evidence of a run and write its ledger entry, in one transaction."""
    blobs = {name: workspace.blobs.put_file(Path(path)).digest for name, path in done.arrays.items()}
    evidence = replace(done.evidence, blobs=blobs)
    digest = workspace.blobs.put(evidence.to_bytes()).digest
    key = evidence.key
    body = {
        "digest": digest,
        "key": key.digest,
        "method": key.method,
        "method_version": key.method_version,
        "model": next((item.digest for item in key.inputs if item.role == "model"), None),
        "data": [item.digest for item in key.inputs if item.role not in ("model", "candidate")],
        "rows_used": evidence.rows.used,
        "rows_total": evidence.rows.total,
        "outcome": "assessed" if evidence.assessed else "not_assessed",
    }
    with workspace.write() as unit:
        if workspace.read().find_evidence(key.digest) is None:
            unit.append("evidence.recorded", body, actor=actor, subjects=(Subject(key.method, digest),), at=clock())
            unit.commit()
    return Recorded(digest, evidence)
