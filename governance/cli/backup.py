"""`countersign backup` and `countersign restore`: a copy of a workspace to keep elsewhere, and putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import bytes_of
from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.workflow.workspace import current_workspace
from storage import back_up, put_back


def backup(
    out: Annotated[Path, typer.Argument(help="Folder for the copy; one with an earlier backup is brought up to date.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Copy the record and its files while the app is at work. The keys are not in it: keep the folder keys/ apart, and once."""
    done = back_up(current_workspace.current(workspace), out)
    if json:
        print_json({"lines": done.lines, "checkpointed": done.checkpointed, "blobs": done.blobs, "fresh": done.fresh})
    else:
        say(
            f"{done.lines} lines, {done.checkpointed} under a checkpoint, {done.blobs} files ({done.fresh} new) in {out}."
        )
        say(
            "The keys are not in it: keep the workspace's folder keys/ apart. Keep its newest checkpoint where others see it."
        )


def restore(
    copy: Annotated[Path, typer.Argument(help="Folder that `countersign backup` wrote.")],
    newest: Annotated[
        Path | None,
        typer.Option(help="The newest checkpoint that anybody outside holds; without one, lost lines go unnoticed."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="The folder keys/ as it was kept apart; without it the record can only be read.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Make a new workspace of a backup, every line and file checked; nothing is ever put over a workspace that exists."""
    done = put_back(copy, workspace, newest=bytes_of(newest) if newest else None, keys=keys)
    if json:
        print_json({"lines": done.lines, "lost": done.lost, "keys": done.keys})
        return
    say(f"{done.lines} lines are in {workspace}; signatures, places and files hold.")
    if newest is None:
        say("No newest checkpoint was named: whether lines are lost was not checked.")
    if done.lost:
        say(
            f"{done.lost} lines that the newest checkpoint covers are lost. Nothing is signed until it is said in the ledger:"
        )
        say("countersign ledger restored --reason ...")
    if not done.keys:
        say("Without its keys the record can be read and checked, and nothing can be signed.")
