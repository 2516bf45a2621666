"""The same workspace on a PostgreSQL server: one is started for these tests where it is installed."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import reading, writing
from storage.errors import DamagedError, RefusedError
from storage.grants import grants
from storage.projections import contents
from storage.workspace import Workspace
from tests.storage.board import CASE, tell
from tests.storage.scene import AT, ROOT_PASSPHRASE, record_evidence


def tool(name: str) -> str | None:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or next((str(home / name) for home in homes if (home / name).is_file()), None)


def as_somebody_else() -> list[str] | None:
    """Return the prefix under which a server may run: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    known = {item.pw_name for item in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in known), None)
    runuser = shutil.which("runuser")
    return [runuser, "-u", user, "--"] if runuser and user else None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a server that listens on a socket in a folder of its own."""
    initdb, control, prefix = tool("initdb"), tool("pg_ctl"), as_somebody_else()
    if not (initdb and control and prefix is not None and importlib.util.find_spec("psycopg")):
        pytest.skip("no PostgreSQL server or no psycopg here: the shared database was not tested")
    with tempfile.TemporaryDirectory(prefix="countersign-pg-", ignore_cleanup_errors=True) as place:
        home = Path(place)
        home.chmod(0o777)

        def run(*command: str) -> None:
            subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=home, timeout=60)

        run(initdb, "-D", str(home / "data"), "-U", "countersign", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"
        run(control, "-D", str(home / "data"), "-l", str(home / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://countersign@/postgres?host={home}"
        finally:
            run(control, "-D", str(home / "data"), "-m", "immediate", "stop")


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
    with pytest.raises(DamagedError, match="could not be written"), writing(shared_workspace.engine) as connection:
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
            with pytest.raises(DamagedError, match=r"permission denied|must be owner"), writing(service.engine) as able:
                able.exec_driver_sql(statement)
        assert service.verify().valid


def test_a_role_has_a_plain_name() -> None:
    with pytest.raises(RefusedError, match="not a name of a role"):
        grants("a; DROP TABLE entry")


def test_a_server_that_is_not_there_is_said_in_words(tmp_path: Path, server: str) -> None:
    with pytest.raises(DamagedError, match="could not be read"):
        Workspace.open(tmp_path, database=f"postgresql+psycopg://nobody@/none?host={tmp_path}")
