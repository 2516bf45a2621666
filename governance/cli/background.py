"""What explanations share: the rows that people are compared with, and the task of explaining."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import check_files, data_file, model_file
from governance.evidence import JsonValue
from governance.runs import DataFile, ModelFile, Task
from governance.subject import Schema

ClassOption = Annotated[str, typer.Option("--class", help="Class to explain; without it the positive or the last one.")]


@dataclass(frozen=True, slots=True)
class BackgroundOptions:
    """The rows that an explanation compares with."""

    background: Annotated[
        Path | None, typer.Option("--background", help="Rows to compare with; without it the data themselves.")
    ] = None
    background_rows: Annotated[int, typer.Option("--background-rows", min=1, help="Most rows of the background.")] = (
        1000
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """A model, the table it is asked about, and the rows to compare with."""

    data: DataFile
    model: ModelFile
    background: DataFile | None

    def task(self, method: str, parameters: JsonValue, seed: int) -> Task:
        """Return the run of an explaining method."""
        return Task(
            method=method,
            data=self.data,
            model=self.model,
            reference=self.background,
            parameters=parameters,
            seed=seed,
        )


def explained(
    model: Path, data: Path, schema: Schema, background: Path | None, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Explained:
    """Return the files of an explanation, each looked at before anything is computed.

    `names` are those of the model's columns and of its classes, where the file does not say them.

    Raises:
        RefusedInputError: a file that is missing, or a model that is refused.
    """
    check_files(model, data, background)
    asked = data_file(data, schema)
    return Explained(
        data=asked,
        model=model_file(model, names[0], asked, classes=names[1]),
        background=data_file(background, Schema()) if background else None,
    )
