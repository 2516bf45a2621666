"""The executor: real worker processes, real limits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

from governance.compute import Deadline, FileProgress, Step, ask_to_stop, executor, read_step
from governance.errors import Cancelled


def count_slowly(path: str, steps: int) -> int:
    progress = FileProgress(Path(path))
    for step in range(steps):
        progress(step, steps, "counting")
        time.sleep(0.02)
    return steps


def hold(megabytes: int) -> int:
    return int(np.ones(megabytes * 2**20, dtype=np.uint8).sum())


def die() -> None:
    os._exit(9)


def linger() -> None:
    with Deadline(0.2):
        time.sleep(30)


def test_work_runs_in_another_process() -> None:
    assert executor().submit(os.getpid).result(timeout=60) != os.getpid()


def test_progress_of_a_worker_can_be_read_and_the_worker_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "step.json"
    future = executor().submit(count_slowly, str(path), 3000)
    until = time.monotonic() + 60
    while read_step(path) is None and time.monotonic() < until:
        time.sleep(0.02)
    step = read_step(path)
    assert step is not None
    assert (step.of, step.phase) == (3000, "counting")
    ask_to_stop(path)
    with pytest.raises(Cancelled):
        future.result(timeout=60)


def test_a_step_that_was_never_written_or_is_damaged_reads_as_none(tmp_path: Path) -> None:
    path = tmp_path / "step.json"
    assert read_step(path) is None
    path.write_text("{")
    assert read_step(path) is None
    FileProgress(path)(2, 2, "done")
    assert read_step(path) == Step(2, 2, "done")


@pytest.mark.skipif(os.name == "nt", reason="memory limits of workers need the resource module")
def test_a_task_beyond_the_memory_limit_fails_in_words_and_the_pool_lives() -> None:
    with pytest.raises(MemoryError):
        executor().submit(hold, 64 * 1024).result(timeout=60)
    assert executor().submit(hold, 1).result(timeout=60) == 2**20


@pytest.mark.parametrize("task", [die, linger])
def test_a_worker_that_dies_or_exceeds_its_time_is_replaced(task: Callable[[], None]) -> None:
    with pytest.raises(BrokenProcessPool):
        executor().submit(task).result(timeout=60)
    assert executor().submit(hold, 1).result(timeout=60) == 2**20


ORPHANAGE = """
import os, sys
from governance.compute import close, executor

if __name__ == "__main__":
    print(executor().submit(os.getpid).result(), flush=True)
    sys.stdin.readline()
    close()
"""


def _worker_of(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    script = tmp_path / "orphanage.py"
    script.write_text(ORPHANAGE, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def _gone(pid: int) -> bool:
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_worker_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    with_worker, worker = _worker_of(tmp_path)
    with with_worker:
        with_worker.kill()
    assert _gone(worker)


def test_closing_ends_the_workers(tmp_path: Path) -> None:
    with_worker, worker = _worker_of(tmp_path)
    with with_worker:
        with_worker.communicate("close\n")
    assert with_worker.returncode == 0
    assert _gone(worker)
