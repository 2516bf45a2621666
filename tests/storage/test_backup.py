"""A backup is a whole one or none, and what is put back was checked; lines that are lost do not go unsaid."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from governance.evidence import CountersignError, RecordError, RefusedInputError
from governance.workflow.audit import restoring
from storage import DATABASE, Workspace, back_up, put_back
from tests.storage.scene import AT, ROOT_PASSPHRASE, record_evidence


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w #1?", "Example Board", ROOT_PASSPHRASE, AT) as made:
        for number in range(20, 26):
            record_evidence(made, number)
        made.blobs.put(b"a table")
        yield made


def keys_of(workspace: Workspace, to: Path) -> Path:
    shutil.copytree(workspace.root / "keys", to)
    return to


def test_what_is_put_back_goes_on_where_it_was(place: Workspace, tmp_path: Path) -> None:
    made = back_up(place, tmp_path / "copy")
    assert made.lines == made.checkpointed == place.read().head().size
    assert (made.blobs, made.fresh) == (1, 1)
    assert not (tmp_path / "copy" / "keys").exists()
    done = put_back(
        tmp_path / "copy", tmp_path / "again", newest=place.checkpoint().note, keys=keys_of(place, tmp_path / "keys")
    )
    assert (done.lines, done.lost, done.keys) == (made.lines, 0, True)
    with Workspace.open(tmp_path / "again") as again:
        assert again.read().lines() == place.read().lines()
        record_evidence(again, 1)
        assert again.verify((place.checkpoint().note,)).valid


def test_a_second_backup_adds_what_is_new(place: Workspace, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    place.blobs.put(b"another table")
    record_evidence(place, 7)
    made = back_up(place, tmp_path / "copy")
    assert (made.blobs, made.fresh) == (2, 1)
    assert put_back(tmp_path / "copy", tmp_path / "again").lines == place.read().head().size


def test_lost_lines_are_counted_and_nothing_is_signed_until_they_are_spoken_of(
    place: Workspace, tmp_path: Path
) -> None:
    keys = keys_of(place, tmp_path / "keys")  # kept apart, once, at the beginning
    back_up(place, tmp_path / "copy")
    record_evidence(place, 1)
    record_evidence(place, 2)
    newest = place.checkpoint().note
    done = put_back(tmp_path / "copy", tmp_path / "again", newest=newest, keys=keys)
    assert done.lost == 2
    with Workspace.open(tmp_path / "again") as again:
        with pytest.raises(RecordError, match="do not continue"):
            record_evidence(again, 3)
        with pytest.raises(RecordError, match="do not continue"):
            again.checkpoint()
        restoring.restored(again, "The disk failed.", root_passphrase=ROOT_PASSPHRASE)
        record_evidence(again, 3)
        assert again.verify().valid
        assert not again.verify((newest,)).valid  # whoever holds the checkpoint sees that history differs


def test_without_keys_it_can_be_read_and_not_be_written(place: Workspace, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    assert not put_back(tmp_path / "copy", tmp_path / "again").keys
    with Workspace.open(tmp_path / "again") as again:
        assert again.read().head().size == place.read().head().size
        with pytest.raises(CountersignError):
            record_evidence(again, 1)


def changed_line(copy: Path) -> None:
    with closing(sqlite3.connect(copy / DATABASE)) as database:
        database.execute("DROP TRIGGER entry_never_changes")
        line = bytearray(database.execute("SELECT line FROM entry WHERE idx = 4").fetchone()[0])
        line[60] ^= 1
        database.execute("UPDATE entry SET line = ? WHERE idx = 4", (bytes(line),))
        database.commit()


def cut(copy: Path) -> None:
    (copy / DATABASE).write_bytes((copy / DATABASE).read_bytes()[:5000])


def changed_blob(copy: Path) -> None:
    next((copy / "blobs").glob("??/*")).write_bytes(b"another tabl")


def renamed_blob(copy: Path) -> None:
    found = next((copy / "blobs").glob("??/*"))
    found.rename(found.with_name("0" * 64))


def broken_off(copy: Path) -> None:
    (copy / DATABASE).unlink()


@pytest.mark.parametrize("harm", [changed_line, cut, changed_blob, renamed_blob, broken_off])
def test_a_harmed_backup_is_not_put_back(place: Workspace, tmp_path: Path, harm: object) -> None:
    back_up(place, tmp_path / "copy")
    harm(tmp_path / "copy")  # type: ignore[operator]
    with pytest.raises(CountersignError):
        put_back(tmp_path / "copy", tmp_path / "again", newest=place.checkpoint().note)
    assert not (tmp_path / "again").exists()
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".part")] == []


def test_a_checkpoint_of_another_history_is_refused(place: Workspace, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    with Workspace.create(tmp_path / "other", "Another Board", ROOT_PASSPHRASE, AT) as other:
        foreign = other.checkpoint().note
    with pytest.raises(RefusedInputError):
        put_back(tmp_path / "copy", tmp_path / "again", newest=foreign)
    forked = keys_of(place, tmp_path / "keys")
    put_back(tmp_path / "copy", tmp_path / "fork", keys=forked)
    with Workspace.open(tmp_path / "fork") as fork:
        record_evidence(fork, 99)
        other_branch = fork.checkpoint().note
    record_evidence(place, 1)
    back_up(place, tmp_path / "copy")
    with pytest.raises(RecordError, match="does not hold"):
        put_back(tmp_path / "copy", tmp_path / "again", newest=other_branch)


def test_nothing_is_put_over_what_is_there(place: Workspace, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    with pytest.raises(RefusedInputError, match="exists already"):
        put_back(tmp_path / "copy", place.root)
    with pytest.raises(RefusedInputError, match="inside the workspace"):
        back_up(place, place.root / "copy")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RefusedInputError, match="something else"):
        back_up(place, tmp_path / "full")
    with (
        Workspace.create(tmp_path / "other", "Another Board", ROOT_PASSPHRASE, AT) as other,
        pytest.raises(RefusedInputError, match="another workspace"),
    ):
        back_up(other, tmp_path / "copy")
    with pytest.raises(RefusedInputError, match="no keys"):
        put_back(tmp_path / "copy", tmp_path / "again", keys=tmp_path / "full" / "none")


def test_a_backup_taken_while_somebody_writes_is_of_one_moment(place: Workspace, tmp_path: Path) -> None:
    done, writing = threading.Event(), threading.Event()

    def write() -> None:
        number = 100
        while not done.is_set():
            number += 1
            record_evidence(place, number)
            writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(60)
    try:
        made = [back_up(place, tmp_path / f"copy{step}") for step in range(3)]
    finally:
        done.set()
        writer.join()
    for step, copied in enumerate(made):
        assert put_back(tmp_path / f"copy{step}", tmp_path / f"again{step}").lines == copied.lines
    with Workspace.open(tmp_path / "again2") as again:
        assert again.read().lines() == place.read().lines()[: made[2].lines]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_a_backup_is_closed_to_others(place: Workspace, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert (tmp_path / "copy" / DATABASE).stat().st_mode & 0o077 == 0
    put_back(tmp_path / "copy", tmp_path / "again", keys=keys_of(place, tmp_path / "keys"))
    assert all(item.stat().st_mode & 0o077 == 0 for item in (tmp_path / "again" / "keys").rglob("*"))
