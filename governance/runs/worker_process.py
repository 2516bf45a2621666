"""One worker process, which does one piece of work at a time, under limits, and ends with whoever started it.

A process of one's own for each place at which work is done: whatever kills it, its own limit, the machine's memory or the model, ends
the work that it had and nobody else's. The process is joblib's loky's: it does not import the main script and stays warm.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Final, TypeVar

from governance.evidence import Cancelled, CountersignError
from governance.runs.turns import ClosedError

_log = logging.getLogger(__name__)

T = TypeVar("T")

WORKERS: Final = int(os.environ.get("COUNTERSIGN_WORKERS", "0")) or max(1, min(4, os.cpu_count() or 1))
TIME_LIMIT: Final = float(os.environ.get("COUNTERSIGN_WORKER_SECONDS", "3600"))
"""Seconds that one task may take before its worker is ended."""
OUT_OF_TIME: Final = 70
"""Exit code of a worker that `Deadline` ended."""
PROCESSES: Final = WORKERS + 2
"""Workers that may be at work at once: those of runs, one for a newcomer, one for passing questions."""
_SHARE: Final = 0.8
"""Part of the machine's memory that all workers together may hold; the rest is for the pages and the system."""
_LEAST: Final = 2 * 2**30
"""Bytes that a worker may hold on any machine: the libraries alone map about one."""
_GRACE: Final = 1.0
"""Seconds in which work that was asked to stop may do so by itself, before its process is ended."""
_LOOK_AFTER: Final = 0.1
"""Seconds between two looks at whether somebody wants the work stopped."""
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks of a worker at whether the process that started it is still there."""
_KILLED: Final = -9
"""Exit code of a process that was ended by SIGKILL."""


def _machine() -> int:
    """Return the bytes of memory that this machine has, or that the container it runs in may use."""
    if sys.platform == "win32":
        return 16 * 2**30
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        given = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return whole
    return min(whole, int(given)) if given.isdecimal() else whole


def _memory_limit() -> int:
    named = int(os.environ.get("COUNTERSIGN_WORKER_MEMORY_MB", "0"))
    return named * 2**20 if named else max(_LEAST, int(_machine() * _SHARE) // PROCESSES)


MEMORY_LIMIT: Final = _memory_limit()
"""Bytes of data segment that a worker may hold; beyond it an allocation fails inside the worker, not on the machine."""


class WorkerEndedError(CountersignError, BrokenProcessPool):
    """A worker process ended before its work was done, and again when the work was given to a fresh one."""


class WorkerProcess:
    """A worker process that is started by its first work and replaced when it ends."""

    def __init__(self) -> None:
        self._pool: Any = None
        self._process: Any = None
        self._closed = False
        self._lock = threading.Lock()

    def run(self, stop: threading.Event, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do work in the process and return what it returns; raise what it raises.

        When the process ends meanwhile, the work is given once more to a fresh one: results depend on the task alone, and what
        ended the process may have been meant for another. One that ran out of its time is not tried again.

        Args:
            stop: set from outside when nobody wants the result; the process is ended unless the work stops by itself in a second.
            work: a top-level function that can be pickled.
            args: its arguments.
            kwargs: its named arguments.

        Raises:
            Cancelled: `stop` was set.
            ClosedError: the worker was closed meanwhile.
            WorkerEndedError: the process ended twice, or ran out of time.
        """
        try:
            return self._twice(stop, work, *args, **kwargs)
        except Exception as error:
            if self._closed:
                raise ClosedError from error
            raise

    def _twice(self, stop: threading.Event, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if stop.is_set():
            raise Cancelled
        try:
            return self._once(stop, work, *args, **kwargs)
        except BrokenProcessPool as first:
            code = self._replaced()
            if self._closed:
                raise
            _log.warning("a worker ended with code %s; its work is given to a fresh one", code)
            if code == OUT_OF_TIME:
                raise _ended(code) from first
        try:
            return self._once(stop, work, *args, **kwargs)
        except BrokenProcessPool as again:
            raise _ended(self._replaced()) from again

    def _once(self, stop: threading.Event, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        future: Future[T] = self._submitted(work, *args, **kwargs)
        while not stop.is_set():
            if wait((future,), _LOOK_AFTER).done:
                return future.result()
        if not wait((future,), _GRACE).done:
            self._replaced()
            raise Cancelled
        return future.result()

    def _submitted(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
        from joblib.externals.loky import ProcessPoolExecutor

        with self._lock:
            if self._closed:
                raise ClosedError
            if self._pool is None:
                start = {"initializer": _prepare, "initargs": (os.getpid(),)}
                self._pool = ProcessPoolExecutor(max_workers=1, timeout=None, **start)
            future: Future[T] = self._pool.submit(work, *args, **kwargs)
            self._process = next(iter(self._pool._processes.values()), None)  # noqa: SLF001 - loky does not tell otherwise
        return future

    @property
    def pid(self) -> int | None:
        """Number of the process, None when it is not started."""
        return None if self._process is None else self._process.pid

    def _replaced(self) -> int | None:
        """Let the next work start a fresh process; return the exit code of the one that ended, None when it is not known."""
        with self._lock:
            pool, process, self._pool, self._process = self._pool, self._process, None, None
        if pool is not None:
            pool.shutdown(wait=True, kill_workers=True)
        return None if process is None else process.exitcode

    def close(self) -> None:
        """End the process at once, with what it was doing; nothing is taken on any more."""
        with self._lock:
            self._closed = True
        self._replaced()


def _ended(code: int | None) -> WorkerEndedError:
    """Return what is known of how a worker ended: nothing is said that its exit code does not say."""
    if code == OUT_OF_TIME:
        return WorkerEndedError(
            f"The computation took longer than it may ({TIME_LIMIT:g} s) and was ended. Nothing was recorded.",
            "Take a smaller cohort, or raise COUNTERSIGN_WORKER_SECONDS.",
        )
    if code == _KILLED:
        how = "was killed from outside, as a system does that runs out of memory"
    elif code is not None and code < 0:
        how = f"crashed with signal {-code}"
    else:
        how = "ended by itself" if code is None else f"ended by itself with code {code}"
    return WorkerEndedError(
        f"The worker process of this computation {how}, also when the computation was tried again alone. Nothing was recorded.",
        "Other runs are not affected. Try a smaller cohort; if it ends again, the model itself may end its process.",
    )


def _prepare(parent: int) -> None:
    """Watch over the process that started this one, and take on the limits; the first thing that a worker does."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _limit_memory()


def _end_with(parent: int) -> None:
    """End this worker when the process that started it is gone, however and whenever it went: also before this was called."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(0)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


class Deadline:
    """Ends this process when a task takes longer than it may; used inside workers only."""

    def __init__(self, seconds: float = TIME_LIMIT) -> None:
        self._timer = threading.Timer(seconds, os._exit, args=(OUT_OF_TIME,))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
