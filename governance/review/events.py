"""The events of the ledger: one frozen noun per event type, read and written with every field checked.

Every body is plain JSON without floats: ratios and limits are strings ("1/2", "0.80"), times are RFC 3339 in UTC with whole
seconds, ids are short lowercase words, and free text is present only as a salted digest (`TextRef`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from governance.evidence import JsonValue, RefusedInputError, canonical, decode, encode, unknown_choice
from governance.review.acts import (
    MEANINGS,
    AppealDecided,
    AppealFiled,
    ApprovalExpired,
    CommentAdded,
    CommentResolved,
    Condition,
    ConditionAccepted,
    ConditionOverdue,
    ConditionSubmitted,
    ConflictDeclared,
    DecisionRecorded,
    Dissent,
    EvidenceFrozen,
    FrozenItem,
    MonitoringAlert,
    NotApplicable,
    Recusal,
    RequirementOutcome,
    ReviewExpired,
    ReviewOpened,
    Ruling,
    Seat,
    Tally,
    VoteCast,
    Waiver,
)
from governance.review.fields import GateOutcome, Outcome, Role, TextRef, VoteKind, text_ref
from governance.review.registrations import (
    AttestationBegun,
    CaseRegistered,
    CharterAdopted,
    CorrectionNoted,
    DatasetRegistered,
    DeploymentEnded,
    DeploymentRegistered,
    EvidenceRecorded,
    ExportMade,
    KeyAdded,
    KeyRevoked,
    LedgerCreated,
    MemberAdded,
    MemberRemoved,
    ModelRegistered,
    NormsAdopted,
    RootKey,
    RulesAdopted,
)

__all__ = [
    "BOARD_ROLES",
    "EVENTS",
    "MEANINGS",
    "PREDICATE_TYPE",
    "SERVICE",
    "AppealDecided",
    "AppealFiled",
    "ApprovalExpired",
    "AttestationBegun",
    "Body",
    "CaseRegistered",
    "CharterAdopted",
    "CommentAdded",
    "CommentResolved",
    "Condition",
    "ConditionAccepted",
    "ConditionOverdue",
    "ConditionSubmitted",
    "ConflictDeclared",
    "CorrectionNoted",
    "DatasetRegistered",
    "DecisionRecorded",
    "DeploymentEnded",
    "DeploymentRegistered",
    "Dissent",
    "EventType",
    "EvidenceFrozen",
    "EvidenceRecorded",
    "ExportMade",
    "FrozenItem",
    "GateOutcome",
    "KeyAdded",
    "KeyRevoked",
    "LedgerCreated",
    "MemberAdded",
    "MemberRemoved",
    "ModelRegistered",
    "MonitoringAlert",
    "NormsAdopted",
    "NotApplicable",
    "Outcome",
    "Recusal",
    "RequirementOutcome",
    "ReviewExpired",
    "ReviewOpened",
    "Role",
    "RootKey",
    "RulesAdopted",
    "Ruling",
    "Seat",
    "Tally",
    "TextRef",
    "VoteCast",
    "VoteKind",
    "Waiver",
    "bundle_of",
    "encode_body",
    "event_type",
    "frozen",
    "name_of",
    "parse_body",
    "refuse_floats",
    "text_ref",
]

PREDICATE_TYPE: Final = "urn:countersign:record:v1"
SERVICE: Final = "service"
BOARD_ROLES: Final = ("chair", "validator", "lay", "member")
Body: TypeAlias = Any
"""An instance of one of the classes of this file that `EVENTS` names."""
Signer: TypeAlias = Literal["root", "member", "either", "service"]


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of entry."""

    name: str
    body: type[Any]
    signer: Signer
    """Whose key signs: the root key, the actor's own, the actor's own or the record key when the service acts, the record key."""


