"""The policy that a case's evidence is held against."""

from __future__ import annotations

from governance.codec import canonical
from storage.workspace import Workspace


def empty_policy_digest(workspace: Workspace) -> str:
    """Store the policy without requirements and return its digest: nothing was required, and the record says so."""
    return workspace.blobs.put(canonical({"requirements": []})).digest
