"""A small board's whole story, every event once or more, for tests of views and projections."""

from __future__ import annotations

from typing import Any

from storage.ledger.envelope import Subject
from storage.unit_of_work import UnitOfWork
from storage.workspace import Workspace
from tests.storage.scene import AT, ROOT_PASSPHRASE, evidence_body, seat

MODEL, BUNDLE, CHARTER = "1" * 64, "2" * 64, "3" * 64
CASE = "credit-2026"
REQUIREMENT = {
    "id": "r1",
    "outcome": "met",
    "value": "0.85",
    "limit": "0.80",
    "evidence": f"{1:064x}",
    "severity": "blocking",
}
TIER = {
    "quorum": 2,
    "majority": "1/2",
    "required_roles": ["chair"],
    "required_evidence": [],
    "voting_days": 14,
    "validity_months": 12,
    "retention_years": 10,
}


def act(unit: UnitOfWork, event: str, body: dict[str, Any], **where: Any) -> int:
    """Append one record of the case and return its index."""
    where = {"actor": "service", "case": CASE, "at": AT, **where}
    return unit.append(event, body, **where).index


def condition(unit: UnitOfWork, name: str, *, blocking: bool) -> dict[str, Any]:
    return {
        "id": name,
        "text": unit.text(f"do {name}"),
        "owner": "owner",
        "due": "2026-03-01T00:00:00Z",
        "blocking": blocking,
    }


def register(unit: UnitOfWork, signers: dict[str, Any]) -> None:
    """Register a model, a data set, evidence and the case."""
    model = {
        "model": "credit",
        "name": "Credit",
        "version": "2.0",
        "digest": MODEL,
        "task": "binary",
        "owner": "risk",
        "risk_tier": "high",
        "intended_use": unit.text("Rank applications."),
        "parent": None,
        "provenance": {"source": "simulated"},
    }
    act(unit, "model.registered", model, case=None, subjects=[Subject("model", MODEL)])
    data = {
        "dataset": "later",
        "name": "Later",
        "digest": "4" * 64,
        "original_digest": "5" * 64,
        "rows": 4000,
        "role": "evaluation",
        "schema_digest": "6" * 64,
    }
    act(unit, "dataset.registered", data, case=None)
    act(unit, "evidence.recorded", evidence_body(1), case=None)
    case = {
        "case": CASE,
        "title": unit.text("Credit 2.0"),
        "question": unit.text("May it be used?"),
        "models": [MODEL],
        "owner": "risk",
        "developer": "dev",
        "sponsor": "",
        "risk_tier": "high",
    }
    act(unit, "case.registered", case)
    frozen = {
        "version": 1,
        "bundle": BUNDLE,
        "evidence": [{"digest": f"{1:064x}", "key": f"{2:064x}", "method": "fairness.by_group"}],
        "policy_digest": "7" * 64,
        "requirements": [REQUIREMENT],
        "not_applicable": [{"id": "r2", "reason": unit.text("no images")}],
        "waivers": [{"id": "r3", "by": "ada", "reason": unit.text("pilot"), "expires": "2026-06-01T00:00:00Z"}],
    }
    act(unit, "evidence.frozen", frozen, actor="ada", signer=signers["ada"])


def deliberate(unit: UnitOfWork, signers: dict[str, Any]) -> None:
    """Open the review, talk, and vote; bob changes his vote."""
    opened = {
        "round": 1,
        "roster": [{"member": name, "roles": ["member"]} for name in signers],
        "recused": [{"member": "dev", "reason": "developer"}],
        "quorum": 2,
        "majority": "1/2",
        "required_roles": ["chair"],
        "deadline": "2026-02-01T00:00:00Z",
        "charter_digest": CHARTER,
        "bundle": BUNDLE,
        "trigger": None,
    }
    act(unit, "review.opened", opened)
    for name, signer in signers.items():
        conflict = {"member": name, "conflict": False, "text": None}
        act(unit, "conflict.declared", conflict, actor=name, signer=signer)
    ada, bob = signers["ada"], signers["bob"]
    first = {"comment": "k-1", "anchor": "", "blocking": True, "reply_to": None, "text": unit.text("Why?")}
    act(unit, "comment.added", first, actor="ada", signer=ada)
    reply = {"comment": "k-2", "anchor": "row 3", "blocking": False, "reply_to": "k-1", "text": unit.text("So.")}
    act(unit, "comment.added", reply, actor="bob", signer=bob)
    act(unit, "comment.resolved", {"comment": "k-1", "text": unit.text("Thanks.")}, actor="ada", signer=ada)
    for name, value in (("ada", "approve"), ("bob", "reject"), ("bob", "approve_with_conditions")):
        vote = {
            "vote": value,
            "bundle": BUNDLE,
            "round": 1,
            "rationale": None if value == "approve" else unit.text(f"because {value}"),
            "conditions": [condition(unit, "log", blocking=True)] if value.endswith("conditions") else [],
            "meaning": "I vote on this bundle.",
            "name": unit.text(name.title()),
        }
        act(unit, "vote.cast", vote, actor=name, signer=signers[name])


