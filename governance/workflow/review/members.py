"""Who may act: members of the board, their keys, and the charter that they adopt."""

from __future__ import annotations

from governance.evidence import RuleError
from governance.review import Role, charter as charters, events, require_id, require_member, require_text, require_word
from governance.workflow.workspace import acts, state
from governance.workflow.workspace.act import act
from storage import Workspace, checked_passphrase
from storage.ledger import Signer


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

    Everything is checked before the key is made, and both lines are one transaction: a refused act leaves nothing behind.

    Raises:
        RefusedInputError: an id or a name that the ledger does not hold.
        RuleError: the id is reserved, a member has it already, or no role is given.
        CountersignError: the passphrase is too short or too long.
    """
    require_id(member)
    require_word("name of the member", name)
    require_new(workspace, member)
    _require_roles(member, roles)
    signer = workspace.keyring.create_member(member, checked_passphrase(passphrase))
    key = events.KeyAdded(signer.keyid, signer.public.base64, member, "member")
    try:
        admit_key(workspace, name, roles, key, root=root)
    except Exception:
        workspace.keyring.forget_member(member, signer.keyid)
        raise


def require_new(workspace: Workspace, member: str) -> None:
    """Raise RuleError when the id is reserved, or a member's already."""
    require_free(member)
    if member in state(workspace).members:
        raise RuleError(
            f"{member!r} is a member already.",
            "For a further key: countersign key ask --keep. For somebody else: another id.",
        )


def require_free(member: str) -> None:
    """Raise RuleError when the id is reserved."""
    if member in (events.SERVICE, "root", "guest"):
        raise RuleError(f"{member!r} cannot be enrolled so.", "Take another id: this one has a meaning of its own.")


def admit_key(workspace: Workspace, name: str, roles: tuple[Role, ...], key: events.KeyAdded, *, root: Signer) -> None:
    """Add a member with the key that they made; both lines are one transaction, signed by the root key.

    Raises:
        RuleError: the id is reserved, a member has it already, or no role is given.
    """
    require_new(workspace, key.owner)
    _require_roles(key.owner, roles)
    acts(
        workspace,
        (
            lambda unit, _state, _time: events.MemberAdded(key.owner, events.TextRef(**unit.text(name)), roles),
            lambda _unit, _state, _time: key,
        ),
        signer=root,
    )


def remove(workspace: Workspace, member: str, reason: str, *, root: Signer) -> None:
    """Record that somebody is no member any more, signed by the root key; what they signed stays signed.

    Raises:
        RefusedInputError: the reason is empty.
        RuleError: nobody of that id is a member.
    """
    require_text("reason", reason)
    require_member(state(workspace), member)
    act(
        workspace,
        lambda unit, _state, _time: events.MemberRemoved(member, events.TextRef(**unit.text(reason))),
        signer=root,
    )


def _require_roles(member: str, roles: tuple[Role, ...]) -> None:
    if not roles:
        raise RuleError(f"{member!r} cannot be enrolled so.", "Give at least one role.")


def adopt_charter(workspace: Workspace, charter: charters.Charter, *, member: str, passphrase: str) -> None:
    """Sign the charter as one member; it is in force once more than half of the board signed the same one.

    Raises:
        RuleError: the member does not sit on the board.
        CountersignError: the passphrase does not open the member's key.
    """
    body = events.CharterAdopted(charter.digest, charter.to_json())
    signer = workspace.unlock(member, passphrase)
    act(workspace, lambda _unit, _state, _time: body, signer=signer)
