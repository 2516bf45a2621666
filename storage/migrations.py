"""How the tables come to be: each change is a function, and it and its record are one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, insert, inspect, select

from storage.engine import reading, writing
from storage.errors import DamagedError
from storage.tables import Base, MigrationRow, table_of

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


MIGRATIONS: Final = (Migration("0001 create the tables", _create_tables),)
"""Every change, in order."""


def migrate(engine: Engine) -> tuple[str, ...]:
    """Make the changes that this database has not seen; return their names.

    Raises:
        DamagedError: the database knows a change that this program does not, so it is newer.
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


def _recorded(connection: Connection) -> set[str]:
    table = table_of(MigrationRow)
    if not inspect(connection).has_table(table.name):
        return set()
    found = set(connection.execute(select(table.c.name)).scalars())
    unknown = found - {item.name for item in MIGRATIONS}
    if unknown:
        raise DamagedError(f"The workspace was made by a newer version: {', '.join(sorted(unknown))}.", "Update.")
    return found
