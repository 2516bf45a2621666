"""The database refuses what a ledger forbids, and lets writers wait for each other."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import text

from governance.evidence.errors import RecordError
from storage import log
from storage.engine import reading, writing
from storage.ledger.merkle import leaf_hash
from storage.migrations import migrate
from storage.workspace import Workspace
from tests.storage.scene import AT, evidence_body, record_evidence


def raw(workspace: Workspace) -> sqlite3.Connection:
    """Return a connection as an administrator would open one, past the program."""
    return sqlite3.connect(workspace.root / "workspace.sqlite", isolation_level=None)


def test_every_connection_is_durable_and_checks_references(workspace: Workspace) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with reading(workspace.engine) as one, reading(workspace.engine) as two:
        for connection in (one, two):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            assert found == expected


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE entry SET line = line WHERE idx = 0", "no line is changed"),
        ("UPDATE entry SET idx = 9 WHERE idx = 1", "no line is changed"),
        ("DELETE FROM entry WHERE idx = 1", "no line is deleted"),
        ("DELETE FROM entry", "no line is deleted"),
        ("INSERT INTO entry VALUES (3, x'00', zeroblob(32))", "no gaps"),
        ("INSERT INTO entry VALUES (1, x'00', zeroblob(32))", "no gaps"),
        ("INSERT OR REPLACE INTO entry VALUES (1, x'00', zeroblob(32))", "no gaps"),
        ("INSERT OR REPLACE INTO entry VALUES (0, x'00', zeroblob(32))", "no gaps"),
        ("INSERT INTO entry VALUES (-1, x'00', zeroblob(32))", "no gaps"),
        ("INSERT INTO entry VALUES (NULL, x'00', zeroblob(32))", "no gaps"),
        ("INSERT INTO entry VALUES (2, 'text', zeroblob(32))", "no gaps"),
        ("INSERT INTO entry VALUES (2, x'00', zeroblob(31))", "CHECK"),
        ("INSERT INTO entry VALUES (2, zeroblob(65536), zeroblob(32))", "CHECK"),
        ("INSERT INTO entry VALUES (2, x'', zeroblob(32))", "CHECK"),
        ("DELETE FROM checkpoint", "never deleted"),
    ],
)
def test_the_database_itself_refuses(workspace: Workspace, statement: str, words: str) -> None:
    connection = raw(workspace)
    try:
        with pytest.raises(sqlite3.IntegrityError, match=words):
            connection.execute(statement)
    finally:
        connection.close()
    assert workspace.read().head().size == 2


def test_a_refusal_of_the_database_is_said_in_words(workspace: Workspace) -> None:
    with pytest.raises(RecordError, match="could not be written"), writing(workspace.engine) as connection:
        connection.execute(text("DELETE FROM entry"))


def harm(workspace: Workspace, statement: str) -> None:
    """Change the ledger as somebody would who can drop triggers."""
    connection = raw(workspace)
    triggers = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM entry WHERE idx >= 4", "shrank"),
        ("DELETE FROM entry WHERE idx = 3", "Line 3 of the ledger is missing"),
        ("UPDATE entry SET line = x'00' WHERE idx = 3", "Line 3 of the ledger was changed"),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 2", "Line 2 of the ledger was changed"),
        (f"UPDATE entry SET line = x'00', leaf = x'{leaf_hash(bytes(1)).hex()}' WHERE idx = 3", "forked"),
        (
            "UPDATE checkpoint SET note = CAST(replace(note, 'Example', 'Another') AS BLOB)",
            "does not hold|No signature",
        ),
        ("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 2) WHERE size = 6", "another one"),
    ],
)
def test_a_ledger_that_was_changed_from_outside_is_not_signed(workspace: Workspace, statement: str, words: str) -> None:
    for number in range(4):
        record_evidence(workspace, number)
    assert workspace.checkpoint().checkpoint.size == 6
    harm(workspace, statement)
    with pytest.raises(Exception, match=words) as caught:
        workspace.checkpoint()
    assert type(caught.value).__module__ == "storage.errors"


def test_many_writers_lose_nothing_and_leave_no_gap(workspace: Workspace) -> None:
    acknowledged: list[int] = []
    failures: list[BaseException] = []

    def write(first: int) -> None:
        try:
            acknowledged.extend(record_evidence(workspace, first + step).index for step in range(10))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(100 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(acknowledged) == list(range(2, 62))
    assert workspace.checkpoint().checkpoint.size == 62


def test_readers_see_one_moment_while_a_writer_works(workspace: Workspace) -> None:
    with reading(workspace.engine) as connection:
        assert log.size(connection) == 2
        record_evidence(workspace, 1)
        assert log.size(connection) == 2
    assert workspace.read().head().size == 3


def test_a_unit_sees_its_own_records_before_the_commit(workspace: Workspace) -> None:
    with workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="service", at=AT)
        assert [item.index for item in unit.entries(types=["evidence.recorded"])] == [2]
        assert workspace.read().head().size == 2
        unit.commit()
    assert workspace.read().head().size == 3


def test_migrations_are_made_once(workspace: Workspace) -> None:
    assert migrate(workspace.engine) == ()


def test_a_workspace_of_a_newer_version_is_refused(workspace: Workspace) -> None:
    connection = raw(workspace)
    connection.execute("INSERT INTO migration VALUES ('9999 from the future')")
    connection.close()
    with pytest.raises(RecordError, match="newer version"):
        Workspace.open(workspace.root)
