"""The one place that runs heavy work.

Everything heavy is a picklable top-level function with paths, digests and parameters, submitted to `executor()`. On one machine
that are processes that do one thing at a time (`worker_process`), given in turns between people (`turns`). When
`COUNTERSIGN_SCHEDULER` names a dask scheduler, the same calls go to `dask.distributed`.
"""

from __future__ import annotations

import importlib
import json
import os
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from governance.evidence import Cancelled
from governance.runs.turns import Place, Turns
from governance.runs.worker_process import WORKERS, WorkerProcess

T = TypeVar("T")

ON_CLUSTER: Final = 8
"""Runs that are at work at once where a scheduler of a cluster decides."""
_WRITE_EVERY: Final = 0.1
_LOOK_AFTER: Final = 0.1
_HEAVY: Final = ("numba", "onnxruntime", "pandas", "scipy.stats", "shap", "lime.lime_tabular")
"""What explanations import, the most asked for first."""
_LIGHT: Final = 4
"""How many of them passing questions and previews need."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is."""

    done: int
    of: int
    phase: str
    """What is being done, in plain words."""


class _ClusterPlace:
    """One task at a time on a cluster, whose scheduler decides where."""

    def run(self, stop: threading.Event, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do work on the cluster; nobody waits for it any more once `stop` is set."""
        future: Future[T] = _cluster().submit(work, *args, **kwargs)
        while not wait((future,), _LOOK_AFTER).done:
            if stop.is_set():
                future.cancel()
                raise Cancelled
        return future.result()

    def close(self) -> None:
        """Leave the cluster as it is."""


def _cluster() -> Executor:
    from distributed import Client, get_client

    scheduler = os.environ["COUNTERSIGN_SCHEDULER"]
    try:
        client = get_client(scheduler)
    except ValueError:
        client = Client(scheduler)  # type: ignore[no-untyped-call]
    return client.get_executor()  # type: ignore[no-any-return,no-untyped-call]


class _Standing:
    """The turns of this process, made by the first question and again after they were closed."""

    def __init__(self, runs: int, spare: int) -> None:
        self._runs, self._spare = runs, spare
        self._lock = threading.Lock()
        self._turns: Turns | None = None

    def turns(self) -> Turns:
        with self._lock:
            if self._turns is None:
                self._turns = Turns(self._places(self._runs), self._places(self._spare))
            return self._turns

    def _places(self, number: int) -> list[Place]:
        if os.environ.get("COUNTERSIGN_SCHEDULER"):
            return [_ClusterPlace() for _ in range(ON_CLUSTER if number else 0)]
        return [WorkerProcess() for _ in range(number)]

    def close(self) -> None:
        with self._lock:
            turns, self._turns = self._turns, None
        if turns is not None:
            turns.close()


_RUNS: Final = _Standing(WORKERS, 1)
_LIVE: Final = _Standing(1, 0)


def executor() -> Turns:
    """Return the executor that runs heavy work, in turns between people."""
    return _RUNS.turns()


def live() -> Turns:
    """Return the executor of passing questions, whose answer somebody waits for with a hand on the mouse.

    It has one worker of its own: an answer never waits behind a long run, and what one question has opened (the model, the tables of
    its explanation) is still open for the next. On a cluster the scheduler decides, as for everything else.
    """
    return _LIVE.turns()


def warm() -> None:
    """Let the workers import the libraries of explanations while nobody asks for anything, so that the first question is not slow."""
    executor().prepare([partial(_import, name) for name in _HEAVY])
    live().prepare([partial(_import, name) for name in _HEAVY[:_LIGHT]])


def close() -> None:
    """End the workers at once; what they were doing is lost, and the next `executor()` starts new ones."""
    _LIVE.close()
    _RUNS.close()


def _import(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module(name)


class FileProgress:
    """Progress through a small file that another process reads; a file beside it asks to stop.

    Args:
        path: where the step is written; `path` with suffix ".cancel" is the wish to stop.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = 0.0

    def __call__(self, done: int, of: int, phase: str) -> None:
        """Write the step, at most ten times a second, and raise `Cancelled` when the user asked to stop."""
        if self._path.with_suffix(".cancel").exists():
            raise Cancelled
        if done < of and time.monotonic() - self._written < _WRITE_EVERY:
            return
        self._written = time.monotonic()
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({"done": done, "of": of, "phase": phase}), encoding="utf-8")
        temporary.replace(self._path)


def read_step(path: Path) -> Step | None:
    """Return the last step that `FileProgress` wrote, or None when there is none yet."""
    try:
        return Step(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def ask_to_stop(path: Path) -> None:
    """Ask the run that reports to `path` to stop at its next step."""
    path.with_suffix(".cancel").touch()
