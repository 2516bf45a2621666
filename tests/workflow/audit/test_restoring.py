"""A database that was put back from an older copy is not signed again without a word."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from governance.evidence.errors import RecordError, RefusedInputError, RuleError
from governance.workflow.audit import export, full_check, restoring
from governance.workflow.review import members
from governance.workflow.workspace import act as rules, now, state
from governance.workflow.workspace.acting import OPERATOR
from storage import DATABASE, Workspace
from tests.workflow.people import ROOT_SECRET


def copied(source: Path, target: Path) -> None:
    """Copy a database as SQLite does it, whoever has it open."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def put_back(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Go on, then put the database of before in the place of the newer one; the keys stay as they are."""
    copy, place = tmp_path / "backup.sqlite", workspace.root / DATABASE
    copied(place, copy)
    export.export(workspace, actor=OPERATOR)
    workspace.checkpoint()
    workspace.close()
    copied(copy, place)
    return Workspace.open(workspace.root)


def test_nothing_is_signed_until_the_ledger_says_that_it_was_restored(workspace: Workspace, tmp_path: Path) -> None:
    size = workspace.checkpoint().checkpoint.size
    workspace = put_back(workspace, tmp_path)
    removal = (workspace, "lars", "Left.")
    root = workspace.unlock_root(ROOT_SECRET)
    for act in (workspace.checkpoint, lambda: members.remove(*removal, root=root)):
        with pytest.raises(RecordError, match=f"{size} lines that do not continue the {size + 1} over which"):
            act()
    assert not full_check.check(workspace).valid
    assert workspace.read().head().size == size
    with pytest.raises(RefusedInputError, match="does not open the key"):
        restoring.restored(workspace, "The disk failed.", root_passphrase="not the one")
    index = restoring.restored(workspace, "The disk failed.", root_passphrase=ROOT_SECRET)
    last = workspace.read().entries()[-1]
    assert (last.index, last.type) == (index, "correction.noted")
    words = workspace.read().text(last.body["text"]["sha256"])
    assert words is not None
    assert f"A checkpoint over {size + 1} lines" in words
    assert "The disk failed." in words
    assert full_check.check(workspace).valid
    with pytest.raises(RefusedInputError, match="nothing to be restored"):
        restoring.restored(workspace, "Again.", root_passphrase=ROOT_SECRET)


def test_a_restore_that_is_cut_short_is_still_to_be_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = put_back(workspace, tmp_path)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(restoring, "remark", cut)
        restoring.restored(workspace, "The disk failed.", root_passphrase=ROOT_SECRET)
    with pytest.raises(RecordError, match="do not continue"):
        workspace.checkpoint()
    restoring.restored(workspace, "The disk failed.", root_passphrase=ROOT_SECRET)
    assert full_check.check(workspace).valid


def test_a_process_that_outlives_a_restore_forgets_what_it_remembered(workspace: Workspace, tmp_path: Path) -> None:
    copy, place = tmp_path / "backup.sqlite", workspace.root / DATABASE
    copied(place, copy)
    root = workspace.unlock_root(ROOT_SECRET)
    members.enrol(workspace, "noor", "Noor", ("lay",), passphrase="a long passphrase", root=root)
    assert "noor" in state(workspace).members
    remembered = dict(rules._states)
    copied(copy, place)
    while workspace.read().head().size < remembered[str(workspace.root)].seen:
        with workspace.write(restoring=workspace.broken_off()) as unit:
            unit.append("correction.noted", {"index": 0, "text": unit.text("x")}, actor="service", at=now())
            unit.commit()
    rules._states.update(remembered)  # as another process still has it
    assert "noor" not in state(workspace).members
    with pytest.raises(RuleError, match="is no member"):
        members.remove(workspace, "noor", "Left.", root=root)
    assert full_check.check(workspace).valid


def test_deleted_checkpoints_and_a_cut_tail_are_noticed(workspace: Workspace) -> None:
    size = workspace.checkpoint().checkpoint.size
    with workspace.engine.begin() as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text("DELETE FROM checkpoint"))
        connection.execute(text("DELETE FROM entry WHERE idx = :last"), {"last": size - 1})
    with pytest.raises(RecordError, match=f"{size - 1} lines that do not continue the {size} over which"):
        workspace.checkpoint()
