"""Many writers: each gets its turn in the order of asking, none holds a connection while it waits, none is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.engine import reading, writing
from storage.errors import RecordError
from storage.workspace import Workspace
from storage.write_queue import Line, among_processes
from tests.storage.scene import record_evidence

ROOT = Path(__file__).parents[2]


def all_at_once(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Do `work` in so many threads that begin together; return what went wrong."""
    wrong: list[BaseException] = []
    gate = threading.Barrier(count)

    def one(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - shown by the caller's assertion
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "writers stand still"
    return wrong


@pytest.mark.parametrize("writers", [32, 100])
def test_threads_that_look_before_and_after_they_write_lose_nothing(workspace: Workspace, writers: int) -> None:
    def work(number: int) -> None:
        workspace.read().find_evidence(f"{number:064x}")
        record_evidence(workspace, number)
        workspace.read().head()

    assert all_at_once(writers, work) == []
    assert workspace.read().head().size == 2 + writers
    assert workspace.verify().valid


def test_who_waits_to_write_holds_no_connection(workspace: Workspace) -> None:
    with writing(workspace.engine):
        begun = threading.Semaphore(0)

        def write() -> None:
            begun.release()
            record_evidence(workspace, 1)

        threads = [threading.Thread(target=write) for _ in range(40)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert begun.acquire(timeout=30)
        with reading(workspace.engine):
            assert workspace.engine.pool.checkedout() == 2  # type: ignore[attr-defined]
    for thread in threads:
        thread.join(60)
    assert workspace.read().head().size == 42


def test_the_turn_is_given_in_the_order_of_asking() -> None:
    line, served = Line(), []
    threads = []

    def write(number: int) -> None:
        with line.turn():
            served.append(number)

    with line.turn():
        for number in range(20):
            thread = threading.Thread(target=write, args=(number,))
            thread.start()
            threads.append(thread)
            while len(line._waiting) < number + 1:
                thread.join(0.001)
    for thread in threads:
        thread.join(30)
    assert served == list(range(20))


def test_a_writer_that_gets_no_turn_says_so_and_the_line_goes_on() -> None:
    line = Line()
    refused: list[str] = []

    def write() -> None:
        try:
            with line.turn(0.05):
                refused.append("was let in")
        except RecordError as error:
            refused.append(str(error))

    with line.turn():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(30)
    assert len(refused) == 1
    assert "no turn came in 0.05 s" in refused[0]
    with line.turn(0.05):
        pass


@pytest.mark.parametrize("its_turn_came", [False, True])
def test_a_writer_that_is_interrupted_while_it_waits_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, its_turn_came: bool
) -> None:
    line = Line()
    holder = line.turn()

    def interrupted(self: threading.Event, timeout: float | None = None) -> bool:
        if its_turn_came:
            holder.__exit__(None, None, None)
        raise KeyboardInterrupt

    holder.__enter__()
    line._holder = -1  # another thread's
    monkeypatch.setattr(threading.Event, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt), line.turn(1):
        pass
    monkeypatch.undo()
    if not its_turn_came:
        holder.__exit__(None, None, None)
    with line.turn(0.05):
        pass


def test_one_thread_does_not_wait_for_itself(workspace: Workspace) -> None:
    with (
        writing(workspace.engine),
        pytest.raises(RecordError, match="written already"),
        writing(workspace.engine),
    ):
        pass
    record_evidence(workspace, 1)


def test_the_lock_between_processes_falls_with_a_killed_process(tmp_path: Path) -> None:
    database = tmp_path / "workspace.sqlite"
    code = (
        "import sys; from pathlib import Path; from storage.write_queue import among_processes\n"
        f"with among_processes(Path({str(database)!r})):\n    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RecordError, match="another process writes"), among_processes(database, 0.05):
            pass
        holder.kill()
    with among_processes(database, 30):
        pass
