"""Ten people at once: a worker that dies harms nobody else, who waits is told so, and Stop is an answer in every phase."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from governance.runs import workers
from governance.runs.run import Done, Task, execute
from governance.workflow.assess import assess
from governance.workflow.assess.assess import Recorded
from governance.workflow.workspace import runs, subjects
from storage import processes
from storage.entities import Run
from storage.workspace import Workspace

GUILTY = 13
ROOT = Path(__file__).parents[3]


def held(task: Task, folder: str, step_file: str) -> Done:
    """Do the work once the test lets it go; report nothing before. The guilty one ends its process."""
    step = Path(step_file)
    step.with_suffix(".pid").write_text(str(os.getpid()))
    if task.seed == GUILTY:
        os.kill(os.getpid(), signal.SIGKILL)
    while not (step.parent / "go").exists():
        time.sleep(0.01)
    return execute(task, Path(folder))


@pytest.fixture
def tasks(workspace: Workspace, registered: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Task]:
    """Return the questions of a test by number: each a run of its own, held until `go`."""
    monkeypatch.setattr(assess, "work", held)
    one = subjects.task(workspace, "models.predict", subjects.Choice(*registered))
    yield lambda number: replace(one, seed=number)
    go(workspace)
    workers.close()


def go(workspace: Workspace) -> None:
    (workspace.root / "runs").mkdir(exist_ok=True)
    (workspace.root / "runs" / "go").touch()


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def pid_of(workspace: Workspace, task: Task) -> int:
    """Return the process that does a run, once it has begun."""
    file = runs.step_file(workspace, task.key.digest).with_suffix(".pid")
    until(lambda: file.exists() and bool(file.read_text()))
    return int(file.read_text())


def ended(workspace: Workspace, task: Task) -> Recorded | Run:
    found: list[Recorded | Run] = []

    def over() -> bool:
        found[:] = [assess.find(workspace, task) or assess.run_of(workspace, task.key.digest)]
        # "done" is recorded evidence that came between the two looks: look again.
        return isinstance(found[0], Recorded) or found[0].state not in ("waiting", "running", "done")

    until(over)
    return found[0]


def test_one_run_that_kills_its_worker_fails_among_ten_and_nine_finish(workspace, tasks) -> None:
    for number in range(9):
        assess.request(workspace, tasks(number), person=f"p{number}")
    assess.request(workspace, tasks(GUILTY), person="p9")
    go(workspace)
    failed = ended(workspace, tasks(GUILTY))
    assert failed.state == "failed"
    assert "of this computation was killed from outside" in failed.error
    found = [ended(workspace, tasks(number)) for number in range(9)]
    assert all(isinstance(item, Recorded) for item in found), found


def test_a_worker_that_is_killed_once_costs_nobody_the_run(workspace, tasks) -> None:
    for number in range(4):
        assess.request(workspace, tasks(number), person=f"p{number}")
    os.kill(pid_of(workspace, tasks(0)), signal.SIGKILL)
    go(workspace)
    found = [ended(workspace, tasks(number)) for number in range(4)]
    assert all(isinstance(item, Recorded) for item in found), found


def test_who_waits_is_told_so_and_how_many_are_before(workspace, tasks) -> None:
    count = workers.WORKERS + 1
    for number in range(count):
        assess.request(workspace, tasks(number), person=f"p{number}")
    for number in range(count):
        pid_of(workspace, tasks(number))
    states = [assess.request(workspace, tasks(count + number), person=f"q{number}") for number in range(3)]
    assert [(item.state, item.phase) for item in states] == [
        ("waiting", "next in line"),
        ("waiting", "1 before yours"),
        ("waiting", "2 before yours"),
    ]
    assert workspace.runs.latest(tasks(0).key.digest).state == "running"


def test_stop_while_it_waits_ends_it_at_once_and_it_is_never_begun(workspace, tasks) -> None:
    for number in range(workers.WORKERS + 2):
        assess.request(workspace, tasks(number), person="a")
    last = tasks(workers.WORKERS + 1)
    assess.stop(workspace, last.key.digest, "a")
    assert assess.run_of(workspace, last.key.digest, "a").state == "cancelled"
    go(workspace)
    assert isinstance(ended(workspace, tasks(0)), Recorded)
    assert not runs.step_file(workspace, last.key.digest).with_suffix(".pid").exists()


def test_stop_before_the_first_report_ends_the_process_and_nothing_is_recorded(workspace, tasks) -> None:
    assess.request(workspace, tasks(0), person="a")
    process = pid_of(workspace, tasks(0))
    assess.stop(workspace, tasks(0).key.digest, "a")
    seen = assess.run_of(workspace, tasks(0).key.digest, "a")
    assert (seen.state, seen.phase) in (("running", "Stopping"), ("cancelled", ""))
    assert ended(workspace, tasks(0)).state == "cancelled"
    until(lambda: processes._started(process) == "gone")
    assert workspace.read().count(types=("evidence.recorded",)) == 0
    assess.again(workspace, tasks(0).key.digest, "a")
    go(workspace)
    assess.request(workspace, tasks(0), person="a")
    assert isinstance(ended(workspace, tasks(0)), Recorded)


def test_a_shared_run_goes_on_until_the_last_who_waits_has_left(workspace, tasks) -> None:
    question = tasks(0)
    for person in ("a", "b", "c"):
        assess.request(workspace, question, person=person)
    pid_of(workspace, question)
    assess.stop(workspace, question.key.digest, "a")
    assert assess.request(workspace, question, person="a").state == "left", "looking again is not waiting again"
    assert assess.request(workspace, question, person="b").state == "running"
    assess.again(workspace, question.key.digest, "a")
    assert assess.request(workspace, question, person="a").state == "running"
    for person in ("a", "b"):
        assess.stop(workspace, question.key.digest, person)
    assert assess.run_of(workspace, question.key.digest, "c").state == "running"
    assess.stop(workspace, question.key.digest, "c")
    assert ended(workspace, question).state == "cancelled"


def test_people_take_turns(workspace, tasks) -> None:
    for number in range(6):
        assess.request(workspace, tasks(number), person="many")
    other = assess.request(workspace, tasks(6), person="newcomer")
    assert other.phase in ("", "next in line")
    assert pid_of(workspace, tasks(6)), "a newcomer has a place beside the long runs of another"


SERVER = """
import sys, time
from pathlib import Path
from governance.workflow.assess import assess
from governance.workflow.workspace import current_workspace, subjects
from tests.workflow.assess.test_under_way import held

assess.work = held
place = current_workspace.current(Path(sys.argv[1]))
task = subjects.task(place, "models.predict", subjects.Choice(*sys.argv[2:4]))
assess.request(place, task, person="a")
print(task.key.digest, flush=True)
time.sleep(600)
"""


def test_a_server_killed_in_the_middle_of_a_run_leaves_no_worker_and_a_run_that_says_so(
    workspace: Workspace, registered: tuple[str, str], tmp_path: Path
) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, str(script), str(workspace.root), *registered],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with server:
        assert server.stdout is not None
        key = server.stdout.readline().strip()
        question = subjects.task(workspace, "models.predict", subjects.Choice(*registered))
        assert question.key.digest == key
        worker = pid_of(workspace, question)
        assert runs.state(workspace, key).state == "running"
        server.kill()
    assert runs.state(workspace, key).state == "interrupted"
    until(lambda: processes._started(worker) == "gone")
    assert isinstance(assess.now(workspace, question), Recorded)
    assert workspace.verify().valid
