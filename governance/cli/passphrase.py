"""Passphrases never stand on a command line: they come from a file, the environment, or a prompt."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.cli.inputs import text_of
from governance.evidence import RefusedInputError
from governance.review import SERVICE

if TYPE_CHECKING:
    from governance.workflow.workspace import Acting
    from storage import Workspace

VARIABLE: Final = "COUNTERSIGN_PASSPHRASE"
ROOT_VARIABLE: Final = "COUNTERSIGN_ROOT_PASSPHRASE"


def passphrase(whose: str, file: Path | None, variable: str = VARIABLE) -> str:
    """Return a passphrase from `file`, else from the environment `variable`, else from a prompt on a terminal.

    Raises:
        RefusedInputError: none of the three is there.
    """
    if file is not None:
        return text_of(file).rstrip("\r\n")
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise RefusedInputError(f"The passphrase of {whose} is needed.", f"Give --passphrase-file, or set {variable}.")
    return str(typer.prompt(f"Passphrase of {whose}", hide_input=True, err=True))


def root_passphrase(file: Path | None) -> str:
    """Return the passphrase of the root key, as `passphrase` does.

    Raises:
        RefusedInputError: none of the three is there.
    """
    return passphrase("the root key", file, ROOT_VARIABLE)


YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask a second time on a terminal.")]


def confirm(what: str, *, yes: bool) -> None:
    """Ask on a terminal whether `what`, which cannot be taken back, is meant; a script has said so by running.

    Raises:
        RefusedInputError: the person says no.
    """
    if (
        not yes
        and sys.stdin.isatty()
        and not typer.confirm(f"{what}. This cannot be taken back. Are you sure?", err=True)
    ):
        raise RefusedInputError("Nothing was recorded.", "You said no.")


def acting_as(place: Workspace, actor: str, file: Path | None) -> Acting:
    """Return the person in whose name a command acts: a member by passphrase, or the operator, whom the record calls the service.

    Raises:
        RuleError: there is no such member; the words name those that are.
        RefusedInputError: no passphrase is there, or it does not open the member's key.
    """
    from governance.review import require_member
    from governance.workflow.workspace import acting, state

    if actor == SERVICE:
        return acting.OPERATOR
    require_member(state(place), actor)
    return acting.with_passphrase(place, actor, passphrase(actor, file))
