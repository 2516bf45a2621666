"""What each event says: one row of a table a type, from which writer, JSON schema, page and tests of the verifier are made.

`storage.ledger.kinds` says how a row is read. A new type of entry is one more row here, one in `SIGNERS`, and one line on the page.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from storage.errors import RefusedInputError
from storage.ledger.canonical import JsonValue, canonical
from storage.ledger.kinds import Judge, Misfit, judge_of

Signer: TypeAlias = Literal["root", "member", "either", "service"]

ROLE: Final = "chair|validator|lay|member|owner|developer|sponsor|auditor"
VOTE: Final = "approve|approve_with_conditions|reject|abstain"

OBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"sha256": "digest"},
    "root": {"keyid": "digest", "public_key": "base64"},
    "item": {"digest": "digest", "key": "digest", "method": "word"},
    "requirement": {
        "id": "id",
        "outcome": "met|not_met|not_assessed",
        "value": "free?",
        "limit": "free",
        "evidence": "digest?",
        "severity": "freezing|blocking|advisory",
    },
    "absence": {"id": "word", "reason": "text"},
    "waiver": {"id": "id", "by": "id", "reason": "text", "expires": "time"},
    "seat": {"member": "id", "roles": f"({ROLE})+"},
    "recusal": {"member": "id", "reason": "word"},
    "condition": {"id": "id", "text": "text", "owner": "id", "due": "time", "blocking": "flag"},
    "tally": {"approve": "count", "approve_with_conditions": "count", "reject": "count", "abstain": "count"},
    "dissent": {"member": "id", "index": "count", "vote": VOTE, "rationale": "text?"},
    "charter": {"title": "word", "tiers": "tier%", "format": "countersign-charter/1"},
    "tier": {
        "quorum": "positive",
        "majority": "ratio",
        "required_roles": f"({ROLE})*",
        "required_evidence": "word*",
        "voting_days": "positive",
        "validity_months": "positive",
        "retention_years": "positive",
    },
}
"""Objects inside bodies, by the name under which rows speak of them."""

EVENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "ledger.created": {
        "organisation": "word",
        "log_vkey": "word",
        "root": "root",
        "format": "=1",
        "edition": "positive",
    },
    "rules.adopted": {"edition": "positive", "reason": "text"},
    "key.added": {"keyid": "digest", "public_key": "base64", "owner": "id", "purpose": "record|member|root|log"},
    "key.revoked": {"keyid": "digest", "reason": "text"},
    "member.added": {"member": "id", "name": "text", "roles": f"({ROLE})+"},
    "member.removed": {"member": "id", "reason": "text"},
    "charter.adopted": {"digest": "digest", "charter": "charter"},
    "norms.adopted": {"digest": "digest", "supersedes": "digest?", "text": "text"},
    "model.registered": {
        "model": "id",
        "name": "word",
        "version": "word",
        "digest": "digest",
        "task": "binary|multiclass|regression",
        "owner": "word",
        "risk_tier": "id",
        "intended_use": "text",
        "parent": "digest?",
        "provenance": "facts",
    },
    "dataset.registered": {
        "dataset": "id",
        "name": "word",
        "digest": "digest",
        "original_digest": "digest",
        "rows": "count",
        "role": "training|evaluation|monitoring|benchmark",
        "schema_digest": "digest",
    },
    "evidence.recorded": {
        "digest": "digest",
        "key": "digest",
        "method": "word",
        "method_version": "positive",
        "model": "digest?",
        "data": "digest*",
        "rows_used": "count",
        "rows_total": "count",
        "outcome": "assessed|not_assessed",
    },
    "case.registered": {
        "case": "id",
        "title": "text",
        "question": "text",
        "models": "digest+",
        "owner": "id0",
        "developer": "id0",
        "sponsor": "id0",
        "risk_tier": "id",
    },
    "evidence.frozen": {
        "version": "positive",
        "bundle": "digest",
        "evidence": "item+",
        "policy_digest": "digest",
        "requirements": "requirement*",
        "not_applicable": "absence*",
        "waivers": "waiver*",
    },
    "review.opened": {
        "round": "positive",
        "roster": "seat+",
        "recused": "recusal*",
        "quorum": "positive",
        "majority": "ratio",
        "required_roles": f"({ROLE})*",
        "deadline": "time",
        "charter_digest": "digest",
        "bundle": "digest",
        "trigger": "text?",
    },
    "conflict.declared": {"member": "id", "conflict": "flag", "text": "text?"},
    "comment.added": {"comment": "id", "anchor": "line", "blocking": "flag", "reply_to": "id?", "text": "text"},
    "comment.resolved": {"comment": "id", "text": "text"},
    "vote.cast": {
        "vote": VOTE,
        "bundle": "digest",
        "round": "positive",
        "rationale": "text?",
        "conditions": "condition*",
        "meaning": "word",
        "name": "text",
    },
    "decision.recorded": {
        "outcome": "approved|conditional|rejected|deferred|retired",
        "round": "positive",
        "bundle": "digest",
        "tally": "tally",
        "quorum": "positive",
        "dissent": "dissent*",
        "rationale": "text",
        "conditions": "condition*",
        "scope": "text",
        "valid_from": "time",
        "expires_at": "time",
        "retention_until": "time",
        "charter_digest": "digest",
    },
    "condition.submitted": {"condition": "id", "by": "id", "evidence": "digest*", "text": "text"},
    "condition.accepted": {"condition": "id", "by": "id"},
    "condition.overdue": {"condition": "id"},
    "monitoring.alert": {
        "alert": "id",
        "model": "digest",
        "rule": "word",
        "state": "observed|impact_estimated|confirmed|overridden|acted",
        "evidence": "digest?",
        "text": "text?",
    },
    "review.expired": {"round": "positive"},
    "approval.expired": {"round": "positive"},
    "appeal.filed": {"appeal": "id", "by": "id", "text": "text"},
    "appeal.decided": {
        "appeal": "id",
        "panel": "id+",
        "outcome": "approved|conditional|rejected|deferred",
        "rationale": "text",
    },
    "export.made": {"kind": "case|ledger", "case": "id?", "size": "positive", "root": "base64", "files": "count"},
    "correction.noted": {"index": "count", "text": "text"},
    "deployment.registered": {
        "deployment": "id",
        "model": "digest",
        "protocol": "rest|grpc",
        "served_as": "word",
        "address": "text",
        "pin": "digest?",
    },
    "deployment.ended": {"deployment": "id", "reason": "text"},
    "attestation.begun": {"deployment": "id", "challenge": "digest", "rows": "positive", "requests": "positive"},
}
"""Every type of entry: field -> kind. A body has exactly these fields."""

SIGNERS: Final[Mapping[str, Signer]] = {
    **dict.fromkeys(
        ("ledger.created", "rules.adopted", "key.added", "key.revoked", "member.added", "member.removed"), "root"
    ),
    **dict.fromkeys(
        (
            "charter.adopted",
            "norms.adopted",
            "conflict.declared",
            "comment.added",
            "comment.resolved",
            "vote.cast",
            "condition.submitted",
            "condition.accepted",
            "appeal.filed",
            "appeal.decided",
        ),
        "member",
    ),
    **dict.fromkeys(("decision.recorded", "monitoring.alert"), "either"),
    **dict.fromkeys(
        (
            "model.registered",
            "dataset.registered",
            "evidence.recorded",
            "case.registered",
            "evidence.frozen",
            "review.opened",
            "condition.overdue",
            "review.expired",
            "approval.expired",
            "export.made",
            "correction.noted",
            "deployment.registered",
            "deployment.ended",
            "attestation.begun",
        ),
        "service",
    ),
}
"""Whose key signs: the root key; the actor's own; the actor's own, or the record key when the service acts; the record key.

