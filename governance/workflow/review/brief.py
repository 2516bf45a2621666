"""The decision brief of a case, from what is stored in the workspace under the digests of its frozen evidence."""

from __future__ import annotations

from governance.dossier import Brief, brief
from governance.evidence import CountersignError, Escape, Evidence, parse
from governance.review import GateReport, Policy, from_json
from governance.workflow.review import gate
from governance.workflow.workspace import state
from storage import Workspace


def case_brief(workspace: Workspace, case: str, escape: Escape = str) -> Brief | None:
    """Return the brief of a case, None before anything is frozen; evidence whose file is missing here is left out.

    Raises:
        RuleError: there is no such case.
    """
    frozen = state(workspace).case(case).frozen
    if frozen is None:
        return None
    blobs = workspace.blobs
    evidence = {
        item.digest: Evidence.from_bytes(blobs.read(item.digest)) for item in frozen.evidence if blobs.has(item.digest)
    }
    return brief(evidence, _held(workspace, case), frozen_policy(workspace, case), escape)


def frozen_policy(workspace: Workspace, case: str) -> Policy | None:
    """Return the policy that the frozen evidence of a case was held against, None where there is none or its file is missing."""
    frozen = state(workspace).case(case).frozen
    if frozen is None or not workspace.blobs.has(frozen.policy_digest):
        return None
    return from_json(parse(workspace.blobs.read(frozen.policy_digest)))


def _held(workspace: Workspace, case: str) -> GateReport | None:
    try:
        return gate.case_report(workspace, case)
    except CountersignError:
        return None
