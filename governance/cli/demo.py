"""`countersign demo`: make the demonstration workspace."""

from __future__ import annotations

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.cli.progress import reporter


def demo(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Make a workspace with simulated data, three models, a board of roles and a review half way."""
    from governance.workflow.demo import CAST, PASSPHRASE, build

    made = build(workspace, reporter())
    names = [member for member, _, _ in CAST]
    if json:
        print_json({"workspace": str(made.root), "origin": made.origin, "members": names, "passphrase": PASSPHRASE})
    else:
        say(f"Workspace {made.root}\nMembers   {', '.join(names)}; the passphrase of each is {PASSPHRASE!r}")
