"""Options that several commands share, so that the same thing has the same name everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.output import warn

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the workspace.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
ActorOption = Annotated[str, typer.Option("--as", help="Member id of who acts.")]
SecretOption = Annotated[Path | None, typer.Option("--passphrase-file", help="File with the passphrase.")]
RootSecretOption = Annotated[
    Path | None, typer.Option("--root-passphrase-file", help="File with the root key's passphrase.")
]
CohortOption = Annotated[str, typer.Option("--cohort", help='Which rows, for example: sex = "Female" and age >= 25')]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=2**53 - 1, help="Seed of everything that is drawn.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="ONNX model; without one the schema names score or prediction.")
]
TableArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file.")]
ModelArgument = Annotated[Path, typer.Argument(help="ONNX file.")]
CaseArgument = Annotated[str, typer.Argument(help="Id of the case.")]

DEFAULT_WORKSPACE = Path("workspace")


def renamed(old: float | None, old_name: str, new: float, new_name: str) -> float:
    """Return the value of an option that has another name now; the old spelling counts in this release, with a notice."""
    if old is None:
        return new
    warn(f"{old_name} is called {new_name} now; the old spelling goes away with the next release.")
    return old