def conclude(unit: UnitOfWork, signers: dict[str, Any]) -> None:
    """Decide with conditions; one is submitted and accepted, one is overdue; the rest of the events follow."""
    decision = {
        "outcome": "conditional",
        "round": 1,
        "bundle": BUNDLE,
        "tally": {"approve": 1, "approve_with_conditions": 1, "reject": 0, "abstain": 0},
        "quorum": 2,
        "dissent": [],
        "rationale": unit.text("Good enough with care."),
        "conditions": [condition(unit, "log", blocking=True), condition(unit, "watch", blocking=False)],
        "scope": unit.text("Pilot branches."),
        "valid_from": "2026-01-02T00:00:00Z",
        "expires_at": "2027-01-02T00:00:00Z",
        "retention_until": "2036-01-02T00:00:00Z",
        "charter_digest": CHARTER,
    }
    act(unit, "decision.recorded", decision, actor="ada", signer=signers["ada"])
    submitted = {"condition": "log", "by": "bob", "evidence": [], "text": unit.text("Done.")}
    act(unit, "condition.submitted", submitted, actor="bob", signer=signers["bob"])
    act(unit, "condition.submitted", submitted, actor="bob", signer=signers["bob"])
    act(unit, "condition.accepted", {"condition": "log", "by": "ada"}, actor="ada", signer=signers["ada"])
    act(unit, "condition.overdue", {"condition": "watch"})
    alert = {"alert": "a-1", "model": MODEL, "rule": "psi", "state": "observed", "evidence": None, "text": None}
    act(unit, "monitoring.alert", alert, case=None)
    act(unit, "review.expired", {"round": 2})
    act(unit, "approval.expired", {"round": 1})
    appeal = {"appeal": "p-1", "by": "bob", "text": unit.text("No.")}
    act(unit, "appeal.filed", appeal, actor="bob", signer=signers["bob"])
    answer = {"appeal": "p-1", "panel": ["ada"], "outcome": "approved", "rationale": unit.text("Yes.")}
    act(unit, "appeal.decided", answer, actor="ada", signer=signers["ada"])
    export = {"kind": "case", "case": CASE, "size": 10, "root": "QQ==", "files": 3}
    act(unit, "export.made", export)
    act(unit, "correction.noted", {"index": 3, "text": unit.text("The name was misspelt.")}, case=None)


def watch(unit: UnitOfWork, signers: dict[str, Any]) -> None:
    """Sign norms, and tell where the model is served and what the server is asked."""
    norms = {"digest": "7" * 64, "supersedes": None, "text": unit.text("Nobody is selected half as often.")}
    act(unit, "norms.adopted", norms, case=None, actor="ada", signer=signers["ada"])
    place = {
        "deployment": "branch",
        "model": MODEL,
        "protocol": "rest",
        "served_as": "credit",
        "address": unit.text("http://models:8000"),
        "pin": None,
    }
    act(unit, "deployment.registered", place, case=None)
    asked = {"deployment": "branch", "challenge": "8" * 64, "rows": 390, "requests": 4}
    act(unit, "attestation.begun", asked, case=None)
    act(unit, "deployment.ended", {"deployment": "branch", "reason": unit.text("Moved.")}, case=None)


def tell(workspace: Workspace) -> dict[str, Any]:
    """Write the whole story and return the members' signers."""
    root = workspace.unlock_root(ROOT_PASSPHRASE)
    signers = {"ada": seat(workspace, root, "ada", "chair"), "bob": seat(workspace, root, "bob", "lay")}
    seat(workspace, root, "eve", "auditor")
    with workspace.write() as unit:
        charter = {
            "digest": CHARTER,
            "charter": {"title": "C", "tiers": {"high": TIER}, "format": "countersign-charter/1"},
        }
        act(unit, "charter.adopted", charter, case=None, actor="ada", signer=signers["ada"])
        register(unit, signers)
        deliberate(unit, signers)
        conclude(unit, signers)
        eve = next(key.keyid for key in workspace.read().keys() if key.owner == "eve")  # noqa: SIM118
        rules = {"edition": 2, "reason": unit.text("new law")}
        act(unit, "rules.adopted", rules, case=None, signer=root)
        act(unit, "key.revoked", {"keyid": eve, "reason": unit.text("left")}, case=None, signer=root)
        act(unit, "member.removed", {"member": "eve", "reason": unit.text("left")}, case=None, signer=root)
        watch(unit, signers)
        unit.commit()
    return signers
