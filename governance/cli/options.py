"""Options that several commands share, so that the same thing has the same name everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the workspace.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
ActorOption = Annotated[str, typer.Option("--as", help="Member id of who acts.")]
SecretOption = Annotated[Path | None, typer.Option("--passphrase-file", help="File with the passphrase.")]
RootSecretOption = Annotated[
    Path | None, typer.Option("--root-passphrase-file", help="File with the root key's passphrase.")
]
CaseArgument = Annotated[str, typer.Argument(help="Id of the case.")]

DEFAULT_WORKSPACE = Path("workspace")