An evidence.frozen that leaves something out or waives something is signed with the actor's own key."""

HOUSE: Final = (
    "ledger.created",
    "rules.adopted",
    "key.added",
    "key.revoked",
    "member.added",
    "member.removed",
    "charter.adopted",
    "norms.adopted",
)
"""Types about who may act and by which rules: they belong to no case and count in every one."""


EDITION: Final = 1
"""Edition of the board's rules with which a new ledger begins; a later one takes effect by rules.adopted."""


@functools.cache
def _judge(event: str) -> Judge:
    return judge_of(EVENTS[event], OBJECTS)


def checked_body(event: str, body: Mapping[str, JsonValue]) -> JsonValue:
    """Return the body as plain JSON values, with exactly the fields of its event.

    Raises:
        RefusedInputError: an unknown event, or a field that is missing, unknown or of another form.
    """
    if event not in EVENTS:
        raise RefusedInputError(f"No event {event!r}.", f"Known: {', '.join(EVENTS)}.")
    plain = dict(body)
    canonical(plain)
    try:
        _judge(event)(plain)
    except Misfit as error:
        raise RefusedInputError(
            f"Field {error.place!r} of {event}: expected {error.wanted} (got {_short(error.got)}).",
            "Compare it with the documented fields.",
        ) from error
    return plain


def _short(value: object) -> str:
    text = re.sub(r"\s+", " ", repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
