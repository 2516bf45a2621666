"""A workspace is made whole or not at all, wherever the making is cut short."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import founding, keys, workspace as making
from storage.errors import CountersignError, RecordError, RefusedInputError
from storage.place import DATABASE
from storage.workspace import Workspace

AT = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "root passphrase"

KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from storage import keys
from storage.workspace import Workspace
keys.KDF_ROUNDS = 1
left, real = int(sys.argv[2]), {}
def counted(name):
    def call(*args, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
        return real[name](*args, **more)
    return call
for name in ("open", "fsync", "mkdir", "rename", "unlink", "chmod"):
    real[name] = getattr(os, name)
    setattr(os, name, counted(name))
Workspace.create(Path(sys.argv[1]), "Example Board", "root passphrase", datetime(2026, 1, 1, tzinfo=UTC)).close()
print(left)
"""
"""Makes a workspace and kills itself at the n-th call that writes."""


def made(root: Path) -> None:
    with Workspace.create(root, "Example Board", SECRET, AT) as found:
        assert found.verify().valid
        assert found.unlock_root(SECRET).owner == "root"
        assert [key.present for key in found.read().keys()] == [True, True]  # noqa: SIM118


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)


def test_whoever_is_killed_while_a_workspace_is_made_leaves_nothing_or_all_of_it(tmp_path: Path) -> None:
    seen = set()
    for calls in range(0, 200, 3):
        root = tmp_path / str(calls)
        done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(calls)], check=False, capture_output=True)
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        if (root / DATABASE).exists():
            with Workspace.open(root) as whole:
                assert whole.verify().valid
            seen.add("whole")
        else:
            made(root)
            seen.add("made anew")
        assert not list(root.glob(f"{founding.UNFINISHED}*"))
        assert not list(root.glob(f"*{founding.BEGUN}*"))
        assert not (root / "keys" / founding.MARKER).exists()
    assert done.returncode == 0
    assert "made anew" in seen


@pytest.mark.parametrize("secret", ["short", "x" * 73])
def test_a_passphrase_that_cannot_be_taken_leaves_nothing(tmp_path: Path, secret: str) -> None:
    with pytest.raises(RefusedInputError, match="The passphrase has"):
        Workspace.create(tmp_path / "a" / "b", "Example Board", secret, AT)
    with pytest.raises(RefusedInputError, match="The passphrase has"):
        Workspace.create(tmp_path / "a" / "b", "Example Board", SECRET, AT, service_passphrase=secret)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("where", ["write_private", "migrate", "open_engine"])
def test_a_full_disk_leaves_nothing_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(keys if where == "write_private" else making, where, full)
        with pytest.raises(RecordError, match="No space left on device"):
            Workspace.create(tmp_path / "new", "Example Board", SECRET, AT)
    assert not (tmp_path / "new").exists()
    made(tmp_path / "new")


def test_what_stood_in_the_folder_before_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RefusedInputError):
        Workspace.create(tmp_path, "Example Board", SECRET, AT, service_passphrase="short")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["notes.txt"]


def test_keys_whose_database_is_lost_are_named_and_never_taken_away(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / DATABASE).unlink()
    before = sorted((tmp_path / "keys").rglob("*"))
    with pytest.raises(RefusedInputError, match=r"keys in .* and no database"):
        Workspace.create(tmp_path, "Example Board", SECRET, AT)
    assert sorted((tmp_path / "keys").rglob("*")) == before


def test_two_that_make_one_workspace_make_one(tmp_path: Path) -> None:
    answers: list[str] = []

    def make() -> None:
        try:
            Workspace.create(tmp_path / "one", "Example Board", SECRET, AT).close()
            answers.append("made")
        except CountersignError as error:
            answers.append(error.what)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("made") == 1, answers
    assert all("already" in said or "at this moment" in said for said in answers if said != "made"), answers
    with Workspace.open(tmp_path / "one") as found:
        assert found.verify().valid
