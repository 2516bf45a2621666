"""Commands that print the charters and policies that a board can start from."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.options import JsonOption
from governance.cli.output import print_json, say
from governance.codec import encode
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


def _list(names: dict[str, str], *, json: bool) -> None:
    if json:
        print_json({"templates": names})
        return
    for name, words in names.items():
        say(f"{name:10} {words}")
