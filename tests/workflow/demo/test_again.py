"""The demonstration is made anew in its place; another workspace, or none, is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.evidence.errors import RefusedInputError
from governance.workflow.demo import again, cast, demo
from governance.workflow.workspace import current_workspace
from storage import Workspace


def made(root: Path, _progress: object) -> Workspace:
    return current_workspace.create(cast.ORGANISATION, cast.PASSPHRASE, root)


def test_a_demonstration_is_replaced_by_a_new_one_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "build", made)
    with made(tmp_path / "workspace", None) as first:
        before = first.origin
    with again.make_anew(tmp_path / "workspace") as found:
        assert found.origin != before
        assert cast.passphrase_on_screen(found) == cast.PASSPHRASE
    assert [item.name for item in tmp_path.iterdir()] == ["workspace"]


def test_a_demonstration_stays_when_the_new_one_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_root: Path, _progress: object) -> Workspace:
        raise RefusedInputError("no", "try again")

    with made(tmp_path / "workspace", None) as first:
        before = first.origin
    monkeypatch.setattr(demo, "build", broken)
    with pytest.raises(RefusedInputError, match="no"):
        again.make_anew(tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as kept:
        assert kept.origin == before


def test_no_other_workspace_is_touched(tmp_path: Path) -> None:
    current_workspace.create("Example Hospital", "a long passphrase", tmp_path / "workspace").close()
    with pytest.raises(RefusedInputError, match="no demonstration"):
        again.make_anew(tmp_path / "workspace")
    with pytest.raises(RefusedInputError, match="no workspace"):
        again.make_anew(tmp_path / "elsewhere")
    assert [item.name for item in tmp_path.iterdir()] == ["workspace"]


def test_neighbours_of_whatever_name_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "build", made)
    made(tmp_path / "workspace", None).close()
    neighbours = [tmp_path / f"workspace.{ending}" for ending in ("new", "old")]
    for folder in neighbours:
        folder.mkdir()
        (folder / "mine.txt").write_text("kept", encoding="utf-8")
    again.make_anew(tmp_path / "workspace").close()
    assert [(folder / "mine.txt").read_text(encoding="utf-8") for folder in neighbours] == ["kept", "kept"]


def test_the_old_one_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made(tmp_path / "workspace", None) as first:
        before = first.origin
    monkeypatch.setattr(demo, "build", lambda root, progress: made(root.with_name("elsewhere"), progress))
    with pytest.raises(FileNotFoundError):
        again.make_anew(tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as kept:
        assert kept.origin == before
