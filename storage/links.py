"""What a record follows: the entries before it of its case, about keys, members, charter or rules, and of its alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from storage.ledger import HOUSE, Previous, read_record
from storage.ledger.canonical import JsonValue
from storage.log import ENTRY
from storage.tables import AlertRow, RecordRow, table_of

RECORD, ALERT = table_of(RecordRow), table_of(AlertRow)


def previous(connection: Connection, event: str, body: Mapping[str, JsonValue], case: str | None) -> Previous:
    """Return the links of the next record."""
    models = _models(connection, event, body, case)
    return Previous(
        case=_last(connection, RECORD.c.case_id == case) if case is not None else None,
        house=_last(connection, RECORD.c.type.in_(HOUSE)),
        alert=_alerts(connection, models),
    )


def _last(connection: Connection, condition: ColumnElement[bool]) -> int | None:
    return connection.execute(select(func.max(RECORD.c.idx)).where(condition)).scalar()


def _alerts(connection: Connection, models: Sequence[str]) -> int | tuple[int | None, ...] | None:
    """Return the last alert about the model, None without a model; for several models one for each, in their order."""
    query = select(func.max(ALERT.c.idx))
    found = tuple(connection.execute(query.where(ALERT.c.model == model)).scalar() for model in models)
    return found if len(found) > 1 else next(iter(found), None)


def _models(connection: Connection, event: str, body: Mapping[str, JsonValue], case: str | None) -> Sequence[str]:
    """Return the models of a record's case, or the one of an alert."""
    if event == "monitoring.alert":
        return (body["model"],)
    if event == "case.registered":
        return tuple(body["models"])
    if case is None:
        return ()
    query = select(ENTRY.c.line).join(RECORD, RECORD.c.idx == ENTRY.c.idx)
    line = connection.execute(query.where(RECORD.c.case_id == case, RECORD.c.type == "case.registered")).scalar()
    return () if line is None else tuple(read_record(bytes(line)).body["models"])
