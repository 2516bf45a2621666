"""Requests to become a member, or for a new key: the person makes the key under a passphrase of their own; the root key admits it.

    requests/<id>     {"name": "Ada King", "keyid": "...", "public_key": "...", "asked": "2026-11-28T10:00:00Z"}

A request is no entry: nobody may act by it. The administrator never sees the passphrase, and compares the key's first digits with the
person before admitting it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from governance.evidence import RefusedInputError, RuleError
from governance.review import Role, events, require_id, require_member, require_word
from governance.workflow.review.members import admit_key, require_new
from governance.workflow.workspace import Make, acts, now, state
from storage import Workspace, checked_passphrase, mark
from storage.ledger import Signer
from storage.times import rfc3339

MOST: Final = 50
"""Requests that wait at most; whoever reaches the app can make one."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who asks to become a member."""

    member: str
    """The id that they chose."""
    name: str
    keyid: str
    public_key: str
    """The public half of the key that they made, base64 of DER."""
    asked: str
    """When, RFC 3339."""
    replaces: bool = False
    """Whether a member asks for a key, in the place of all they have or beside them."""
    keeps: bool = False
    """Whether the member's earlier keys stay live beside the new one."""


def ask(workspace: Workspace, member: str, name: str, *, passphrase: str) -> Request:
    """Make a personal key that only this passphrase opens, and ask to be admitted with it.

    Raises:
        RefusedInputError: an id or a name that the ledger does not hold, an id that waits already, too many requests, or a
            passphrase that is too short or too long; nothing was made.
        RuleError: a member has the id, or it is reserved.
    """
    require_id(member)
    require_word("name", name)
    require_new(workspace, member)
    return _asked(workspace, member, name.strip(), passphrase=passphrase)


def ask_key(workspace: Workspace, member: str, *, passphrase: str, keep: bool = False) -> Request:
    """Make a new personal key that only this passphrase opens, and ask that it takes the place of all that the member has.

    With `keep` the earlier keys stay live beside it.

    Raises:
        RuleError: nobody of that id is a member.
        RefusedInputError: the member waits already, too many do, or the passphrase is too short or too long; nothing was made.
    """
    require_member(state(workspace), member)
    found = workspace.read().member(member)
    name = found.name.shown if found else member
    return _asked(workspace, member, name, passphrase=passphrase, replaces=True, keeps=keep)


def _asked(
    workspace: Workspace, member: str, name: str, *, passphrase: str, replaces: bool = False, keeps: bool = False
) -> Request:
    workspace.require_writable()
    others = [item.member for item in waiting(workspace)]
    if member in others or len(others) >= MOST:
        raise RefusedInputError(
            f"{member!r} waits to be admitted already, or {MOST} others do.",
            "If that was not you, whoever keeps the root key refuses it: countersign member refuse, or Members and keys.",
        )
    found: list[Request] = []

    def keep(signer: Signer) -> None:
        made = Request(
            member=member,
            name=name,
            keyid=signer.keyid,
            public_key=signer.public.base64,
            asked=rfc3339(now()),
            replaces=replaces,
            keeps=keeps,
        )
        said = asdict(made)
        _keep(_folder(workspace), said.pop("member"), json.dumps(said))
        found.append(made)

    try:
        workspace.keyring.create_member(member, checked_passphrase(passphrase), before=keep)
    except OSError as error:
        raise RefusedInputError(f"The request could not be kept: {error.strerror}.", "Check disk space.") from error
    return found[0]


def _keep(folder: Path, member: str, said: str) -> None:
    """Write a request whole or not at all; what a killed process left of one is swept by its mark (`storage.scratch`).

    The file of an id that waits no longer makes room; that of somebody who asked in this very moment does not.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / member).unlink(missing_ok=True)
    number, part = mkstemp(prefix=f"{mark()}-", dir=folder)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(said)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, folder / member)  # refused where one has come meanwhile
    finally:
        Path(part).unlink(missing_ok=True)


def waiting(workspace: Workspace) -> tuple[Request, ...]:
    """Return the requests, in the order of their ids.

    A file that cannot be read as one is passed over, and so is one whose key the ledger knows (it was admitted, and a process that
    was killed in that moment left the file) or is not here (it was killed before the key had its name).
    """
    found: list[Request] = []
    folder = _folder(workspace)
    known = {item.keyid for item in workspace.read().keys()}  # noqa: SIM118 - a method of the read side
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if "." in path.name:  # half written: no id has a full stop
            continue
        try:
            said = json.loads(path.read_bytes())
            found.append(
                Request(
                    member=path.name,
                    name=said["name"],
                    keyid=said["keyid"],
                    public_key=said["public_key"],
                    asked=said["asked"],
                    replaces=said.get("replaces") is True,
                    keeps=said.get("keeps") is True,
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    here = workspace.keyring.keeps_member
    return tuple(item for item in found if item.keyid not in known and here(item.member, item.keyid))


def admit(workspace: Workspace, member: str, roles: tuple[Role, ...], *, root: Signer) -> None:
    """Make a member of somebody who asked, with the key that they made, signed by the root key.

    Raises:
        RefusedInputError: nobody of that id has asked.
        RuleError: no role is given, or somebody else became a member under that id meanwhile.
    """
    found = _request(workspace, member, replaces=False)
    key = events.KeyAdded(found.keyid, found.public_key, member, "member")
    admit_key(workspace, found.name, roles, key, root=root)
    (_folder(workspace) / member).unlink(missing_ok=True)


def admit_key_of(workspace: Workspace, member: str, *, root: Signer) -> str:
    """Put the key for which a member asked in the place of all they had, or beside them, in one transaction; return its id.

    What the old keys signed stays valid; from the next entry on they sign nothing.

    Raises:
        RefusedInputError: the member has not asked.
        RuleError: the person is no member any more.
    """
    found = _request(workspace, member, replaces=True)
    require_member(state(workspace), member)
    added = events.KeyAdded(found.keyid, found.public_key, member, "member")
    known = () if found.keeps else workspace.read().keys()
    old = [key.keyid for key in known if key.owner == member and key.revoked is None]
    acts(workspace, (lambda _unit, _state, _time: added, *(_revoking(keyid) for keyid in old)), signer=root)
    (_folder(workspace) / member).unlink(missing_ok=True)
    return found.keyid


def _revoking(keyid: str) -> Make:
    return lambda unit, _state, _time: events.KeyRevoked(
        keyid, events.TextRef(**unit.text("Replaced by a new key, for which the member asked."))
    )


def refuse(workspace: Workspace, member: str, *, root: Signer) -> None:
    """Forget a request and the key that was made for it; `root`, unlocked, shows that the keeper of the root key says so.

    Raises:
        RefusedInputError: nobody of that id has asked.
        RuleError: another key than the root key.
    """
    found = _request(workspace, member, replaces=None)
    if root.owner != "root":
        raise RuleError("Only the root key refuses a request.", "Ask whoever keeps it.")
    (_folder(workspace) / member).unlink(missing_ok=True)
    workspace.keyring.forget_member(member, found.keyid)


def _request(workspace: Workspace, member: str, *, replaces: bool | None) -> Request:
    """Return the request of a member of this kind, None for any."""
    those = [item for item in waiting(workspace) if replaces in (None, item.replaces)]
    found = next((item for item in those if item.member == member), None)
    if found is None:
        known = ", ".join(item.member for item in those) or "nobody"
        what = "for a new key" if replaces else "to become a member"
        raise RefusedInputError(f"{member!r} has not asked {what}.", f"Waiting: {known}.")
    return found


def _folder(workspace: Workspace) -> Path:
    return workspace.root / "requests"
