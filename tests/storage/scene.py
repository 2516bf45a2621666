"""People and records that the tests of storage share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from storage.ledger.envelope import Signer
from storage.unit_of_work import Appended
from storage.workspace import Workspace

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROOT_PASSPHRASE = "the root passphrase"
SECRET = "a member's passphrase"


def evidence_body(number: int) -> dict[str, Any]:
    """Return the body of an evidence record that differs by its number."""
    return {
        "digest": f"{number:064x}",
        "key": f"{number + 1:064x}",
        "method": "fairness.by_group",
        "method_version": 1,
        "model": "a" * 64,
        "data": ["b" * 64],
        "rows_used": 90,
        "rows_total": 100,
        "outcome": "assessed",
    }


def record_evidence(workspace: Workspace, number: int) -> Appended:
    """Append one evidence record and commit."""
    with workspace.write() as unit:
        done = unit.append("evidence.recorded", evidence_body(number), actor="service", at=AT)
        unit.commit()
    return done


def seat(workspace: Workspace, root: Signer, member: str, *roles: str) -> Signer:
    """Add a member with a key and return the unlocked signer."""
    signer = workspace.keyring.create_member(member, SECRET)
    with workspace.write() as unit:
        body = {"member": member, "name": unit.text(member.title()), "roles": list(roles or ("member",))}
        unit.append("member.added", body, actor="service", at=AT, signer=root)
        added = {"keyid": signer.keyid, "public_key": signer.public.base64, "owner": member, "purpose": "member"}
        unit.append("key.added", added, actor="service", at=AT, signer=root)
        unit.commit()
    return signer
