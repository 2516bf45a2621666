"""How every analysis of the command line runs: on files alone, or recorded in a workspace that is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.cli.output import warn
from governance.cli.progress import reporter
from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    from governance.evidence import Evidence, TableReading
    from governance.runs import Task

RecordOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Also record it here; tables are registered, the model has to be."),
]


_LACKING: Final[Mapping[str, tuple[str, str]]] = {
    "model": ("a model", "Give --model FILE."),
    "predictions": ("predictions", "Give --model FILE, or name a column with --score or --prediction."),
    "label": ("a label column", "Name it: --target COLUMN, or target in the schema."),
    "sensitive": ("columns that describe groups", "Name them: --sensitive COLUMN, or sensitive in the schema."),
    "reference": ("a reference to compare with", "Give it: --reference."),
}
"""Need of a method -> (what is lacking, the option that gives it)."""


def evidence_of(task: Task, workspace: Path | None) -> Evidence:
    """Return the evidence of `task`, recorded in the workspace in `workspace` when there is one.

    Raises:
        RefusedInputError: the data refuse, or the workspace knows other roles or no such model.
    """
    if workspace is None:
        require_needs(task)
        from governance.runs import execute

        found = execute(task, progress=reporter()).evidence
    else:
        from governance.workflow.assess import recorded

        found = recorded(workspace, task, progress=reporter())
    if found.reading is not None:
        warn_of_reading(found.reading, task.data.name, "" if task.reference is None else task.reference.name)
    return found


def warn_of_reading(reading: TableReading, name: str, reference: str = "") -> None:
    """Say on standard error what a person should know about how a table was read, once."""
    tables = {name: reading} if reading.reference is None else {name: reading, reference: reading.reference}
    for table, found in tables.items():
        for text in found.warnings:
            line = f"{table}: {text}"
            if line not in _SAID:
                _SAID.add(line)
                warn(line)


_SAID: Final[set[str]] = set()
"""What this command has said already: one table may serve several analyses."""


def require_needs(task: Task) -> None:
    """Say in the words of the command line what a method lacks.

    Raises:
        RefusedInputError: the method needs a model, a label or groups that nobody named.
    """
    from governance.runs import missing_needs

    lacking = [_LACKING[need] for need in missing_needs(task) if need in _LACKING]
    if lacking:
        what = " and ".join(words for words, _ in lacking)
        raise RefusedInputError(f"{task.spec.title} needs {what}.", " ".join(advice for _, advice in lacking))
