"""Assess: run methods, keep their evidence, and never compute the same thing twice.

`request` is what a page calls: it returns stored evidence at once, or the state of the run that will produce it. `now` is what
the command line calls: it runs in this process and returns the evidence.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from governance.evidence import Cancelled, CountersignError, Evidence, Progress, silent
from governance.quality import ContractParameters
from governance.review import events
from governance.runs import (
    ClosedError,
    DataFile,
    Deadline,
    Done,
    FileProgress,
    Hand,
    Task,
    Turn,
    execute,
    executor,
    method as spec_of,
)
from governance.workflow.assess import under_way
from governance.workflow.workspace import (
    GUEST,
    Acting,
    clock,
    require_act,
    require_number,
    runs,
    state as board_state,
)
from storage import Run, Workspace
from storage.ledger import Subject

_log = logging.getLogger(__name__)

PROVIDERS: Final[dict[str, tuple[str, str]]] = {
    "predictions": ("models.predict", "predictions"),
    "reference_predictions": ("models.predict", "predictions"),
    "candidate_predictions": ("models.predict", "predictions"),
    "attributions": ("explain.global", "attributions"),
}
"""Need of a method -> (method, array) that provides it, always for all rows of the data set."""


_LOOK_S: Final = 0.5
"""Seconds between two looks at a run of another process."""
_TABLES: Final = ("data", "reference")
"""Inputs that the registry knows; recordings are named in the evidence itself."""
PUT_IN_FORCE: Final = frozenset({"quality.expectations", "drift.calibration"})
"""Methods whose evidence is in force once it is recorded: a data contract, the thresholds of a watch. No guest asks for them."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Evidence with the digest under which it is stored and signed."""

    digest: str
    evidence: Evidence


def find(workspace: Workspace, task: Task) -> Recorded | None:
    """Return the stored evidence of `task`, or None when it was never recorded."""
    row = workspace.read().find_evidence(task.key.digest)
    return None if row is None else _stored(workspace, row.digest)


def _stored(workspace: Workspace, digest: str) -> Recorded:
    return Recorded(digest, Evidence.from_bytes(workspace.blobs.read(digest)))


def request(workspace: Workspace, task: Task, *, actor: Acting = GUEST, person: str = "") -> Recorded | Run:
    """Return the evidence of `task`, starting the run when there is none; never waits.

    A run that failed, was cancelled or was interrupted is shown as such and not started again by asking: `retry` does that.

    Args:
        workspace: where.
        task: the question.
        actor: who records the answer.
        person: who waits for it, by an id that tells people apart, guests too; turns are shared between persons.
    """
    found, person = find(workspace, task), person or actor.id
    if found is not None:
        return found
    key = task.key.digest
    run = runs.state(workspace, key)
    if run is not None and run.state == "done" and (found := find(workspace, task)) is not None:
        return found  # it was recorded between the two looks
    fresh = run is None or run.state == "done" or runs.wanted_again(workspace, key)
    going = under_way.is_going(_where(workspace, key)) and not under_way.has_left(_where(workspace, key), person)
    if run is not None and not fresh and not going:
        return _seen(workspace, run, person)
    begun = retry(workspace, task, actor=actor, person=person)
    ended = find(workspace, task) if begun.state == "done" else None  # it came to its end while it was asked for
    return ended or begun


def retry(workspace: Workspace, task: Task, *, actor: Acting = GUEST, person: str = "") -> Run:
    """Start the run of `task` unless it is under way in this process; return its state."""
    _started(workspace, task, actor, person or actor.id)
    run = run_of(workspace, task.key.digest, person or actor.id)
    assert run is not None
    return run


def run_of(workspace: Workspace, key: str, person: str = "") -> Run | None:
    """Return how the latest run with this key stands for a person, None when it was never asked for."""
    found = runs.state(workspace, key)
    return None if found is None else _seen(workspace, found, person)


def stop(workspace: Workspace, key: str, person: str = "") -> None:
    """Let a person wait no longer; the run ends when nobody else waits for it.

    A run of another process is asked to stop at its next report.
    """
    if not under_way.leave(_where(workspace, key), person):
        runs.cancel(workspace, key)


