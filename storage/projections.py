"""From a record to rows: pure functions, so that the same entries always give the same tables.

A change inserts a row, or marks rows of earlier records with this record's index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlmodel import SQLModel

from storage.errors import RecordError
from storage.ledger import Record, stored_record
from storage.tables import (
    PROJECTIONS,
    AlertRow,
    CommentRow,
    ConditionRow,
    DatasetRow,
    Entry,
    EvidenceDataRow,
    EvidenceRow,
    KeyRow,
    MemberRow,
    ModelRow,
    RecordRow,
    VoteRow,
    table_of,
)

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row of a projection."""

    table: type[SQLModel]
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Mark:
    """This record's index, written into `column` of the rows that `where` matches."""

    table: type[SQLModel]
    where: Mapping[str, Value]
    column: str
    index: int
    again: bool = False
    """Whether a later record replaces the mark of an earlier one."""


Change = Insert | Mark
Rule = Callable[[Record], tuple[Change, ...]]


def _model(record: Record) -> tuple[Change, ...]:
    body = record.body
    return (Insert(ModelRow, {"idx": record.index, "model": body["model"], "digest": body["digest"]}),)


def _dataset(record: Record) -> tuple[Change, ...]:
    body = record.body
    fields = {name: body[name] for name in ("dataset", "digest", "role")}
    return (Insert(DatasetRow, {"idx": record.index, **fields}),)


def _evidence(record: Record) -> tuple[Change, ...]:
    body = record.body
    fields = {name: body[name] for name in ("digest", "key", "method", "model", "outcome")}
    rests_on = sorted(set(body["data"]))
    return (
        Insert(EvidenceRow, {"idx": record.index, **fields}),
        *(Insert(EvidenceDataRow, {"idx": record.index, "data": digest}) for digest in rests_on),
    )


def _created(record: Record) -> tuple[Change, ...]:
    root = record.body["root"]
    return (_key_row(record.index, root["keyid"], "root", "root", root["public_key"]),)


def _key_row(index: int, keyid: str, owner: str, purpose: str, public_key: str) -> Insert:
    fields = {"keyid": keyid, "owner": owner, "purpose": purpose, "public_key": public_key}
    return Insert(KeyRow, {"idx": index, **fields, "revoked": None})


def _key(record: Record) -> tuple[Change, ...]:
    body = record.body
    row = _key_row(record.index, body["keyid"], body["owner"], body["purpose"], body["public_key"])
    replaced = (Mark(KeyRow, {"purpose": "log"}, "revoked", record.index),) if body["purpose"] == "log" else ()
    return (*replaced, row)


def _key_revoked(record: Record) -> tuple[Change, ...]:
    return (Mark(KeyRow, {"keyid": record.body["keyid"]}, "revoked", record.index),)


def _member(record: Record) -> tuple[Change, ...]:
    return (Insert(MemberRow, {"idx": record.index, "member": record.body["member"], "removed": None}),)


def _member_removed(record: Record) -> tuple[Change, ...]:
    gone = record.body["member"]
    keys = Mark(KeyRow, {"owner": gone, "purpose": "member"}, "revoked", record.index)
    return (Mark(MemberRow, {"member": gone}, "removed", record.index), keys)


def _alert(record: Record) -> tuple[Change, ...]:
    return (Insert(AlertRow, {"idx": record.index, "model": record.body["model"]}),)


def _comment(record: Record) -> tuple[Change, ...]:
    fields = {"case_id": record.case, "comment": record.body["comment"], "resolved": None}
    return (Insert(CommentRow, {"idx": record.index, **fields}),)


def _comment_resolved(record: Record) -> tuple[Change, ...]:
    where = {"case_id": record.case, "comment": record.body["comment"]}
    return (Mark(CommentRow, where, "resolved", record.index),)


def _vote(record: Record) -> tuple[Change, ...]:
    seat = {"case_id": record.case, "round": record.body["round"], "member": record.actor}
    return (
        Mark(VoteRow, seat, "replaced", record.index),
        Insert(VoteRow, {"idx": record.index, **seat, "replaced": None}),
    )


