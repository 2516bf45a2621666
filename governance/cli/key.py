"""Commands about keys: which there are, a new one, and one that may sign no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, RootSecretOption, SecretOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.cli.passphrase import YesOption, confirm, passphrase, root_passphrase
from governance.evidence import RefusedInputError
from governance.workflow.audit import keys
from governance.workflow.review import requests
from governance.workflow.workspace import current_workspace

MemberOption = Annotated[str, typer.Option("--member", help="Whose key: a member id.")]
RecordOption = Annotated[bool, typer.Option("--record", help="The service's own record key.")]
RootOption = Annotated[bool, typer.Option("--root", help="The root key; --passphrase-file is its new passphrase.")]
LogOption = Annotated[bool, typer.Option("--log", help="The checkpoint key; hand out new trust files after it.")]


def key_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List every key that the ledger has known."""
    found = current_workspace.current(workspace).read().keys()
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
    json: JsonOption = False,
) -> None:
    """Make a further key of your own and ask that it stands beside the earlier ones: `key ask --keep` in other words."""
    key_ask(member, keep=True, workspace=workspace, passphrase_file=passphrase_file, json=json)


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
    """Put a new key in the place of the service's or the root key; with --member, ask for one of your own. Old signatures stay valid."""
    if [bool(member), record, root_key, log].count(True) != 1:
        raise RefusedInputError("Whose key is to be replaced?", "Give --member ID, --record, --root or --log.")
    if member:
        _require_alone(root_passphrase_file)
        key_ask(member, workspace=workspace, passphrase_file=passphrase_file, json=json)
        return
    place = current_workspace.current(workspace)
    root = root_passphrase(root_passphrase_file)
    if record:
        made = keys.rotate_record_key(place, root_passphrase=root)
    elif log:
        made = keys.rotate_log_key(place, root_passphrase=root)
    else:
        secret = passphrase("the new root key", passphrase_file)
        made = keys.rotate_root_key(place, passphrase=secret, root_passphrase=root)
    _told(made, json=json)


def _require_alone(root_passphrase_file: Path | None) -> None:
    """Refuse a member's passphrase beside that of the root key: no one person is to hold both."""
    if root_passphrase_file is not None:
        raise RefusedInputError(
            "A member's key is made without the root key, so that no one person sees both passphrases.",
            "Leave --root-passphrase-file out; whoever keeps the root key then runs: countersign key admit ID.",
        )


def key_ask(
    member: Annotated[str, typer.Argument(help="Your member id.")],
    keep: Annotated[bool, typer.Option("--keep", help="Keep the earlier keys beside it.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make a new key of your own, under a passphrase that nobody else learns, and ask that the root key admits it."""
    made = requests.ask_key(
        current_workspace.current(workspace), member, passphrase=passphrase(member, passphrase_file), keep=keep
    )
    told = f"Your key begins with {made.keyid[:16]}: tell these digits to whoever keeps the root key, by voice."
    admit = f"It signs once it is admitted: countersign key admit {member}"
    print_json({"member": member, "keyid": made.keyid}) if json else say(f"{told}\n{admit}")


def key_admit(
    member: Annotated[str, typer.Argument(help="Id of the member who asked.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Put the key for which a member asked in the place of those they had; the root key signs."""
    place = current_workspace.current(workspace)
    _told(
        requests.admit_key_of(place, member, root=place.unlock_root(root_passphrase(root_passphrase_file))), json=json
    )


def key_revoke(
    keyid: Annotated[str, typer.Argument(help="Id of the key, or its beginning.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Record that a key signs nothing from now on."""
    place = current_workspace.current(workspace)
    confirm(f"The key {keyid} is to sign nothing more", yes=yes)
    index = keys.revoke_key(place, keyid, reason, root_passphrase=root_passphrase(root_passphrase_file))
    print_json({"index": index}) if json else say(f"Revoked with line {index}.")


def _told(keyid: str, *, json: bool) -> None:
    print_json({"keyid": keyid}) if json else say(keyid)
