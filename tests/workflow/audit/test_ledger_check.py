"""The look that a page takes at the ledger: only new lines are hashed, and every line now and then beside the page."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

import pytest

from governance.workflow.audit import ledger_check
from storage.ledger import merkle
from storage.workspace import Workspace
from tests.storage.scene import record_evidence


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Return the lines that were hashed, in order."""
    seen: list[bytes] = []

    def leaf_hash(line: bytes, whole=merkle.leaf_hash) -> bytes:
        seen.append(line)
        return whole(line)

    monkeypatch.setattr(merkle, "leaf_hash", leaf_hash)
    return seen


def change_behind_our_back(workspace: Workspace, index: int) -> None:
    connection = sqlite3.connect(workspace.root / "workspace.sqlite", isolation_level=None)
    connection.execute("DROP TRIGGER entry_never_changes")
    connection.execute(f"UPDATE entry SET line = x'00' WHERE idx = {index}")
    connection.close()


def test_a_look_agrees_with_the_whole_check_and_hashes_new_lines_alone(
    workspace: Workspace, hashed: list[bytes]
) -> None:
    first = ledger_check.latest(workspace)
    assert first == ledger_check.check(workspace)
    assert first.consistent
    size = first.size
    for number in range(5):
        record_evidence(workspace, number)
        hashed.clear()
        found = ledger_check.latest(workspace)
        assert len(hashed) == 1
        assert hashed == [workspace.read().raw_entry(size + number).line]
        assert found == ledger_check.check(workspace)
        assert (found.size, found.consistent) == (size + number + 1, True)
    hashed.clear()
    assert ledger_check.latest(workspace) == found
    assert hashed == []


def test_a_new_line_that_was_changed_is_named_at_once(workspace: Workspace) -> None:
    size = ledger_check.latest(workspace).size
    record_evidence(workspace, 1)
    change_behind_our_back(workspace, size)
    found = ledger_check.latest(workspace)
    assert not found.consistent
    assert f"Line {size} of the ledger was changed" in found.problem
    record_evidence(workspace, 2)
    assert f"Line {size} of the ledger was changed" in ledger_check.latest(workspace).problem


def test_an_old_line_that_was_changed_is_named_a_look_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger_check.latest(workspace).consistent
    change_behind_our_back(workspace, 1)
    monkeypatch.setattr(ledger_check, "FRESH_FOR", 0.0)
    until = time.monotonic() + 60
    while ledger_check.latest(workspace).consistent and time.monotonic() < until:
        time.sleep(0.01)
    assert "Line 1 of the ledger was changed" in ledger_check.latest(workspace).problem


def test_a_ledger_that_shrank_is_not_called_whole(workspace: Workspace) -> None:
    record_evidence(workspace, 1)
    size = ledger_check.latest(workspace).size
    connection = sqlite3.connect(workspace.root / "workspace.sqlite", isolation_level=None)
    connection.execute("DROP TRIGGER entry_never_goes")
    connection.execute(f"DELETE FROM entry WHERE idx = {size - 1}")
    connection.close()
    assert not ledger_check.latest(workspace).consistent
