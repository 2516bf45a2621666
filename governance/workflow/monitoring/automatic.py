"""Who confirms an alert that suspends approvals: a member, unless the policies of all approvals of the model name the rule."""

from __future__ import annotations

from typing import Final

from governance.drift import Rung
from governance.evidence import parse
from governance.review import policy as policies
from governance.workflow.workspace import state
from storage import Workspace

APPROVED: Final = frozenset({"approved", "conditional"})
ASKS: Final = "No approval is suspended until a member confirms it."


def confirms(workspace: Workspace, model: str) -> bool:
    """Return whether the service may confirm by itself what labels show: each approval that this would suspend foresaw it.

    Where nothing is approved, nothing would be suspended, and a member confirms as well.

    Raises:
        RecordError: the file of a policy is missing or has changed: what it allows cannot be told.
    """
    asked = [
        item.frozen.policy_digest
        for item in state(workspace).cases.values()
        if item.status in APPROVED and item.frozen is not None and model in item.body.models
    ]
    return bool(asked) and all("realised" in _policy(workspace, digest).automatic for digest in asked)


def _policy(workspace: Workspace, digest: str) -> policies.Policy:
    return policies.from_json(parse(workspace.blobs.read(digest)))


def left_to_a_member(steps: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """Return the steps without the confirmation by labels: the estimate of the impact says what they show, and asks a member."""
    found = [item for item in steps if item.step == "confirm"]
    if not found:
        return steps
    estimates = [item for item in steps if item.step == "estimate_impact"]
    words = " ".join(item.reason for item in (*estimates, *found))
    kept = tuple(item for item in steps if item.step == "observe")
    return (*kept, Rung("estimate_impact", "realised", f"{words} {ASKS}"))
