"""Keys over time: a new one in place of an old one, and one that may sign no longer. The root key alone does this.

A member's own key is made by the member and admitted afterwards: `governance.workflow.review.requests`.
"""

from __future__ import annotations

import base64
from typing import Literal

from governance.evidence import RefusedInputError
from governance.review import events, require_text
from governance.workflow.workspace.act import act
from storage import Key, Workspace
from storage.ledger import Signer


def rotate_record_key(workspace: Workspace, *, root_passphrase: str) -> str:
    """Give the service a new record key, then revoke the earlier ones; return the new key's id."""
    root = workspace.unlock_root(root_passphrase)
    made = _add(workspace, workspace.keyring.create_record(), "service", "record", root)
    _revoke_others(workspace, "record", "service", made, root_passphrase)
    return made


def rotate_root_key(workspace: Workspace, *, passphrase: str, root_passphrase: str) -> str:
    """Give the ledger a new root key under a new passphrase, then let it revoke the earlier ones; return the new key's id.

    Trust files stay as they are: they name the root key with which the ledger began, and that one admitted the next.
    """
    root = workspace.unlock_root(root_passphrase)
    made = _add(workspace, workspace.keyring.create_root(passphrase), "root", "root", root)
    _revoke_others(workspace, "root", "root", made, passphrase)
    return made


def rotate_log_key(workspace: Workspace, *, root_passphrase: str) -> str:
    """Put a new checkpoint key in the place of the present one, sign a checkpoint with it, and return its verifier key.

    Trust files need a further line in `log_vkeys`: hand out new ones (countersign trust), and tell the witnesses.
    """
    root = workspace.unlock_root(root_passphrase)
    made = workspace.keyring.create_next_log(workspace.origin).verifier
    public = base64.b64encode(made.spki).decode("ascii")
    body = events.KeyAdded(made.keyid, public, events.SERVICE, "log")
    act(workspace, lambda _unit, _state, _time: body, signer=root)
    workspace.checkpoint()
    return made.vkey


def revoke_key(workspace: Workspace, keyid: str, reason: str, *, root_passphrase: str) -> int:
    """Record that a live key signs nothing from now on; return the index of the entry.

    Args:
        workspace: where.
        keyid: the key's id, or a beginning that only one live key has.
        reason: why, in words.
        root_passphrase: opens the root key.

    Raises:
        RefusedInputError: no live key, or several, begin with `keyid`; or it is the last root key.
    """
    require_text("reason", reason)
    key = _live(workspace, keyid)
    root = workspace.unlock_root(root_passphrase)
    if key.purpose == "log":
        raise RefusedInputError("A ledger without a checkpoint key shows nothing.", "Replace it: key rotate --log.")
    if key.purpose == "root" and key.keyid == root.keyid:
        raise RefusedInputError("The root key cannot revoke itself.", "A ledger without a root key admits nobody.")
    return act(
        workspace,
        lambda unit, _state, _time: events.KeyRevoked(key.keyid, events.TextRef(**unit.text(reason))),
        signer=root,
    )


def _add(workspace: Workspace, signer: Signer, owner: str, purpose: Literal["record", "root"], root: Signer) -> str:
    body = events.KeyAdded(signer.keyid, signer.public.base64, owner, purpose)
    act(workspace, lambda _unit, _state, _time: body, signer=root)
    return signer.keyid


def _revoke_others(workspace: Workspace, purpose: str, owner: str, kept: str, root_passphrase: str) -> None:
    for key in workspace.read().keys():  # noqa: SIM118 - keys of the ledger, not of a dictionary
        if key.purpose == purpose and key.owner == owner and key.revoked is None and key.keyid != kept:
            revoke_key(workspace, key.keyid, "Replaced by a new key.", root_passphrase=root_passphrase)


def _live(workspace: Workspace, keyid: str) -> Key:
    live = [key for key in workspace.read().keys() if key.revoked is None and key.keyid.startswith(keyid)]  # noqa: SIM118
    if len(live) != 1 or not keyid:
        raise RefusedInputError(
            f"{len(live)} live keys begin with {keyid!r}; expected one.", "See the list: countersign key list."
        )
    return live[0]
