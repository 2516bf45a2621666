"""The database: SQLite in one file, or PostgreSQL by its address; what both promise, and how each keeps it.

A writer holds the ledger alone from its first read to its commit: `BEGIN IMMEDIATE` on SQLite, an advisory lock on
PostgreSQL. Whoever waits to write stands in a queue (`write_queue`) and holds no connection. A reader sees one moment.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, TimeoutError as NoConnectionError

from storage.errors import RecordError
from storage.write_queue import WAIT_SECONDS, among_processes, line_of

_WRITE: Final = "countersign_write"
_READ_ONLY: Final = "countersign_read_only"
_LOCK: Final = 0x636F756E7465
"""Number of the advisory lock on PostgreSQL."""


def open_engine(database: str | Path, *, read_only: bool = False) -> Engine:
    """Return the engine of a SQLite file (a path) or of a PostgreSQL server (an address beginning with postgresql).

    With `read_only` a SQLite file is read where nothing can be written beside it: a medium, a mount, somebody else's copy.
    """
    if isinstance(database, str) and database.startswith("postgresql"):
        engine = create_engine(database, isolation_level="REPEATABLE READ")
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    if read_only:
        return _read_only_engine(Path(database).absolute())
    # A connection to a file costs little, and a reader who waits for one could wait for himself: there is no upper limit.
    address = URL.create("sqlite", database=str(Path(database).absolute()))
    engine = create_engine(address, connect_args={"timeout": WAIT_SECONDS}, pool_size=8, max_overflow=-1)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writable(database: Path) -> bool:
    """Say whether this process may write a SQLite file, and the files that SQLite keeps beside it."""
    return all(
        os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
        for place in (database.parent, database)
    )


def _read_only_engine(place: Path) -> Engine:
    """Return an engine that changes nothing.

    A file that was at work when it was copied has its last entries in the file `-wal` beside it, which SQLite reads with the help of
    `-shm`; without them the file never changes, and no lock is asked for (https://sqlite.org/wal.html#readonly).
    """
    left = place.with_name(f"{place.name}-wal")
    how = "mode=ro" if left.is_file() and left.stat().st_size else "immutable=1"
    engine = create_engine(f"sqlite:///file:{quote(str(place))}?{how}&uri=true").execution_options(**{_READ_ONLY: True})
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_read_only(engine: Engine) -> bool:
    """Say whether an engine changes nothing."""
    return bool(engine.get_execution_options().get(_READ_ONLY))


def require_writable(engine: Engine) -> None:
    """Raise RecordError for an engine that changes nothing."""
    if is_read_only(engine):
        raise RecordError(
            "This workspace can be read and not written: its folder or its database is not writable here.",
            "Nothing was recorded. Work in the workspace itself, or make a copy that this account owns.",
        )


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITE):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the database at one moment."""
    with _explained("read"), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give the one connection that may write now; what is not committed by the caller is rolled back.

    Raises:
        RecordError: the database refuses: full disk, broken file, no turn in time, a trigger; it is open for reading only; or this
            thread writes already.
    """
    require_writable(engine)
    options: dict[str, Any] = {_WRITE: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"  # the snapshot must not be older than the lock
    with _explained("written"), _turn(engine), engine.connect() as plain:
        connection = plain.execution_options(**options)
        transaction = connection.begin()
        try:
            yield connection
        finally:
            if transaction.is_active:
                transaction.rollback()


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Wait until nobody else writes, in this process and, on one machine's file, in any."""
    with ExitStack() as held:
        held.enter_context(line_of(str(engine.url)).turn())
        if engine.dialect.name == "sqlite" and engine.url.database:
            held.enter_context(among_processes(Path(engine.url.database)))
        yield


@contextmanager
def _explained(verb: str) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, NoConnectionError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise RecordError(
            f"The record could not be {verb}: {cause}.",
            "Nothing of this act was recorded. Check disk space, permissions and who else has the database open.",
        ) from error
