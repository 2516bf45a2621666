"""The gate report of a case, worked out again from the frozen policy, the frozen evidence and the waivers, at this moment."""

from __future__ import annotations

from governance.evidence import Evidence, RefusedInputError, parse
from governance.review import GateReport, GateWaiver, Policy, evaluate, from_json
from governance.workflow.workspace import now, state
from storage import Workspace
from storage.times import rfc3339

WITHHELD = "(reason erased)"


def changed_lines(workspace: Workspace, case: str) -> tuple[str, ...]:
    """Return the requirements whose frozen outcome, value or limit is not what the stored policy and evidence say.

    Raises:
        RefusedInputError: as `case_report`.
    """
    again = {line.id: line for line in case_report(workspace, case).outcomes()}
    frozen = state(workspace).case(case).frozen
    assert frozen is not None
    recorded = {line.id: line for line in frozen.requirements}
    return tuple(
        name
        for name in sorted(again.keys() | recorded.keys())
        if name not in again or name not in recorded or again[name] != recorded[name]
    )


def case_report(workspace: Workspace, case: str, policy: Policy | None = None) -> GateReport:
    """Return the report of a case's frozen evidence now: an expired waiver no longer counts.

    Args:
        workspace: where.
        case: id of the case.
        policy: another policy than the frozen one; waivers of requirements that it does not know are left out.

    Raises:
        RefusedInputError: there is no such case with frozen evidence, or the policy or evidence is not stored here any more.
    """
    found = state(workspace).cases.get(case)
    if found is None or found.frozen is None:
        raise RefusedInputError(f"There is no case {case!r} with frozen evidence.", "Freeze its evidence first.")
    frozen = found.frozen
    needed = [line.digest for line in frozen.evidence] + ([] if policy else [frozen.policy_digest])
    absent = [item for item in needed if not workspace.blobs.has(item)]
    if absent:
        raise RefusedInputError(
            f"{absent[0][:16]} is named by the frozen evidence and not stored here.", "Restore the workspace's files."
        )
    evidence = {item.digest: Evidence.from_bytes(workspace.blobs.read(item.digest)) for item in frozen.evidence}
    reasons = workspace.read().texts([item.reason.sha256 for item in frozen.waivers])
    rules = policy or from_json(parse(workspace.blobs.read(frozen.policy_digest)))
    known = {line.id for line in evaluate(rules, evidence, models=found.body.models).requirements}
    waivers = [
        GateWaiver(
            item.id,
            item.by,
            reasons[item.reason.sha256].text if item.reason.sha256 in reasons else WITHHELD,
            item.expires,
        )
        for item in frozen.waivers
        if item.id in known
    ]
    return evaluate(rules, evidence, waivers, rfc3339(now()), found.body.models)
