"""What each event says: the fields of a record's body, as types that people read and machines check.

A body has exactly these fields. Numbers that are not counts are texts; a long or personal text is a `TextRef`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from storage.errors import RefusedError
from storage.ledger.canonical import JsonValue, canonical
from storage.ledger.terms import (
    Condition,
    Count,
    Day,
    Digest,
    Dissent,
    FrozenEvidence,
    Id,
    Moment,
    NotApplicable,
    Purpose,
    Ratio,
    Recusal,
    Requirement,
    Role,
    RootKey,
    Seat,
    Tally,
    TextRef,
    VoteValue,
    Waiver,
    exact,
)


@exact
class LedgerCreated(TypedDict):
    """ledger.created, signed by the root key."""

    organisation: str
    log_vkey: str
    root: RootKey
    format: Literal[1]


@exact
class KeyAdded(TypedDict):
    """key.added, signed by the root key."""

    keyid: Digest
    public_key: str
    owner: Id
    purpose: Purpose


@exact
class KeyRevoked(TypedDict):
    """key.revoked, signed by the root key."""

    keyid: Digest
    reason: TextRef


@exact
class MemberAdded(TypedDict):
    """member.added, signed by the root key."""

    member: Id
    name: TextRef
    roles: list[Role]


@exact
class MemberRemoved(TypedDict):
    """member.removed, signed by the root key."""

    member: Id
    reason: TextRef


@exact
class CharterAdopted(TypedDict):
    """charter.adopted, signed by one member."""

    digest: Digest
    charter: dict[str, Any]


@exact
class ModelRegistered(TypedDict):
    """model.registered."""

    model: Id
    name: str
    version: str
    digest: Digest
    task: str
    owner: str
    risk_tier: str
    intended_use: TextRef
    parent: Digest | None
    provenance: dict[str, str]


@exact
class DatasetRegistered(TypedDict):
    """dataset.registered."""

    dataset: Id
    name: str
    digest: Digest
    original_digest: Digest
    rows: Count
    role: Literal["training", "evaluation", "monitoring", "benchmark"]
    schema_digest: Digest


@exact
class EvidenceRecorded(TypedDict):
    """evidence.recorded."""

    digest: Digest
    key: Digest
    method: str
    method_version: Count
    model: Digest | None
    data: list[Digest]
    rows_used: Count
    rows_total: Count
    outcome: Literal["assessed", "not_assessed"]


@exact
class CaseRegistered(TypedDict):
    """case.registered."""

    case: Id
    title: TextRef
    question: TextRef
    models: list[Digest]
    owner: str
    developer: str
    sponsor: str
    risk_tier: str


@exact
class EvidenceFrozen(TypedDict):
    """evidence.frozen."""

    version: Count
    bundle: Digest
    evidence: list[FrozenEvidence]
    policy_digest: Digest
    requirements: list[Requirement]
    not_applicable: list[NotApplicable]
    waivers: list[Waiver]


@exact
class ReviewOpened(TypedDict):
    """review.opened."""

    round: Count
    roster: list[Seat]
    recused: list[Recusal]
    quorum: Count
    majority: Ratio
    required_roles: list[Role]
    deadline: Moment
    charter_digest: Digest
    bundle: Digest
    trigger: TextRef | None


@exact
class ConflictDeclared(TypedDict):
    """conflict.declared, signed by the member."""

    member: Id
    conflict: bool
    text: TextRef | None


@exact
class CommentAdded(TypedDict):
    """comment.added, signed by the member."""

    comment: Id
    anchor: str
    blocking: bool
    reply_to: Id | None
    text: TextRef


@exact
class CommentResolved(TypedDict):
    """comment.resolved, signed by the member."""

    comment: Id
    text: TextRef


@exact
class VoteCast(TypedDict):
    """vote.cast, signed by the member; the printed name and the meaning of the signature are part of it."""

    vote: VoteValue
    bundle: Digest
    round: Count
    rationale: TextRef | None
    conditions: list[Condition]
    meaning: str
    name: TextRef


@exact
class DecisionRecorded(TypedDict):
    """decision.recorded."""

    outcome: Literal["approved", "conditional", "rejected", "deferred", "retired"]
    round: Count
    bundle: Digest
    tally: Tally
    quorum: Count
    dissent: list[Dissent]
    rationale: TextRef
    conditions: list[Condition]
    scope: TextRef
    valid_from: Day
    expires_at: Day
    retention_until: Day
    charter_digest: Digest


@exact
class ConditionSubmitted(TypedDict):
    """condition.submitted, signed by the member."""

    condition: Id
    by: str
    evidence: list[Digest]
    text: TextRef


@exact
class ConditionAccepted(TypedDict):
    """condition.accepted, signed by the member."""

    condition: Id
    by: str


@exact
class ConditionOverdue(TypedDict):
    """condition.overdue."""

    condition: Id


@exact
class MonitoringAlert(TypedDict):
    """monitoring.alert."""

    alert: Id
    model: Digest
    rule: str
    state: str
    evidence: Digest | None
    text: TextRef | None


@exact
class RoundEnded(TypedDict):
    """review.expired and approval.expired."""

    round: Count


@exact
class AppealFiled(TypedDict):
    """appeal.filed, signed by the member."""

    appeal: Id
    by: str
    text: TextRef


@exact
class AppealDecided(TypedDict):
    """appeal.decided, signed by the member."""

    appeal: Id
    panel: list[Id]
    outcome: str
    rationale: TextRef


@exact
class ExportMade(TypedDict):
    """export.made."""

    kind: Literal["case", "ledger"]
    case: Id | None
    size: Count
    root: str
    files: Count


@exact
class CorrectionNoted(TypedDict):
    """correction.noted: what a later reader must know about an earlier line."""

    index: Count
    text: TextRef


EVENTS: Final[Mapping[str, Any]] = {
    "ledger.created": LedgerCreated,
    "key.added": KeyAdded,
    "key.revoked": KeyRevoked,
    "member.added": MemberAdded,
    "member.removed": MemberRemoved,
    "charter.adopted": CharterAdopted,
    "model.registered": ModelRegistered,
    "dataset.registered": DatasetRegistered,
    "evidence.recorded": EvidenceRecorded,
    "case.registered": CaseRegistered,
    "evidence.frozen": EvidenceFrozen,
    "review.opened": ReviewOpened,
    "conflict.declared": ConflictDeclared,
    "comment.added": CommentAdded,
    "comment.resolved": CommentResolved,
    "vote.cast": VoteCast,
    "decision.recorded": DecisionRecorded,
    "condition.submitted": ConditionSubmitted,
    "condition.accepted": ConditionAccepted,
    "condition.overdue": ConditionOverdue,
    "monitoring.alert": MonitoringAlert,
    "review.expired": RoundEnded,
    "approval.expired": RoundEnded,
    "appeal.filed": AppealFiled,
    "appeal.decided": AppealDecided,
    "export.made": ExportMade,
    "correction.noted": CorrectionNoted,
}
"""Every event and the type of its body."""


@functools.cache
def _adapter(event: str) -> TypeAdapter[Any]:
    return TypeAdapter(EVENTS[event])


def checked_body(event: str, body: Mapping[str, JsonValue]) -> JsonValue:
    """Return the body as plain JSON values, with exactly the fields of its event.

    Raises:
        RefusedError: an unknown event, or a field that is missing, unknown or of another form.
    """
    if event not in EVENTS:
        raise RefusedError(f"No event {event!r}.", f"Known: {', '.join(EVENTS)}.")
    try:
        return _adapter(event).validate_json(canonical(dict(body)))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RefusedError(
            f"Field {where!r} of {event}: {first['msg']} (got {_short(first['input'])}).",
            "Compare it with the documented fields.",
        ) from error


def _short(value: object) -> str:
    text = re.sub(r"\s+", " ", repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
