"""Reading models, data sets, evidence, members and keys from their signed lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, func, select

from storage.entities import Key, Member, RecordedEvidence, RegisteredDataset, RegisteredModel
from storage.keys import KeyRing
from storage.ledger import Record, stored_record
from storage.log import ENTRY
from storage.selection import records_at
from storage.tables import DatasetRow, EvidenceDataRow, EvidenceRow, KeyRow, MemberRow, ModelRow, table_of
from storage.texts import Text, disclose

MODEL, DATASET, EVIDENCE = table_of(ModelRow), table_of(DatasetRow), table_of(EvidenceRow)
EVIDENCE_DATA = table_of(EvidenceDataRow)
MEMBER, KEY = table_of(MemberRow), table_of(KeyRow)


class Words:
    """The texts that a set of records names, looked up once."""

    def __init__(self, connection: Connection, references: Iterator[Any]) -> None:
        self._found = disclose(connection, {item["sha256"] for item in references if item})

    def __call__(self, reference: dict[str, str]) -> Text:
        """Return the text of a reference."""
        found = self._found.get(reference["sha256"])
        return Text(reference["sha256"], found.text if found else None)

    def maybe(self, reference: dict[str, str] | None) -> Text | None:
        """Return the text of a reference, or None where the record has none."""
        return None if reference is None else self(reference)


def joined(
    connection: Connection, table: Table, *where: ColumnElement[bool], newest: int | None = None
) -> list[tuple[Any, Record]]:
    """Return each row of a projection with its record, in order of the ledger (or the newest few, newest first)."""
    query = select(table, ENTRY.c.line.label("line_bytes")).join(ENTRY, ENTRY.c.idx == table.c.idx).where(*where)
    query = query.order_by(table.c.idx) if newest is None else query.order_by(table.c.idx.desc()).limit(newest)
    return [(row, stored_record(row.idx, row.line_bytes)) for row in connection.execute(query)]


def models(connection: Connection, digest: str | None = None) -> tuple[RegisteredModel, ...]:
    """Return the registered model versions, or only those of a digest: the last one registered."""
    found = _registered(connection, MODEL, digest)
    words = Words(connection, (record.body["intended_use"] for record in found))
    return tuple(_model(record, words) for record in found)


def _registered(connection: Connection, table: Table, digest: str | None) -> list[Record]:
    where = () if digest is None else (table.c.digest == digest,)
    return [record for _, record in joined(connection, table, *where, newest=None if digest is None else 1)]


def _model(record: Record, words: Words) -> RegisteredModel:
    body = record.body
    return RegisteredModel(
        index=record.index,
        time=record.time,
        actor=record.actor,
        intended_use=words(body["intended_use"]),
        **{name: value for name, value in body.items() if name != "intended_use"},
    )


def datasets(connection: Connection, digest: str | None = None) -> tuple[RegisteredDataset, ...]:
    """Return the registered data sets, or only those of a digest: the last one registered."""
    return tuple(
        RegisteredDataset(index=record.index, time=record.time, actor=record.actor, **record.body)
        for record in _registered(connection, DATASET, digest)
    )


def _evidence(record: Record) -> RecordedEvidence:
    body = {**record.body, "data": tuple(record.body["data"])}
    return RecordedEvidence(index=record.index, time=record.time, actor=record.actor, **body)


def evidence_by(connection: Connection, column: Literal["digest", "key"], value: str) -> RecordedEvidence | None:
    """Return the latest evidence with this digest or run key."""
    found = joined(connection, EVIDENCE, EVIDENCE.c[column] == value, newest=1)
    return _evidence(found[0][1]) if found else None


def all_evidence(connection: Connection, model: str | None, method: str | None) -> tuple[RecordedEvidence, ...]:
    """Return recorded evidence, of one model or method when named."""
    where = [EVIDENCE.c[name] == value for name, value in (("model", model), ("method", method)) if value is not None]
    return tuple(_evidence(record) for _, record in joined(connection, EVIDENCE, *where))


def evidence_by_model(connection: Connection) -> dict[str, int]:
    """Return how many recorded results are about each model, counted by the database."""
    query = select(EVIDENCE.c.model, func.count()).where(EVIDENCE.c.model.is_not(None)).group_by(EVIDENCE.c.model)
    return {str(digest): int(count) for digest, count in connection.execute(query)}


def evidence_by_data(connection: Connection) -> dict[str, int]:
    """Return how many recorded results rest on each data set, counted by the database."""
    query = select(EVIDENCE_DATA.c.data, func.count()).group_by(EVIDENCE_DATA.c.data)
    return {str(digest): int(count) for digest, count in connection.execute(query)}


def members(connection: Connection, removed: bool) -> tuple[Member, ...]:
    """Return the members with their live keys."""
    found = joined(connection, MEMBER, *([] if removed else [MEMBER.c.removed.is_(None)]))
    live = select(KEY.c.owner, KEY.c.keyid).where(KEY.c.purpose == "member", KEY.c.revoked.is_(None))
    keyids = {row.owner: row.keyid for row in connection.execute(live.order_by(KEY.c.idx))}
    words = Words(connection, (record.body["name"] for _, record in found))
    return tuple(
        Member(
            index=row.idx,
            member=row.member,
            name=words(record.body["name"]),
            roles=tuple(record.body["roles"]),
            added=record.time,
            removed=row.removed,
            keyid=None if row.removed is not None else keyids.get(row.member),
        )
        for row, record in found
    )


def keys(connection: Connection, keyring: KeyRing) -> tuple[Key, ...]:
    """Return every key the ledger has known."""
    rows = connection.execute(select(KEY).order_by(KEY.c.idx)).all()
    added = records_at(connection, [row.idx for row in rows])
    return tuple(
        Key(
            index=row.idx,
            keyid=row.keyid,
            owner=row.owner,
            purpose=row.purpose,
            public_key=row.public_key,
            added=added[row.idx].time,
            revoked=row.revoked,
            present=keyring.has(row.purpose, row.owner, row.keyid),
        )
        for row in rows
    )
