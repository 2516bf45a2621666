"""Commands about keys: which there are, a new one, and one that may sign no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import (
    DEFAULT_WORKSPACE,
    JsonOption,
    RootSecretOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say
from governance.cli.passphrase import ROOT_VARIABLE, passphrase
from governance.errors import RefusedInputError
from governance.workflow import keys, places

MemberOption = Annotated[str, typer.Option("--member", help="Whose key: a member id.")]
RecordOption = Annotated[bool, typer.Option("--record", help="The service's own record key.")]
RootOption = Annotated[bool, typer.Option("--root", help="The root key; --passphrase-file is its new passphrase.")]
LogOption = Annotated[bool, typer.Option("--log", help="The checkpoint key; hand out new trust files after it.")]


def key_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List every key that the ledger has known."""
    found = places.current(workspace).read().keys()
    if json:
        names = ("keyid", "owner", "purpose", "public_key", "added", "index", "revoked", "present")
        print_json({"keys": [{name: getattr(key, name) for name in names} for key in found]})
        return
    for key in found:
        state = "live" if key.revoked is None else f"revoked at {key.revoked}"
        file = "" if key.present else "  (no private key here)"
        say(f"{key.keyid[:16]}  {key.purpose:6}  {key.owner:20}  {state}{file}")


def key_add(
    member: MemberOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make a further key for a member; the earlier ones stay live."""
    made = keys.add_member_key(
        places.current(workspace),
        member,
        passphrase=passphrase(member, passphrase_file),
        root_passphrase=_root(root_passphrase_file),
    )
    _told(made, json=json)


def key_rotate(
    member: MemberOption = "",
    record: RecordOption = False,
    root_key: RootOption = False,
    log: LogOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Put a new key in the place of a member's, the service's or the root key; old signatures stay valid."""
    if [bool(member), record, root_key, log].count(True) != 1:
        raise RefusedInputError("Whose key is to be replaced?", "Give --member ID, --record, --root or --log.")
    place = places.current(workspace)
    root = _root(root_passphrase_file)
    if record:
        made = keys.rotate_record_key(place, root_passphrase=root)
    elif log:
        made = keys.rotate_log_key(place, root_passphrase=root)
    elif root_key:
        secret = passphrase("the new root key", passphrase_file)
        made = keys.rotate_root_key(place, passphrase=secret, root_passphrase=root)
    else:
        secret = passphrase(member, passphrase_file)
        made = keys.rotate_member_key(place, member, passphrase=secret, root_passphrase=root)
    _told(made, json=json)


def key_revoke(
    keyid: Annotated[str, typer.Argument(help="Id of the key, or its beginning.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Record that a key signs nothing from now on."""
    place = places.current(workspace)
    index = keys.revoke_key(place, keyid, reason, root_passphrase=_root(root_passphrase_file))
    print_json({"index": index}) if json else say(f"Revoked with line {index}.")


def _root(file: Path | None) -> str:
    return passphrase("the root key", file, ROOT_VARIABLE)


def _told(keyid: str, *, json: bool) -> None:
    print_json({"keyid": keyid}) if json else say(keyid)
