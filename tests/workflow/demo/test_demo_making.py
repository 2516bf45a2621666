"""Making the demonstration beside the workspace's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.evidence.errors import RefusedInputError
from governance.workflow.demo import demo, demo_making
from governance.workflow.workspace import current_workspace


class FakeWorkspace:
    def close(self) -> None:
        pass


def made(root: Path, _progress: object) -> FakeWorkspace:
    root.mkdir()
    (root / "workspace.sqlite").write_bytes(b"")
    return FakeWorkspace()


def test_a_whole_workspace_is_moved_to_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "build", made)
    place = tmp_path / "workspace"
    place.mkdir()
    demo_making.make(str(place), str(tmp_path / "step.json"))
    assert current_workspace.exists(place)
    assert not (tmp_path / "workspace.new").exists()


def test_half_a_workspace_of_an_earlier_attempt_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Path, _progress: object) -> FakeWorkspace:
        made(root, None)
        raise RefusedInputError("no", "try again")

    monkeypatch.setattr(demo, "build", broken)
    with pytest.raises(RefusedInputError):
        demo_making.make(str(tmp_path / "workspace"), str(tmp_path / "step.json"))
    assert not current_workspace.exists(tmp_path / "workspace")
    monkeypatch.setattr(demo, "build", made)
    demo_making.make(str(tmp_path / "workspace"), str(tmp_path / "step.json"))
    assert current_workspace.exists(tmp_path / "workspace")


def test_nothing_is_started_over_a_workspace_that_is_there(tmp_path: Path) -> None:
    place = tmp_path / "workspace"
    made(place, None)
    demo_making.begin(place)
    assert demo_making.state(place) is None
