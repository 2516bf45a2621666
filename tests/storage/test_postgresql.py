"""The same workspace on a PostgreSQL server: one is started for these tests where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from governance.evidence.errors import RecordError, RefusedInputError
from storage.engine import reading, writing
from storage.grants import grants
from storage.projections import contents
from storage.workspace import Workspace
from tests.storage.board import CASE, tell
from tests.storage.scene import AT, ROOT_PASSPHRASE, record_evidence
from tests.storage.server import running


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture
def shared_workspace(server: str, tmp_path: Path) -> Iterator[Workspace]:
    from storage.engine import open_engine

    engine = open_engine(server)
    with writing(engine) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()
    engine.dispose()
    with Workspace.create(tmp_path / "w", "Example Board", ROOT_PASSPHRASE, AT, database=server) as made:
        yield made


def test_the_whole_story_is_the_same_on_a_server(shared_workspace: Workspace, server: str) -> None:
    tell(shared_workspace)
    views = shared_workspace.read()
    assert shared_workspace.verify().valid
    assert [item.vote for item in views.votes(CASE)] == ["approve", "reject", "approve_with_conditions"]
    assert views.comments(CASE)[0].text.text == "Why?"
    with Workspace.open(shared_workspace.root, database=server) as again:
        assert again.read().lines() == views.lines()
        assert again.read().head().size == views.head().size


def test_a_rebuild_is_identical_on_a_server(shared_workspace: Workspace) -> None:
    tell(shared_workspace)
    with reading(shared_workspace.engine) as connection:
        before = contents(connection)
    shared_workspace.rebuild()
    with reading(shared_workspace.engine) as connection:
        assert contents(connection) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET line = line WHERE idx = 0",
        "DELETE FROM entry WHERE idx = 1",
        "TRUNCATE entry",
        "TRUNCATE checkpoint",
        "DELETE FROM checkpoint",
        "INSERT INTO entry VALUES (5, '\\x00', decode(repeat('00', 32), 'hex'))",
        "INSERT INTO entry VALUES (1, '\\x00', decode(repeat('00', 32), 'hex'))",
        "INSERT INTO entry VALUES (2, '\\x00', decode(repeat('00', 31), 'hex'))",
    ],
)
def test_the_server_itself_refuses(shared_workspace: Workspace, statement: str) -> None:
    with pytest.raises(RecordError, match="could not be written"), writing(shared_workspace.engine) as connection:
        connection.exec_driver_sql(statement)
    assert shared_workspace.read().head().size == 2
    assert shared_workspace.verify().valid


def test_many_writers_lose_nothing_on_a_server(shared_workspace: Workspace, server: str) -> None:
    acknowledged: list[int] = []
    failures: list[BaseException] = []

    def write(first: int) -> None:
        try:
            with Workspace.open(shared_workspace.root, database=server) as mine:
                acknowledged.extend(record_evidence(mine, first + step).index for step in range(10))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(100 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(acknowledged) == list(range(2, 42))
    assert shared_workspace.verify().valid


def test_threads_of_one_process_take_turns_and_hold_no_connection_meanwhile(shared_workspace: Workspace) -> None:
    with ThreadPoolExecutor(100) as threads:
        done = list(threads.map(lambda number: record_evidence(shared_workspace, number).index, range(100)))
    assert sorted(done) == list(range(2, 102))
    assert shared_workspace.verify().valid


def test_the_services_role_adds_and_takes_nothing_away(shared_workspace: Workspace, server: str) -> None:
    with writing(shared_workspace.engine) as connection:
        connection.exec_driver_sql("CREATE ROLE service_role LOGIN")
        for statement in grants("service_role"):
            connection.exec_driver_sql(statement)
        connection.commit()
    with Workspace.open(shared_workspace.root, database=server.replace("countersign@", "service_role@")) as service:
        tell(service)
        text_of = service.read().comments(CASE)[0].text.sha256
        with service.write() as unit:
            assert unit.erase_text(text_of)
            unit.commit()
        service.runs.start("key", "method", "owner", AT)
        service.rebuild()
        for statement in (
            "UPDATE entry SET line = line",
            "DELETE FROM entry",
            "TRUNCATE entry",
            "DELETE FROM checkpoint",
            "UPDATE checkpoint SET size = 1",
            "ALTER TABLE entry DISABLE TRIGGER ALL",
            "DROP TRIGGER entry_never_changes ON entry",
            "DROP TABLE entry",
        ):
            with pytest.raises(RecordError, match=r"permission denied|must be owner"), writing(service.engine) as able:
                able.exec_driver_sql(statement)
        assert service.verify().valid


def test_a_role_has_a_plain_name() -> None:
    with pytest.raises(RefusedInputError, match="not a name of a role"):
        grants("a; DROP TABLE entry")


def test_a_server_that_is_not_there_is_said_in_words(tmp_path: Path, server: str) -> None:
    with pytest.raises(RecordError, match="could not be read"):
        Workspace.open(tmp_path, database=f"postgresql+psycopg://nobody@/none?host={tmp_path}")


def test_a_second_record_never_begins_in_the_database_of_another(
    shared_workspace: Workspace, tmp_path: Path, server: str
) -> None:
    with pytest.raises(RefusedInputError, match="holds a record of 2 lines already"):
        Workspace.create(tmp_path / "second", "Another Board", ROOT_PASSPHRASE, AT, database=server)
    assert shared_workspace.read().head().size == 2
    assert shared_workspace.verify().valid


def test_signs_of_life_follow_the_clock_of_the_server(shared_workspace: Workspace) -> None:
    beats = shared_workspace.beats
    assert beats.shared
    assert beats.age("1:2@aaaaaaaa") is None
    beats.beat("1:2@aaaaaaaa")
    beats.beat("1:2@aaaaaaaa")
    age = beats.age("1:2@aaaaaaaa")
    assert age is not None
    assert 0 <= age < 60
