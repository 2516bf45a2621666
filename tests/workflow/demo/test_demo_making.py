"""Making the demonstration ahead, beside the workspace's place, and putting it there when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from governance.evidence import Cancelled
from governance.evidence.errors import RefusedInputError
from governance.runs import FileProgress
from governance.workflow.demo import demo, demo_making
from governance.workflow.workspace import current_workspace


class FakeWorkspace:
    def close(self) -> None:
        pass


def made(root: Path, _progress: object) -> FakeWorkspace:
    root.mkdir()
    (root / "workspace.sqlite").write_bytes(b"")
    return FakeWorkspace()


def refused(root: Path, _progress: object) -> FakeWorkspace:
    made(root, None)
    raise RefusedInputError("No demonstration today.", "Try again tomorrow.")


class Worker:
    """An executor whose work is done when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[None], Callable[[str], None], str]] = []

    def submit(self, work: Callable[[str], None], folder: str) -> Future[None]:
        future: Future[None] = Future()
        self.waiting.append((future, work, folder))
        return future

    def work(self) -> None:
        """Do what waits."""
        for future, work, folder in self.waiting:
            try:
                work(folder)
            except BaseException as error:  # noqa: BLE001 - a worker hands every error on
                future.set_exception(error)
            else:
                future.set_result(None)
        self.waiting.clear()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Return the worker of these tests; every demonstration is the smallest folder that passes for one."""
    found = Worker()
    monkeypatch.setattr(demo, "build", made)
    monkeypatch.setattr(demo_making, "executor", lambda: found)
    monkeypatch.setattr(demo_making, "_jobs", {})
    yield found
    demo_making.close()


def test_what_was_prepared_is_in_its_place_at_once_and_leaves_nothing_behind(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "workspace"
    at_work = place / "tmp" / "of the app that waits for a workspace"
    at_work.mkdir(parents=True)
    demo_making.prepare(place)
    worker.work()
    assert not current_workspace.exists(place)
    assert demo_making.state(place) is None
    demo_making.begin(place)
    assert current_workspace.exists(place)
    assert demo_making.state(place) is None
    assert at_work.is_dir()
    assert [item.name for item in tmp_path.iterdir()] == ["workspace"]


def test_whoever_asks_before_it_is_whole_waits_for_the_rest(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "workspace"
    demo_making.prepare(place)
    demo_making.begin(place)
    assert demo_making.state(place) is not None
    assert len(worker.waiting) == 1
    worker.work()
    assert current_workspace.exists(place)
    assert demo_making.state(place) is None


def test_it_is_prepared_once_however_often_the_page_is_drawn(tmp_path: Path, worker: Worker) -> None:
    demo_making.prepare(tmp_path / "workspace")
    demo_making.prepare(tmp_path / "workspace")
    worker.work()
    demo_making.prepare(tmp_path / "workspace")
    assert not worker.waiting


def test_a_failed_attempt_says_why_and_is_no_workspace(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "workspace"
    monkeypatch.setattr(demo, "build", refused)
    demo_making.begin(place)
    worker.work()
    making = demo_making.state(place)
    assert making is not None
    assert making.error.startswith("No demonstration today.")
    assert not current_workspace.exists(place)
    monkeypatch.setattr(demo, "build", made)
    demo_making.begin(place)
    worker.work()
    assert current_workspace.exists(place)


def test_a_preparation_that_failed_is_not_tried_again_by_itself(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "build", refused)
    demo_making.prepare(tmp_path / "workspace")
    worker.work()
    demo_making.prepare(tmp_path / "workspace")
    assert not worker.waiting
    assert not list(tmp_path.iterdir())


def test_nothing_is_made_over_a_workspace_that_is_there(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "workspace"
    made(place, None)
    demo_making.prepare(place)
    demo_making.begin(place)
    assert not worker.waiting
    assert demo_making.state(place) is None


def test_a_workspace_that_came_in_between_stays_as_it_is(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "workspace"
    demo_making.prepare(place)
    place.mkdir()
    (place / "workspace.sqlite").write_bytes(b"of somebody else")
    worker.work()
    assert (place / "workspace.sqlite").read_bytes() == b"of somebody else"
    assert [item.name for item in tmp_path.iterdir()] == ["workspace"]


def test_a_folder_with_files_of_somebody_is_never_replaced(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "workspace"
    place.mkdir()
    (place / "mine.txt").write_text("kept", encoding="utf-8")
    demo_making.begin(place)
    worker.work()
    making = demo_making.state(place)
    assert making is not None
    assert "holds 'mine.txt' and no workspace" in making.error
    assert (place / "mine.txt").read_text(encoding="utf-8") == "kept"


def test_neighbours_of_whatever_name_stay(tmp_path: Path, worker: Worker) -> None:
    neighbour = tmp_path / "workspace.new"
    neighbour.mkdir()
    (neighbour / "mine.txt").write_text("kept", encoding="utf-8")
    demo_making.begin(tmp_path / "workspace")
    worker.work()
    assert (neighbour / "mine.txt").read_text(encoding="utf-8") == "kept"


def test_a_preparation_stops_when_somebody_founds_a_workspace_of_their_own(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(root: Path, progress: FileProgress) -> FakeWorkspace:
        progress(0, 1, "beginning")
        return made(root, None)

    monkeypatch.setattr(demo, "build", asks)
    demo_making.prepare(tmp_path / "workspace")
    demo_making.withdraw(tmp_path / "workspace")
    [(future, _, _)] = worker.waiting
    worker.work()
    assert isinstance(future.exception(), Cancelled)
    assert not list(tmp_path.iterdir())


def test_no_folder_is_made_where_there_is_none_until_somebody_asks(tmp_path: Path, worker: Worker) -> None:
    place = tmp_path / "later" / "workspace"
    demo_making.prepare(place)
    assert not (tmp_path / "later").exists()
    demo_making.begin(place)
    worker.work()
    assert current_workspace.exists(place)