def again(workspace: Workspace, key: str, person: str = "") -> None:
    """Let the next request for this key wait for the run, or start it anew, although it was left or ended without a result."""
    if not under_way.come_back(_where(workspace, key), person):
        runs.forget(workspace, key)


def _seen(workspace: Workspace, run: Run, person: str) -> Run:
    return under_way.as_seen_by(person, _where(workspace, run.key), run)


def _where(workspace: Workspace, key: str) -> under_way.Where:
    return str(workspace.root), key


def _started(workspace: Workspace, task: Task, actor: Acting, person: str) -> Future[Recorded]:
    _require(workspace, task, actor)
    clock.require_right(workspace, board_state(workspace).time)
    key = task.key.digest

    def start() -> Turn[Recorded]:
        attempt = runs.begin(workspace, key, task.method, waiting=True)

        def carry(hand: Hand) -> Recorded:
            carrier = _Carrier(run=partial(_in_worker, hand), look_up=hand.require_wanted)
            elsewhere = _awaited(workspace, task, attempt, carrier.look_up)
            return elsewhere or _carry(workspace, task, actor, attempt, carrier)

        def note(done: Future[Recorded]) -> None:
            if done.cancelled():  # it never had its turn
                runs.end(workspace, attempt, key, "cancelled")

        turn = executor().carry(carry, person=person)
        turn.add_done_callback(note)
        return turn

    return under_way.join(_where(workspace, key), person, start)


def _require(workspace: Workspace, task: Task, actor: Acting) -> None:
    """Raise RuleError unless the person may ask for this run: some put a limit in force, and are acts."""
    require = require_act if _puts_in_force(task) else require_number
    require(board_state(workspace), actor)


def _puts_in_force(task: Task) -> bool:
    """Return whether later windows are held against what this run finds; a proposal of expectations is only shown."""
    chosen = task.chosen
    proposal = isinstance(chosen, ContractParameters) and not chosen.expectations.expectations
    return task.method in PUT_IN_FORCE and not proposal


def forthcoming(workspace: Workspace, task: Task, *, actor: Acting = GUEST) -> Future[Recorded]:
    """Return the evidence of `task` as it will be: stored already, or from a run in a worker that this call starts or joins."""
    found = find(workspace, task)
    if found is None:
        return _started(workspace, task, actor, actor.id)
    done: Future[Recorded] = Future()
    done.set_result(found)
    return done


def now(workspace: Workspace, task: Task, *, actor: Acting = GUEST, progress: Progress = silent) -> Recorded:
    """Run `task` in this process unless its evidence is stored already, and return the evidence.

    Raises:
        CountersignError: what the method said.
        RuleError: the actor is no member; nothing was computed.
        Cancelled: `progress` said so.
    """
    _require(workspace, task, actor)
    found = find(workspace, task)
    if found is not None:
        return found
    clock.require_right(workspace, board_state(workspace).time)
    attempt = runs.begin(workspace, task.key.digest, task.method, waiting=True)

    def here(work: Task, folder: Path, _: Path) -> Done:
        return execute(work, folder, progress)

    carrier = _Carrier(run=here, look_up=lambda: progress(0, 0, "Computed by another process"))
    elsewhere = _awaited(workspace, task, attempt, carrier.look_up)
    return elsewhere or _carry(workspace, task, actor, attempt, carrier)


def _awaited(workspace: Workspace, task: Task, attempt: str, look_up: Callable[[], None]) -> Recorded | None:
    """Give an attempt its turn and return None; where another process computes the same, wait for it and return what it recorded.

    Args:
        workspace: where.
        task: the question.
        attempt: the run that waits.
        look_up: is called at every look, and raises Cancelled when nobody waits any more.
    """
    key = task.key.digest
    while not runs.take(workspace, attempt, key):
        time.sleep(_LOOK_S)
        try:
            look_up()
        except Cancelled:
            workspace.runs.finish(attempt, "cancelled", clock.now())
            raise
        found = find(workspace, task)
        if found is not None:
            workspace.runs.finish(attempt, "done", clock.now())
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Carrier:
    """How a run is carried out: here, or in a worker."""

    run: Callable[[Task, Path, Path], Done]
    """Computes a task with a folder to work in and a file for its progress."""
    look_up: Callable[[], None]
    """Raises Cancelled when nobody waits any more."""


