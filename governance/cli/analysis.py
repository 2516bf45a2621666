"""How every analysis of the command line runs: on files alone, or recorded in a workspace that is named."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.progress import reporter
from governance.evidence import Evidence
from governance.run import Task, execute

RecordOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Also record it here; tables are registered, the model has to be."),
]


def evidence_of(task: Task, workspace: Path | None) -> Evidence:
    """Return the evidence of `task`, recorded in the workspace in `workspace` when there is one.

    Raises:
        RefusedInputError: the data refuse, or the workspace knows other roles or no such model.
    """
    if workspace is None:
        return execute(task, progress=reporter()).evidence
    from governance.workflow.files import recorded

    return recorded(workspace, task, progress=reporter())
