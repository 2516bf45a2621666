"""The `countersign` command: the same verbs as the screens, for pipelines, scripts and auditors."""

from __future__ import annotations

import importlib
import os
import sys
from importlib import metadata
from typing import Annotated, Final

import typer

from governance.cli import border
from governance.cli.commands import COMMANDS, GROUPS, Command
from governance.cli.nouns import example, expanded

HELP = "Measured evidence and signed decisions for people who must answer for a machine-learning model."
CLOCK: Final = "COUNTERSIGN_CLOCK_IS_RIGHT"
"""Read when a command opens a workspace (`governance.workflow.workspace.clock_confirmed`)."""
CODES = "Exit codes: 0 done and satisfied, 1 not satisfied, 2 wrong use or bad input, 3 stopped or an internal failure."


def named(words: list[str]) -> tuple[Command, ...]:
    """Return the command that the words of a command line name, so that only its module is imported, or all for help.

    Where one name begins another, the longer one is meant: `automl read` before `automl`.
    """
    typed = [word for word in words if word != "--clock-is-right"]
    found = [item for item in COMMANDS if item.name.split() == typed[: len(item.name.split())]]
    return (max(found, key=lambda item: len(item.name)),) if found else COMMANDS


def build(commands: tuple[Command, ...] = COMMANDS) -> typer.Typer:
    """Return the application with these commands, listed by the job that they serve."""
    app = typer.Typer(
        name="countersign", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        rich_markup_mode="rich", help=HELP, epilog=CODES,
    )  # fmt: skip
    app.callback()(_root)
    groups: dict[str, typer.Typer] = {}
    commands_alone = {item.name for item in commands if " " not in item.name}
    for item in commands:
        module, _, function = item.place.partition(":")
        group, _, verb = item.name.rpartition(" ")
        home = app
        if (
            group in commands_alone
        ):  # no group of the same name can stand beside a command: it is listed by its whole name
            group, verb = "", item.name
        if group:
            if group not in groups:
                groups[group] = typer.Typer(no_args_is_help=True, help=GROUPS[group])
                app.add_typer(groups[group], name=group, rich_help_panel=item.panel)
            home = groups[group]
        run = expanded(getattr(importlib.import_module(f"governance.cli.{module}"), function))
        panel = None if group else item.panel
        home.command(verb, epilog=example(item.name, item.example), rich_help_panel=panel)(run)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"countersign {metadata.version('countersign')}\n")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_version)
    ] = False,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Say so after a rest of more than a day; the ledger notes it.")
    ] = False,
) -> None:
    """Measured evidence and signed decisions for people who must answer for a machine-learning model."""
    assert not version  # its callback has ended the program
    if clock_is_right:
        os.environ[CLOCK] = "1"


def main() -> None:
    """Run the command line; wrong input ends with exit code 2 and words, a fault of ours with exit code 3."""
    sys.exit(border.run(lambda: build(named(sys.argv[1:]))(standalone_mode=False, prog_name="countersign")))


if __name__ == "__main__":
    main()
