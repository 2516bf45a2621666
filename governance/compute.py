"""The one place that runs heavy work.

Everything heavy is a picklable top-level function with paths, digests and parameters, submitted to `executor()`. On one machine
that is joblib's loky pool: its workers do not import the main script, stay warm, and are replaced when a model kills them. When
`COUNTERSIGN_SCHEDULER` names a dask scheduler, the same calls go to `dask.distributed`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import warnings
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from governance.errors import Cancelled

WORKERS: Final = int(os.environ.get("COUNTERSIGN_WORKERS", "0")) or max(1, min(4, os.cpu_count() or 1))
MEMORY_LIMIT: Final = int(os.environ.get("COUNTERSIGN_WORKER_MEMORY_MB", "8192")) * 2**20
"""Bytes of data segment that a worker may hold; beyond it an allocation fails inside the worker, not on the machine."""
TIME_LIMIT: Final = float(os.environ.get("COUNTERSIGN_WORKER_SECONDS", "3600"))
"""Seconds that one task may take before its worker is ended."""
_WRITE_EVERY: Final = 0.1
_LOOK_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is."""

    done: int
    of: int
    phase: str
    """What is being done, in plain words."""


def executor() -> Executor:
    """Return the executor that runs heavy work; ask again for each task, since a broken pool is replaced."""
    scheduler = os.environ.get("COUNTERSIGN_SCHEDULER")
    if scheduler:
        from distributed import Client, get_client

        try:
            client = get_client(scheduler)
        except ValueError:
            client = Client(scheduler)  # type: ignore[no-untyped-call]
        return client.get_executor()  # type: ignore[no-any-return,no-untyped-call]
    from joblib.externals.loky import get_reusable_executor

    return get_reusable_executor(max_workers=WORKERS, timeout=None, initializer=_prepare_worker)  # type: ignore[no-any-return]


def live() -> Executor:
    """Return the executor of passing questions, whose answer somebody waits for with a hand on the mouse.

    It has one worker of its own: an answer never waits behind a long run, and what one question has opened (the model, the tables of
    its explanation) is still open for the next. On a cluster the scheduler decides, as for everything else.
    """
    if os.environ.get("COUNTERSIGN_SCHEDULER"):
        return executor()
    from joblib.externals.loky import ProcessPoolExecutor

    with _LIVE.lock:
        if _LIVE.pool is None or _LIVE.pool._flags.broken is not None:  # noqa: SLF001 - loky has no other way to ask
            _LIVE.pool = ProcessPoolExecutor(max_workers=1, timeout=None, initializer=_prepare_worker)
        return _LIVE.pool  # type: ignore[no-any-return]


class _Live:
    """The pool of `live`, started by the first question."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pool: Any = None


_LIVE: Final = _Live()


def warm() -> None:
    """Start the workers and let each import the libraries of explanations, so that the first question is not slow."""
    pool = executor()
    for _ in range(WORKERS):
        pool.submit(_import_heavy)
    live().submit(_import_light)


def close() -> None:
    """End the workers at once; what they were doing is lost, and the next `executor()` starts new ones."""
    with _LIVE.lock:
        if _LIVE.pool is not None:
            _LIVE.pool.shutdown(wait=True, kill_workers=True)
            _LIVE.pool = None
    if os.environ.get("COUNTERSIGN_SCHEDULER") or "joblib.externals.loky" not in sys.modules:
        return
    from joblib.externals.loky import reusable_executor

    if reusable_executor._executor is not None:  # noqa: SLF001 - loky has no other way to ask whether there is a pool
        reusable_executor._executor.shutdown(wait=True, kill_workers=True)  # noqa: SLF001


def _import_heavy() -> None:
    _import_light()
    _imported("scipy.stats", "shap", "lime.lime_tabular")


def _import_light() -> None:
    _imported("numba", "onnxruntime", "pandas")


def _imported(*names: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            importlib.import_module(name)


def _prepare_worker() -> None:
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    _limit_worker()


def _end_with_parent(parent: int) -> None:
    """End this worker when the process that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(0)


def _limit_worker() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


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


class Deadline:
    """Ends this process when a task takes longer than it may; used inside workers only."""

    def __init__(self, seconds: float = TIME_LIMIT) -> None:
        self._timer = threading.Timer(seconds, os._exit, args=(70,))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
