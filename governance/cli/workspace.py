"""Commands about the workspace itself: make one, enrol people, adopt the charter."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from governance.cli.inputs import naming, text_of
from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    RootSecretOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say
from governance.cli.passphrase import YesOption, confirm, passphrase, root_passphrase
from governance.workflow.review import members, requests
from governance.workflow.workspace import current_workspace

if TYPE_CHECKING:
    from governance.review import Role


class RoleChoice(StrEnum):
    """The roles of people: four that sit on the board, and four that do not vote."""

    chair = "chair"
    validator = "validator"
    lay = "lay"
    member = "member"
    owner = "owner"
    developer = "developer"
    sponsor = "sponsor"
    auditor = "auditor"


def init(
    organisation: Annotated[str, typer.Option(help="Name of the organisation; it becomes part of the ledger's name.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make an empty workspace with its keys and the first entries of its ledger."""
    made = current_workspace.create(organisation, root_passphrase(root_passphrase_file), workspace)
    if json:
        print_json({"workspace": str(made.root), "origin": made.origin, "log_vkey": made.log.vkey})
    else:
        say(f"Workspace {made.root}\nLedger    {made.origin}\nPin this  {made.log.vkey}")


def member_add(
    member: Annotated[str, typer.Argument(help="Id: lowercase letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="Printed name.")],
    role: Annotated[list[RoleChoice], typer.Option(help="What the person does; may be repeated.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a member whose passphrase you type yourself: for a set-up of one person, or a test.

    Whoever has typed a member's passphrase can sign as that member. On a board each member makes the key with `member ask`, under a
    passphrase that nobody else learns, and `member admit` needs the root key's passphrase alone.
    """
    place = current_workspace.current(workspace)
    roles = tuple(item.value for item in dict.fromkeys(role))
    members.enrol(
        place,
        member,
        name,
        cast("tuple[Role, ...]", roles),
        passphrase=passphrase(member, passphrase_file),
        root=place.unlock_root(root_passphrase(root_passphrase_file)),
    )
    told = (
        f"{member} is a member: {', '.join(roles)}. Whoever typed the passphrase can sign as {member}: see member ask."
    )
    print_json({"member": member, "roles": list(roles)}) if json else say(told)


def member_ask(
    member: Annotated[str, typer.Argument(help="The id that you choose: lowercase letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="Printed name.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make your own key, under a passphrase that nobody else learns, and ask to be admitted with it."""
    place = current_workspace.current(workspace)
    made = requests.ask(place, member, name, passphrase=passphrase(member, passphrase_file))
    told = f"Your key begins with {made.keyid[:16]}: tell these digits to whoever keeps the root key, by voice."
    print_json({"member": member, "keyid": made.keyid}) if json else say(told)


def member_admit(
    member: Annotated[str, typer.Argument(help="Id of somebody who asked.")],
    role: Annotated[list[RoleChoice], typer.Option(help="What the person does; may be repeated.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Admit somebody who asked, with the key that they made; the root key signs."""
    place = current_workspace.current(workspace)
    roles = tuple(item.value for item in dict.fromkeys(role))
    root = place.unlock_root(root_passphrase(root_passphrase_file))
    requests.admit(place, member, cast("tuple[Role, ...]", roles), root=root)
    print_json({"member": member, "roles": list(roles)}) if json else say(f"{member} is a member: {', '.join(roles)}.")


def member_waiting(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List who asks to become a member, or for a new key, and the first digits of the key that they made."""
    found = requests.waiting(current_workspace.current(workspace))
    if json:
        names = ("member", "name", "keyid", "asked", "replaces", "keeps")
        print_json({"requests": [{name: getattr(item, name) for name in names} for item in found]})
        return
    for item in found:
        what = "a further key" if item.keeps else "a new key" if item.replaces else "to be admitted"
        say(f"{item.keyid[:16]}  {item.asked}  {item.member:20}  {what}: {item.name}")
    if not found:
        say("Nobody waits.")


def member_refuse(
    member: Annotated[str, typer.Argument(help="Id under which somebody asked.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Forget a request and the key that was made for it, so that the id is free again; the keeper of the root key says so."""
    place = current_workspace.current(workspace)
    requests.refuse(place, member, root=place.unlock_root(root_passphrase(root_passphrase_file)))
    print_json({"member": member, "refused": True}) if json else say(f"The request of {member} is forgotten.")


def member_remove(
    member: Annotated[str, typer.Argument(help="Id of the member.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Record that somebody is no member from now on; the root key signs."""
    place = current_workspace.current(workspace)
    confirm(f"{member} is to act no more", yes=yes)
    root = place.unlock_root(root_passphrase(root_passphrase_file))
    members.remove(place, member, reason, root=root)
    print_json({"member": member, "removed": True}) if json else say(f"{member} is no member any more.")


def charter_adopt(
    actor: ActorOption,
    file: Annotated[
        Path | None, typer.Argument(help="Charter as TOML; the built-in template when it is left out.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign the charter as one member; it is in force once more than half of the board signed the same one."""
    from governance.review import charter
    from governance.workflow.workspace import state

    with naming(file, "charter"):
        found = charter.from_toml(text_of(file) if file else charter.template())
    place = current_workspace.current(workspace)
    members.adopt_charter(place, found, member=actor, passphrase=passphrase(actor, passphrase_file))
    force = state(place).charter
    adopted = force is not None and force.digest == found.digest
    told = f"Signed {found.digest[:16]}. It is {'in force' if adopted else 'not in force yet'}."
    print_json({"charter": found.digest, "in_force": adopted}) if json else say(told)
