"""Who may act: members of the board, their keys, and the charter that they adopt."""

from __future__ import annotations

from governance.review import charter as charters
from governance.review import events
from governance.review.fields import Role
from governance.workflow.board import act
from storage.ledger.envelope import Signer
from storage.workspace import Workspace


def enrol(
    workspace: Workspace, member: str, name: str, roles: tuple[Role, ...], *, passphrase: str, root: Signer
) -> None:
    """Add a member and make a personal signing key that only the member's passphrase opens.

    Args:
        workspace: where.
        member: id, lowercase letters, digits and hyphens.
        name: printed name; kept as an erasable text, the record holds its salted digest.
        roles: any of chair, validator, lay, member, owner, developer, sponsor, auditor.
        passphrase: the member's own.
        root: the root key, which alone adds members and keys, unlocked with `Workspace.unlock_root`.

    Raises:
        RuleError: the id is reserved or no role is given.
        StorageError: the passphrase is too short.
    """
    act(
        workspace,
        lambda unit, _state, _time: events.MemberAdded(member, events.TextRef(**unit.text(name)), roles),
        actor=events.SERVICE,
        signer=root,
    )
    signer = workspace.keyring.create_member(member, passphrase)
    body = events.KeyAdded(signer.keyid, signer.public.base64, member, "member")
    act(workspace, lambda _unit, _state, _time: body, actor=events.SERVICE, signer=root)


def adopt_charter(workspace: Workspace, charter: charters.Charter, *, member: str, passphrase: str) -> None:
    """Sign the charter as one member; it is in force once more than half of the board signed the same one.

    Raises:
        RuleError: the member does not sit on the board.
        StorageError: the passphrase does not open the member's key.
    """
    body = events.CharterAdopted(charter.digest, charter.to_json())
    signer = workspace.unlock(member, passphrase)
    act(workspace, lambda _unit, _state, _time: body, actor=member, signer=signer)
