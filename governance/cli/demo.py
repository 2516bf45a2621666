"""`countersign demo`: make the demonstration workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.cli.progress import reporter

ResetOption = Annotated[
    bool,
    typer.Option(
        "--reset", help="Make the demonstration that is there anew; an app that serves it is started again afterwards."
    ),
]


def demo(workspace: WorkspaceOption = DEFAULT_WORKSPACE, reset: ResetOption = False, json: JsonOption = False) -> None:
    """Make a workspace with simulated data, three models, a board of roles and a review half way."""
    from governance.workflow.demo import CAST, PASSPHRASE, build, make_anew

    made = make_anew(workspace, reporter()) if reset else build(workspace, reporter())
    names = [member for member, _, _ in CAST]
    if json:
        print_json({"workspace": str(made.root), "origin": made.origin, "members": names, "passphrase": PASSPHRASE})
    else:
        say(f"Workspace {made.root}\nMembers   {', '.join(names)}; the passphrase of each is {PASSPHRASE!r}")
