"""Witnesses outside: whose keys are known here, and the checkpoints that they cosigned."""

from __future__ import annotations

from governance.workflow.workspace import Acting, require_act, state
from storage import Workspace


def keep(workspace: Workspace, vkey: str, cosigned: bytes, *, actor: Acting) -> int:
    """Make a witness known, keep what it cosigned, and return how many known witnesses signed that, or are known.

    Args:
        workspace: where.
        vkey: the witness's verifier key; "" when it is known.
        cosigned: a checkpoint with cosignatures; b"" for none.
        actor: who says so.

    Raises:
        RuleError: a guest says so.
        RefusedInputError: no key of a witness, or not a checkpoint that this ledger signed.
    """
    require_act(state(workspace), actor)
    if vkey:
        workspace.trust_witness(vkey)
    return workspace.add_cosignatures(cosigned) if cosigned else len(workspace.witnesses())
