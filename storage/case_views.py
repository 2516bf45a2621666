"""Reading cases, comments, votes, decisions and conditions from their signed lines."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage.entities import CaseFile, Comment, ConditionState, Decision, Frozen, Opened, Vote
from storage.ledger import Record
from storage.registry_views import Words, joined
from storage.selection import RECORD, records_at, select_records
from storage.tables import CommentRow, ConditionRow, VoteRow, table_of

COMMENT, VOTE, CONDITION = table_of(CommentRow), table_of(VoteRow), table_of(ConditionRow)


def cases(connection: Connection, case: str | None = None) -> tuple[CaseFile, ...]:
    """Return the review cases, or the one named."""
    found = select_records(connection, case=case, types=("case.registered",))
    frozen = _latest(connection, case, "evidence.frozen")
    opened = _latest(connection, case, "review.opened")
    query = select(RECORD.c.case_id, func.count(), func.max(RECORD.c.time)).where(RECORD.c.case_id.is_not(None))
    seen = {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(RECORD.c.case_id))}
    words = Words(connection, (record.body[name] for record in found for name in ("title", "question")))
    return tuple(_case(item, words, frozen, opened, seen[item.case]) for item in found)


def _latest(connection: Connection, case: str | None, event: str) -> dict[str | None, Record]:
    return {record.case: record for record in select_records(connection, case=case, types=(event,))}


def _case(
    record: Record,
    words: Words,
    frozen: dict[str | None, Record],
    opened: dict[str | None, Record],
    seen: tuple[int, str],
) -> CaseFile:
    body = record.body
    return CaseFile(
        index=record.index,
        time=record.time,
        actor=record.actor,
        case=body["case"],
        title=words(body["title"]),
        question=words(body["question"]),
        models=tuple(body["models"]),
        owner=body["owner"],
        developer=body["developer"],
        sponsor=body["sponsor"],
        risk_tier=body["risk_tier"],
        frozen=_frozen(frozen.get(record.case)),
        opened=_opened(opened.get(record.case)),
        records=seen[0],
        last_time=seen[1],
    )


def _frozen(record: Record | None) -> Frozen | None:
    if record is None:
        return None
    return Frozen(record.index, record.time, record.body["version"], record.body["bundle"], record.body)


def _opened(record: Record | None) -> Opened | None:
    if record is None:
        return None
    body = record.body
    return Opened(
        index=record.index,
        time=record.time,
        round=body["round"],
        deadline=body["deadline"],
        bundle=body["bundle"],
        body=body,
    )


def comments(connection: Connection, case: str) -> tuple[Comment, ...]:
    """Return the comments on a case with their resolutions."""
    found = joined(connection, COMMENT, COMMENT.c.case_id == case)
    closing = records_at(connection, [row.resolved for row, _ in found if row.resolved is not None])
    records = [record for _, record in found] + list(closing.values())
    words = Words(connection, (record.body["text"] for record in records))
    return tuple(_comment(record, closing.get(row.resolved), words) for row, record in found)


def _comment(record: Record, closing: Record | None, words: Words) -> Comment:
    body = record.body
    return Comment(
        index=record.index,
        time=record.time,
        comment=body["comment"],
        member=record.actor,
        anchor=body["anchor"],
        blocking=body["blocking"],
        reply_to=body["reply_to"],
        text=words(body["text"]),
        resolved=closing.index if closing else None,
        resolved_by=closing.actor if closing else None,
        resolution=words(closing.body["text"]) if closing else None,
    )


def votes(connection: Connection, case: str) -> tuple[Vote, ...]:
    """Return the votes on a case; `replaced` tells which still count."""
    found = joined(connection, VOTE, VOTE.c.case_id == case)
    words = Words(connection, (record.body[name] for _, record in found for name in ("name", "rationale")))
    return tuple(_vote(record, row.replaced, words) for row, record in found)


def _vote(record: Record, replaced: int | None, words: Words) -> Vote:
    body = record.body
    return Vote(
        index=record.index,
        time=record.time,
        member=record.actor,
        name=words(body["name"]),
        round=body["round"],
        vote=body["vote"],
        bundle=body["bundle"],
        rationale=words.maybe(body["rationale"]),
        conditions=body["conditions"],
        meaning=body["meaning"],
        keyid=record.keyid,
        replaced=replaced,
    )


def decisions(connection: Connection, case: str | None) -> tuple[Decision, ...]:
    """Return the decisions, of one case when named."""
    found = select_records(connection, case=case, types=("decision.recorded",))
    words = Words(connection, (record.body[name] for record in found for name in ("rationale", "scope")))
    return tuple(_decision(record, words) for record in found)


def _decision(record: Record, words: Words) -> Decision:
    body = record.body
    return Decision(
        index=record.index,
        time=record.time,
        case=record.case or "",
        actor=record.actor,
        outcome=body["outcome"],
        round=body["round"],
        bundle=body["bundle"],
        rationale=words(body["rationale"]),
        scope=words(body["scope"]),
        valid_from=body["valid_from"],
        expires_at=body["expires_at"],
        retention_until=body["retention_until"],
        body=body,
    )


def conditions(connection: Connection, case: str | None) -> tuple[ConditionState, ...]:
    """Return the conditions of decisions, of one case when named."""
    found = joined(connection, CONDITION, *([] if case is None else [CONDITION.c.case_id == case]))
    words = Words(connection, (record.body["conditions"][row.position]["text"] for row, record in found))
    states = []
    for row, record in found:
        said = record.body["conditions"][row.position]
        states.append(
            ConditionState(
                index=record.index,
                case=row.case_id,
                condition=said["id"],
                text=words(said["text"]),
                owner=said["owner"],
                due=said["due"],
                blocking=said["blocking"],
                submitted=row.submitted,
                accepted=row.accepted,
                overdue=row.overdue,
            )
        )
    return tuple(states)