def _in_worker(hand: Hand, task: Task, folder: Path, step_file: Path) -> Done:
    return hand.run(work, task, str(folder), str(step_file))


def work(task: Task, folder: str, step_file: str) -> Done:
    """Execute `task` inside a worker process, under its time limit, with progress through a file."""
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    with Deadline():
        return execute(task, Path(folder), FileProgress(Path(step_file)))


def _carry(workspace: Workspace, task: Task, actor: Acting, attempt: str, carrier: _Carrier) -> Recorded:
    key = task.key.digest
    try:
        provided = replace(task, arrays=_provide(workspace, task, actor, carrier))
        with tempfile.TemporaryDirectory(prefix="work-", dir=workspace.scratch()) as folder:
            done = carrier.run(provided, Path(folder), runs.step_file(workspace, key))
            recorded = record(workspace, done, actor=actor, attempt=attempt)
    except Cancelled:
        runs.end(workspace, attempt, key, "cancelled")
        raise
    except ClosedError as error:
        runs.end(workspace, attempt, key, "interrupted", error.what)
        raise
    except CountersignError as error:
        runs.end(workspace, attempt, key, "failed", str(error))
        raise
    except Exception as error:
        _log.exception("run %s of %s failed", key[:16], task.method)
        runs.end(workspace, attempt, key, "failed", _in_words(error))
        raise
    runs.clear(workspace, key)
    return recorded


def _in_words(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "The computation needed more memory than it may use. Take a smaller cohort, or raise the limit."
    return f"The computation failed inside ({type(error).__name__}). The log has the details; nothing was recorded."


def _provide(workspace: Workspace, task: Task, actor: Acting, carrier: _Carrier) -> dict[str, str]:
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
            attempt = runs.begin(workspace, earlier.key.digest, method, waiting=True)
            elsewhere = _awaited(workspace, earlier, attempt, carrier.look_up)
            found = elsewhere or _carry(workspace, earlier, actor, attempt, carrier)
        if array in found.evidence.blobs:
            provided[need] = str(workspace.blobs.path_of(found.evidence.blobs[array]))
    return provided


def _reference_for(method: str, task: Task) -> DataFile | None:
    return task.reference if spec_of(method).uses_reference else None


def record(workspace: Workspace, done: Done, *, actor: Acting = GUEST, attempt: str = "") -> Recorded:
    """Store the arrays and the evidence of a run and write its ledger entry, and that it is done, in one transaction.

    When somebody else recorded this run meanwhile, theirs is returned: the ledger names one answer for one question.
    """
    blobs = {name: workspace.blobs.put_file(Path(path)).digest for name, path in done.arrays.items()}
    evidence = replace(done.evidence, blobs=blobs)
    digest = workspace.blobs.put(evidence.to_bytes()).digest
    key = evidence.key
    body = events.EvidenceRecorded(
        digest=digest,
        key=key.digest,
        method=key.method,
        method_version=key.method_version,
        model=next((item.digest for item in key.inputs if item.role == "model"), None),
        data=tuple(item.digest for item in key.inputs if item.role in _TABLES),
        rows_used=evidence.rows.used,
        rows_total=evidence.rows.total,
        outcome="assessed" if evidence.assessed else "not_assessed",
    )
    with workspace.write() as unit:
        earlier = unit.evidence_of(key.digest)
        if earlier is None:
            subjects = (Subject(key.method, digest),)
            at = clock.time_of_entry(workspace, unit.last_time)
            unit.append(events.name_of(body), events.encode_body(body), actor=actor.id, subjects=subjects, at=at)
        unit.end_run(attempt, "done", clock.now())
        unit.commit()
    return Recorded(digest, evidence) if earlier is None else _stored(workspace, earlier.digest)
