"""The database: SQLite in one file, or PostgreSQL by its address; what both promise, and how each keeps it.

A writer holds the ledger alone from its first read to its commit: `BEGIN IMMEDIATE` on SQLite, an advisory lock on
PostgreSQL. A reader sees one moment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from storage.errors import DamagedError

_WRITE: Final = "countersign_write"
_LOCK: Final = 0x636F756E7465
"""Number of the advisory lock on PostgreSQL."""
WAIT_SECONDS: Final = 60
"""How long a writer waits for another one."""


def open_engine(database: str | Path) -> Engine:
    """Return the engine of a SQLite file (a path) or of a PostgreSQL server (an address beginning with postgresql)."""
    if isinstance(database, str) and database.startswith("postgresql"):
        engine = create_engine(database, isolation_level="REPEATABLE READ")
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    engine = create_engine(f"sqlite:///{Path(database).absolute()}", connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
        DamagedError: the database refuses: full disk, broken file, lock not given in time, a trigger.
    """
    options: dict[str, Any] = {_WRITE: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"  # the snapshot must not be older than the lock
    with _explained("written"), engine.connect() as plain:
        connection = plain.execution_options(**options)
        transaction = connection.begin()
        try:
            yield connection
        finally:
            if transaction.is_active:
                transaction.rollback()


@contextmanager
def _explained(verb: str) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise DamagedError(
            f"The record could not be {verb}: {cause}.",
            "Nothing of this act was recorded. Check disk space, permissions and who else has the database open.",
        ) from error
