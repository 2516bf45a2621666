"""The table of the fields of every type of entry, and of what stands around them.

How it is read: `id`, `digest`, `time` and so on are the kinds of KINDS in verify_fields.py; `a|b` is one of these words; `=1` is that
number; a name of OBJECTS is an object with exactly these fields. `x?` is x or null, `x*` a list of x, `x+` a list of at least one
x in which none stands twice, `x%` an object with at least one field, from ids to x. A body has exactly the fields of its row.
It is the table of docs/record-format.md, written from that page; it shares no code with the program that writes ledgers.
"""

ROLE = "chair|validator|lay|member|owner|developer|sponsor|auditor"
VOTE = "approve|approve_with_conditions|reject|abstain"
OBJECTS = {
    "text": {
        "sha256": "digest",
    },
    "root": {
        "keyid": "digest",
        "public_key": "base64",
    },
    "item": {
        "digest": "digest",
        "key": "digest",
        "method": "word",
    },
    "requirement": {
        "id": "id",
        "outcome": "met|not_met|not_assessed",
        "value": "free?",
        "limit": "free",
        "evidence": "digest?",
        "severity": "freezing|blocking|advisory",
    },
    "absence": {
        "id": "word",
        "reason": "text",
    },
    "waiver": {
        "id": "id",
        "by": "id",
        "reason": "text",
        "expires": "time",
    },
    "seat": {
        "member": "id",
        "roles": f"({ROLE})+",
    },
    "recusal": {
        "member": "id",
        "reason": "word",
    },
    "condition": {
        "id": "id",
        "text": "text",
        "owner": "id",
        "due": "time",
        "blocking": "flag",
    },
    "tally": {
        "approve": "count",
        "approve_with_conditions": "count",
        "reject": "count",
        "abstain": "count",
    },
    "dissent": {
        "member": "id",
        "index": "count",
        "vote": VOTE,
        "rationale": "text?",
    },
    "charter": {
        "title": "word",
        "tiers": "tier%",
        "format": "countersign-charter/1",
    },
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
BODIES = {
    "ledger.created": {
        "organisation": "word",
        "log_vkey": "word",
        "root": "root",
        "format": "=1",
        "edition": "positive",
    },
    "rules.adopted": {
        "edition": "positive",
        "reason": "text",
    },
    "key.added": {
        "keyid": "digest",
        "public_key": "base64",
        "owner": "id",
        "purpose": "record|member|root|log",
    },
    "key.revoked": {
        "keyid": "digest",
        "reason": "text",
    },
    "member.added": {
        "member": "id",
        "name": "text",
        "roles": f"({ROLE})+",
    },
    "member.removed": {
        "member": "id",
        "reason": "text",
    },
    "charter.adopted": {
        "digest": "digest",
        "charter": "charter",
    },
    "norms.adopted": {
        "digest": "digest",
        "supersedes": "digest?",
        "text": "text",
    },
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
    "conflict.declared": {
        "member": "id",
        "conflict": "flag",
        "text": "text?",
    },
    "comment.added": {
        "comment": "id",
        "anchor": "line",
        "blocking": "flag",
        "reply_to": "id?",
        "text": "text",
    },
    "comment.resolved": {
        "comment": "id",
        "text": "text",
    },
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
    "condition.submitted": {
        "condition": "id",
        "by": "id",
        "evidence": "digest*",
        "text": "text",
    },
    "condition.accepted": {
        "condition": "id",
        "by": "id",
    },
    "condition.overdue": {
        "condition": "id",
    },
    "monitoring.alert": {
        "alert": "id",
        "model": "digest",
        "rule": "word",
        "state": "observed|impact_estimated|confirmed|overridden|acted",
        "evidence": "digest?",
        "text": "text?",
    },
    "review.expired": {
        "round": "positive",
    },
    "approval.expired": {
        "round": "positive",
    },
    "appeal.filed": {
        "appeal": "id",
        "by": "id",
        "text": "text",
    },
    "appeal.decided": {
        "appeal": "id",
        "panel": "id+",
        "outcome": "approved|conditional|rejected|deferred",
        "rationale": "text",
    },
    "export.made": {
        "kind": "case|ledger",
        "case": "id?",
        "size": "positive",
        "root": "base64",
        "files": "count",
    },
    "correction.noted": {
        "index": "count",
        "text": "text",
    },
    "deployment.registered": {
        "deployment": "id",
        "model": "digest",
        "protocol": "rest|grpc",
        "served_as": "word",
        "address": "text",
        "pin": "digest?",
    },
    "deployment.ended": {
        "deployment": "id",
        "reason": "text",
    },
    "attestation.begun": {
        "deployment": "id",
        "challenge": "digest",
        "rows": "positive",
        "requests": "positive",
    },
}
LINKS = {"case": "count?", "house": "count?", "alert": "alerts"}
PREDICATE = {
    "type": "word",
    "origin": "word",
    "index": "count",
    "time": "time",
    "case": "id?",
    "actor": "id",
    "previous": "links",
    "body": "any",
}
TRUST = {
    "origin": "word",
    "log_vkeys": "word+",
    "witness_vkeys": "word*",
    "min_witnesses": "count",
    "root_keys": "digest+",
}
