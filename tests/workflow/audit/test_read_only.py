"""A workspace that cannot be written, an auditor's copy for example, is read and checked, and records nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.evidence.errors import CountersignError, RecordError
from governance.workflow.audit import export, full_check
from governance.workflow.review import requests
from governance.workflow.workspace import clock_confirmed, current_workspace, runs
from governance.workflow.workspace.acting import OPERATOR
from storage import DATABASE, Workspace, engine
from tests.workflow.people import secret

NOBODY = 65534


@pytest.fixture
def copied(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A copy in which this process may write nothing; as root it is told so, because root may write anywhere."""
    place = Path(shutil.copytree(founded, tmp_path / "copy"))
    monkeypatch.setattr("storage.workspace.writable", lambda _: False)
    found = current_workspace.current(place)
    yield found
    found.close()
    current_workspace._open.pop(place.resolve())


def test_a_job_that_says_that_the_clock_is_right_reads_it_too(
    founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(shutil.copytree(founded, tmp_path / "copy"))
    monkeypatch.setattr("storage.workspace.writable", lambda _: False)
    monkeypatch.setenv(clock_confirmed.VARIABLE, "1")
    with current_workspace.current(place) as found:
        assert [item.member for item in found.read().members()] == ["ines", "jonas", "kemi", "lars"]
    current_workspace._open.pop(place.resolve())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_read_and_checked_and_nothing_of_it_changes(copied: Workspace) -> None:
    before = contents(copied.root)
    assert copied.read_only
    assert [item.member for item in copied.read().members()] == ["ines", "jonas", "kemi", "lars"]
    assert runs.recent(copied) == ()
    verdict = full_check.check(copied)
    assert (verdict.valid, verdict.problem) == (True, None)
    for act in (
        lambda: export.export(copied, actor=OPERATOR),
        lambda: copied.drafts.discard("lars", "case", "vote"),
        copied.rebuild,
        lambda: runs.begin(copied, "0" * 64, "quality.checks"),
    ):
        with pytest.raises(RecordError, match="can be read and not written"):
            act()
    with pytest.raises(CountersignError):
        copied.unlock("lars", "not the passphrase")
    assert {name for name in contents(copied.root) if not name.startswith("keys/failed")} == set(before)
    assert all(contents(copied.root)[name] == data for name, data in before.items())


def test_entries_that_no_checkpoint_covers_are_said_and_not_signed(
    copied: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.log.size", lambda _: 99)
    with pytest.raises(RecordError, match=r"covers \d+ of 99 lines, and none can be signed"):
        copied.checkpoint()


def test_last_entries_beside_the_database_are_not_overlooked(founded: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(founded, tmp_path / "at-work"))
    with Workspace.open(place) as busy:
        export.export(busy, actor=OPERATOR)
        size = busy.read().head().size
        taken = Path(shutil.copytree(place, tmp_path / "taken"))
    assert (taken / f"{DATABASE}-wal").stat().st_size > 0
    found = engine.open_engine(taken / DATABASE, read_only=True)
    with engine.reading(found) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM entry").scalar() == size
    found.dispose()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="another account can be taken by root alone")
def test_another_account_reads_what_it_may_not_write(founded: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(shutil.copytree(founded, Path(folder) / "copy"))
        for path in (Path(folder), place):
            path.chmod(0o755)
        (place / DATABASE).chmod(0o644)
        expected = Workspace.open(founded).read().head()
        try:
            os.seteuid(NOBODY)
            with Workspace.open(place) as found:
                assert found.read_only
                assert found.read().head() == expected
                assert not any(key.present for key in found.read().keys())  # noqa: SIM118
                with pytest.raises(RecordError, match="can be read and not written"):
                    found.rebuild()
        finally:
            os.seteuid(0)


def test_a_request_is_refused_where_it_cannot_be_kept(copied: Workspace) -> None:
    with pytest.raises(CountersignError, match="can be read and not written"):
        requests.ask_key(copied, "lars", passphrase=secret("lars"))