def _decision(record: Record) -> tuple[Change, ...]:
    blank = {"submitted": None, "accepted": None, "overdue": None}
    return tuple(
        Insert(
            ConditionRow,
            {"idx": record.index, "position": at, "case_id": record.case, "condition": item["id"], **blank},
        )
        for at, item in enumerate(record.body["conditions"])
    )


def _condition(column: str, again: bool = False) -> Rule:
    def rule(record: Record) -> tuple[Change, ...]:
        where = {"case_id": record.case, "condition": record.body["condition"]}
        return (Mark(ConditionRow, where, column, record.index, again),)

    return rule


RULES: Final[Mapping[str, Rule]] = {
    "ledger.created": _created,
    "key.added": _key,
    "key.revoked": _key_revoked,
    "member.added": _member,
    "member.removed": _member_removed,
    "model.registered": _model,
    "dataset.registered": _dataset,
    "evidence.recorded": _evidence,
    "monitoring.alert": _alert,
    "comment.added": _comment,
    "comment.resolved": _comment_resolved,
    "vote.cast": _vote,
    "decision.recorded": _decision,
    "condition.submitted": _condition("submitted", again=True),
    "condition.accepted": _condition("accepted"),
    "condition.overdue": _condition("overdue"),
}
"""Events that have rows of their own; every event also has a row in `record`."""


def project(record: Record) -> tuple[Change, ...]:
    """Return what a record changes in the projections.

    Raises:
        RecordError: the body lacks a field that its event has.
    """
    fields = {"type": record.type, "case_id": record.case, "actor": record.actor, "time": record.time}
    row = Insert(RecordRow, {"idx": record.index, **fields, "keyid": record.keyid})
    rule = RULES.get(record.type)
    try:
        return (row, *(rule(record) if rule else ()))
    except (KeyError, TypeError) as error:
        raise RecordError(f"The {record.type} at {record.index} lacks the field {error}.") from error


def apply(connection: Connection, changes: Iterable[Change]) -> None:
    """Write changes so that each mark finds the rows of the changes before it; rows between two marks are written at once."""
    waiting: dict[type[SQLModel], list[dict[str, Value]]] = {}
    for change in changes:
        if isinstance(change, Insert):
            waiting.setdefault(change.table, []).append(dict(change.values))
        else:
            _insert(connection, waiting)
            _mark(connection, table_of(change.table), change)
    _insert(connection, waiting)


def _insert(connection: Connection, waiting: dict[type[SQLModel], list[dict[str, Value]]]) -> None:
    """Write the rows that wait, table by table, after which none wait."""
    for kind, rows in waiting.items():
        connection.execute(insert(table_of(kind)), rows)
    waiting.clear()


def _mark(connection: Connection, table: Table, change: Mark) -> None:
    column = table.c[change.column]
    statement = update(table).where(*(table.c[name] == value for name, value in change.where.items()))
    if not change.again:
        statement = statement.where(column.is_(None))
    connection.execute(statement.values({change.column: change.index}))


def rebuild(connection: Connection, batch: int = 1000) -> int:
    """Empty every projection and compute it again from the entries; return how many records were read."""
    for kind in PROJECTIONS:
        connection.execute(delete(table_of(kind)))
    entries = table_of(Entry)
    done = 0
    while True:
        lines = select(entries.c.idx, entries.c.line).where(entries.c.idx >= done).order_by(entries.c.idx).limit(batch)
        found = connection.execute(lines).all()
        apply(connection, (change for index, line in found for change in project(stored_record(index, line))))
        done += len(found)
        if len(found) < batch:
            return done


def contents(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all projections, in the order of their keys, to compare one state with another."""
    tables = [table_of(kind) for kind in PROJECTIONS]
    return {
        table.name: list(map(tuple, connection.execute(select(table).order_by(*table.primary_key)).all()))
        for table in tables
    }
