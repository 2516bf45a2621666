"""How the tables come to be: each change is a function, and it and its record are one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, insert, inspect, select

from storage.engine import reading, writing
from storage.errors import RecordError
from storage.projections import rebuild
from storage.tables import AidRow, Base, BeatRow, EvidenceDataRow, MigrationRow, table_of

_SQLITE_GUARDS: Final = (
    (
        "CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no line is changed'); END"
    ),
    (
        "CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no line is deleted'); END"
    ),
    (
        "CREATE TRIGGER entry_has_no_gap BEFORE INSERT ON entry "
        "WHEN NEW.idx IS NOT (SELECT COALESCE(MAX(idx) + 1, 0) FROM entry) OR typeof(NEW.line) <> 'blob' "
        "OR typeof(NEW.leaf) <> 'blob' "
        "BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps: the next line follows the last'); END"
    ),
    (
        "CREATE TRIGGER checkpoint_never_goes BEFORE DELETE ON checkpoint "
        "BEGIN SELECT RAISE(ABORT, 'a signed checkpoint is never deleted'); END"
    ),
)
_POSTGRESQL_GUARDS: Final = (
    (
        "CREATE FUNCTION countersign_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the ledger is append-only'; END $$"
    ),
    (
        "CREATE FUNCTION countersign_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM entry) THEN "
        "RAISE EXCEPTION 'the ledger has no gaps: the next line follows the last'; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER entry_never_changes BEFORE UPDATE OR DELETE ON entry "
        "FOR EACH ROW EXECUTE FUNCTION countersign_refuse()"
    ),
    (
        "CREATE TRIGGER entry_never_emptied BEFORE TRUNCATE ON entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION countersign_refuse()"
    ),
    "CREATE TRIGGER entry_has_no_gap BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION countersign_next()",
    (
        "CREATE TRIGGER checkpoint_never_goes BEFORE DELETE ON checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION countersign_refuse()"
    ),
    (
        "CREATE TRIGGER checkpoint_never_emptied BEFORE TRUNCATE ON checkpoint "
        "FOR EACH STATEMENT EXECUTE FUNCTION countersign_refuse()"
    ),
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One change of the tables."""

    name: str
    """Sorts after the names of earlier ones."""
    change: Callable[[Connection], None]


def _create_tables(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    guards = _POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else _SQLITE_GUARDS
    for guard in guards:
        connection.exec_driver_sql(guard)


def _keep_aids(connection: Connection) -> None:
    table_of(AidRow).create(connection, checkfirst=True)


def _count_evidence_by_data(connection: Connection) -> None:
    table_of(EvidenceDataRow).create(connection, checkfirst=True)
    attempt = connection.begin_nested()
    try:
        rebuild(connection)
    except RecordError:  # a damaged ledger is opened as it stands; the check of the ledger names the line
        attempt.rollback()
    else:
        attempt.commit()


def _keep_beats(connection: Connection) -> None:
    table_of(BeatRow).create(connection, checkfirst=True)


MIGRATIONS: Final = (
    Migration("0001 create the tables", _create_tables),
    Migration("0002 evidence by data set", _count_evidence_by_data),
    Migration("0003 keep aids of analysis", _keep_aids),
    Migration("0004 beats of processes that compute", _keep_beats),
)
"""Every change, in order."""


def migrate(engine: Engine) -> tuple[str, ...]:
    """Make the changes that this database has not seen; return their names.

    Raises:
        RecordError: the database knows a change that this program does not, so it is newer.
    """
    made = []
    with reading(engine) as connection:
        missing = [item for item in MIGRATIONS if item.name not in _recorded(connection)]
    for migration in missing:
        with writing(engine) as connection:
            if migration.name in _recorded(connection):
                continue
            migration.change(connection)
            connection.execute(insert(table_of(MigrationRow)), {"name": migration.name})
            connection.commit()
            made.append(migration.name)
    return tuple(made)


def require_migrated(engine: Engine) -> None:
    """Raise RecordError when a database that cannot be written lacks a change."""
    with reading(engine) as connection:
        missing = [item.name for item in MIGRATIONS if item.name not in _recorded(connection)]
    if missing:
        raise RecordError(
            f"The tables are older than this program: {', '.join(missing)}.",
            "Open the workspace itself, or a writable copy, first.",
        )


def _recorded(connection: Connection) -> set[str]:
    table = table_of(MigrationRow)
    if not inspect(connection).has_table(table.name):
        return set()
    found = set(connection.execute(select(table.c.name)).scalars())
    unknown = found - {item.name for item in MIGRATIONS}
    if unknown:
        raise RecordError(f"The workspace was made by a newer version: {', '.join(sorted(unknown))}.", "Update.")
    return found
