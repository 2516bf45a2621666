"""Commands about rules: charters and policies to start from, and the edition of the board's rules that holds."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, RootSecretOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.cli.passphrase import YesOption, confirm, root_passphrase
from governance.evidence import encode
from governance.review import charter, policy

NameArgument = Annotated[str, typer.Argument(help="Which one; --list names them.")]
ListOption = Annotated[bool, typer.Option("--list", help="List the templates instead.")]


def charter_template(name: NameArgument = "general", listed: ListOption = False, json: JsonOption = False) -> None:
    """Print a charter to start from: save it, change it, then `countersign charter adopt` for each member."""
    if listed:
        _list(dict(charter.TEMPLATES), json=json)
        return
    text = charter.template(name)
    print_json(charter.from_toml(text).to_json()) if json else say(text.rstrip("\n"))


def policy_template(name: NameArgument = "general", listed: ListOption = False, json: JsonOption = False) -> None:
    """Print a policy to start from: save it, change it, then `countersign gate --policy FILE`."""
    if listed:
        _list(dict(policy.TEMPLATES), json=json)
        return
    text = policy.template(name)
    print_json(encode(policy.from_toml(text))) if json else say(text.rstrip("\n"))


def rules_adopt(
    edition: Annotated[int, typer.Argument(min=1, help="Number of the edition of the board's rules.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Put a later edition of the board's rules in force from the next entry on; the root key signs."""
    from governance.workflow.audit import editions
    from governance.workflow.workspace import current_workspace

    place = current_workspace.current(workspace)
    confirm(f"Edition {edition} of the rules is to hold from now on", yes=yes)
    secret = root_passphrase(root_passphrase_file)
    index = editions.adopt(place, edition, reason, root_passphrase=secret)
    print_json({"edition": edition, "index": index}) if json else say(f"Edition {edition} holds after entry {index}.")


def _list(names: dict[str, str], *, json: bool) -> None:
    if json:
        print_json({"templates": names})
        return
    for name, words in names.items():
        say(f"{name:10} {words}")
