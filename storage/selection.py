"""Which records: by case, type, actor, and what the rules of a case look at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select

from storage.ledger import HOUSE, Record, stored_record
from storage.log import ENTRY
from storage.tables import RecordRow, table_of

RECORD = table_of(RecordRow)


def conditions(case: str | None, types: Sequence[str], actor: str | None = None) -> list[ColumnElement[bool]]:
    """Return the conditions on the `record` table that a filter means."""
    found: list[ColumnElement[bool]] = []
    if case is not None:
        found.append(RECORD.c.case_id == case)
    if types:
        found.append(RECORD.c.type.in_(list(types)))
    if actor is not None:
        found.append(RECORD.c.actor == actor)
    return found


def select_records(
    connection: Connection,
    *,
    case: str | None = None,
    types: Sequence[str] = (),
    actor: str | None = None,
    offset: int = 0,
    limit: int | None = None,
    newest_first: bool = False,
) -> tuple[Record, ...]:
    """Return the records that match, in order of the ledger (or the newest first)."""
    order = RECORD.c.idx.desc() if newest_first else RECORD.c.idx
    query = select(ENTRY.c.idx, ENTRY.c.line).join(RECORD, RECORD.c.idx == ENTRY.c.idx)
    query = query.where(*conditions(case, types, actor)).order_by(order).offset(offset).limit(limit)
    return tuple(stored_record(index, line) for index, line in connection.execute(query))


def count_records(
    connection: Connection, *, case: str | None = None, types: Sequence[str] = (), actor: str | None = None
) -> int:
    """Return how many records match."""
    query = select(func.count()).select_from(RECORD).where(*conditions(case, types, actor))
    return int(connection.execute(query).scalar_one())


def last_time(connection: Connection) -> str:
    """Return the time of the newest record, or an empty text in an empty ledger."""
    found = connection.execute(select(RECORD.c.time).order_by(RECORD.c.idx.desc()).limit(1)).scalar()
    return "" if found is None else str(found)


def records_at(connection: Connection, indexes: Sequence[int]) -> dict[int, Record]:
    """Return the records at these places, by index."""
    found: dict[int, Record] = {}
    for start in range(0, len(indexes), 500):
        query = select(ENTRY.c.idx, ENTRY.c.line).where(ENTRY.c.idx.in_(indexes[start : start + 500]))
        for index, line in connection.execute(query):
            found[index] = stored_record(index, line)
    return found


def history(connection: Connection, case: str) -> tuple[Record, ...]:
    """Return the records of a case with all about keys, members and charters, in order of the ledger."""
    query = (
        select(ENTRY.c.idx, ENTRY.c.line)
        .join(RECORD, RECORD.c.idx == ENTRY.c.idx)
        .where(or_(RECORD.c.case_id == case, RECORD.c.type.in_(HOUSE)))
        .order_by(ENTRY.c.idx)
    )
    return tuple(stored_record(index, line) for index, line in connection.execute(query))