EVENTS: Final[tuple[EventType, ...]] = (
    EventType("ledger.created", LedgerCreated, "root"),
    EventType("rules.adopted", RulesAdopted, "root"),
    EventType("key.added", KeyAdded, "root"),
    EventType("key.revoked", KeyRevoked, "root"),
    EventType("member.added", MemberAdded, "root"),
    EventType("member.removed", MemberRemoved, "root"),
    EventType("charter.adopted", CharterAdopted, "member"),
    EventType("norms.adopted", NormsAdopted, "member"),
    EventType("model.registered", ModelRegistered, "service"),
    EventType("dataset.registered", DatasetRegistered, "service"),
    EventType("evidence.recorded", EvidenceRecorded, "service"),
    EventType("case.registered", CaseRegistered, "service"),
    EventType("evidence.frozen", EvidenceFrozen, "service"),
    EventType("review.opened", ReviewOpened, "service"),
    EventType("conflict.declared", ConflictDeclared, "member"),
    EventType("comment.added", CommentAdded, "member"),
    EventType("comment.resolved", CommentResolved, "member"),
    EventType("vote.cast", VoteCast, "member"),
    EventType("decision.recorded", DecisionRecorded, "either"),
    EventType("condition.submitted", ConditionSubmitted, "member"),
    EventType("condition.accepted", ConditionAccepted, "member"),
    EventType("condition.overdue", ConditionOverdue, "service"),
    EventType("monitoring.alert", MonitoringAlert, "either"),
    EventType("review.expired", ReviewExpired, "service"),
    EventType("approval.expired", ApprovalExpired, "service"),
    EventType("appeal.filed", AppealFiled, "member"),
    EventType("appeal.decided", AppealDecided, "member"),
    EventType("export.made", ExportMade, "service"),
    EventType("correction.noted", CorrectionNoted, "service"),
    EventType("deployment.registered", DeploymentRegistered, "service"),
    EventType("deployment.ended", DeploymentEnded, "service"),
    EventType("attestation.begun", AttestationBegun, "service"),
)

_BY_NAME: Final = {kind.name: kind for kind in EVENTS}
_BY_BODY: Final = {kind.body: kind for kind in EVENTS}


def event_type(name: str) -> EventType:
    """Return the event type called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    found = _BY_NAME.get(name)
    if found is not None:
        return found
    raise unknown_choice("event type", name, tuple(kind.name for kind in EVENTS))


def name_of(body: Body) -> str:
    """Return the event type that `body` is an instance of."""
    found = _BY_BODY.get(type(body))
    if found is not None:
        return found.name
    raise unknown_choice("event body", type(body).__name__, tuple(kind.body.__name__ for kind in EVENTS))


def parse_body(name: str, value: JsonValue) -> Body:
    """Return the body of an event of type `name` from its JSON value, checked in every field.

    Raises:
        RefusedInputError: an unknown type, a missing or an unknown field, a wrong id, time, digest or number, or a float.
    """
    refuse_floats(value)
    body = decode(event_type(name).body, value)
    whole = encode(body)
    if whole != {
        **whole,
        **value,
    }:  # an optional field may be left out; numbers and flags are strict, so 1 is never true here
        raise RefusedInputError(
            f"The body of {name} has fields that the format does not know.", "See docs/record-format.md."
        )
    return body


def encode_body(body: Body) -> JsonValue:
    """Return the JSON value of a body, after the same checks as on reading.

    Raises:
        RefusedInputError: as `parse_body`.
    """
    value = encode(body)
    parse_body(name_of(body), value)
    return value


def refuse_floats(value: JsonValue) -> None:
    """Raise RefusedInputError when a float, or an integer from 2**53 on, occurs anywhere in a JSON value."""
    kind = type(value)
    if kind is float or (kind is int and not -(2**53) < value < 2**53):
        raise RefusedInputError(f"A record holds the {kind.__name__} {value!r}.", "Write it as a string.")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for item in inner:
        if type(item) is not str:
            refuse_floats(item)


def frozen(draft: EvidenceFrozen) -> EvidenceFrozen:
    """Return the body of evidence.frozen with the bundle digest that votes will name; `draft.bundle` is not looked at."""
    return replace(draft, bundle=bundle_of(draft))


def bundle_of(body: EvidenceFrozen) -> str:
    """Return SHA-256 of the canonical bytes of an evidence.frozen body without its field `bundle`."""
    value = {key: item for key, item in encode(body).items() if key != "bundle"}
    return hashlib.sha256(canonical(value)).hexdigest()
