"""The executor: real worker processes, real limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from queue import Queue

import numpy as np
import pytest

from governance.evidence.errors import Cancelled
from governance.runs import worker_process
from governance.runs.turns import ClosedError, Turns
from governance.runs.worker_process import PROCESSES, Deadline, WorkerEndedError, WorkerProcess
from governance.runs.workers import FileProgress, Step, ask_to_stop, executor, read_step


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


def rest(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(path: str) -> str:
    """End the process unless this was tried before."""
    if not Path(path).exists():
        Path(path).touch()
        os._exit(9)
    return "done"


def test_a_worker_that_is_killed_among_ten_runs_fails_the_run_that_killed_it_and_no_other() -> None:
    turns = executor()
    asked = [turns.carry(lambda hand: hand.run(rest, 0.05), person=f"p{number}") for number in range(9)]
    asked.insert(3, turns.carry(lambda hand: hand.run(be_killed), person="guilty"))
    with pytest.raises(WorkerEndedError, match="killed from outside"):
        asked.pop(3).result(timeout=120)
    assert [turn.result(timeout=120) for turn in asked] == [0.05] * 9


def test_a_run_whose_worker_was_killed_for_another_reason_is_done_by_a_fresh_one(tmp_path: Path) -> None:
    assert executor().submit(die_once, str(tmp_path / "died")).result(timeout=60) == "done"


def test_what_is_said_of_a_worker_that_ended_is_what_its_exit_code_says() -> None:
    for task, words in ((die, "ended by itself with code 9"), (linger, "took longer than it may")):
        with pytest.raises(WorkerEndedError, match=words):
            executor().submit(task).result(timeout=60)


def test_work_that_reports_nothing_is_stopped_within_two_seconds() -> None:
    process, stop, said = WorkerProcess(), threading.Event(), Queue[float]()
    process.run(stop, rest, 0.0)
    before = process.pid
    assert before is not None

    def ask() -> None:
        try:
            process.run(stop, rest, 600.0)
        except Cancelled:
            said.put(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    stop.set()
    asked = time.monotonic()
    assert said.get(timeout=60) - asked < 30, "the work itself would take ten minutes"
    thread.join()
    assert _gone(before)
    assert process.run(threading.Event(), rest, 0.0) == 0.0, "and the next work finds a fresh process"
    process.close()


def test_a_worker_that_is_closed_while_it_works_ends_and_its_work_is_not_tried_again() -> None:
    turns = Turns([WorkerProcess()])
    turns.submit(rest, 0.0).result(timeout=60)
    working = turns.submit(rest, 600.0)
    waiting = turns.submit(rest, 600.0)
    while not working.running():
        time.sleep(0.01)
    turns.close()
    for turn in (working, waiting):
        with pytest.raises(ClosedError):
            turn.result(timeout=60)


def test_all_workers_together_fit_into_the_machine() -> None:
    machine = worker_process._machine()
    assert machine * 0.8 >= worker_process._memory_limit() * PROCESSES or worker_process._memory_limit() == 2 * 2**30


KILLED_AT_ONCE = """
import os, signal, sys, time
from governance.runs.worker_process import WorkerProcess

if __name__ == "__main__":
    process = WorkerProcess()
    future = process._submitted(time.sleep, 0)
    print(process.pid, flush=True)
    time.sleep(float(sys.argv[1]))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.15])
def test_no_worker_outlives_a_server_that_is_killed_while_its_workers_start(tmp_path: Path, delay: float) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT_ONCE, encoding="utf-8")
    said = subprocess.run(
        [sys.executable, str(script), str(delay)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert said.returncode == -signal.SIGKILL
    assert _gone(int(said.stdout))


ORPHANAGE = """
import os, sys
from governance.runs.workers import close, executor

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
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
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
