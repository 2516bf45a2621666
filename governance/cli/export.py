"""`countersign export` and `countersign trust`: take the record away, and what an auditor needs to check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.dossier.bundle import write_folder, zip_bytes
from governance.errors import RefusedInputError
from governance.workflow import export as exports
from governance.workflow import places


def export(
    out: Annotated[Path, typer.Argument(help="A new folder, or a file that ends in .zip.")],
    case: Annotated[str, typer.Option(help="Only what this case rests on; the whole ledger when left out.")] = "",
    texts: Annotated[
        bool, typer.Option("--texts/--no-texts", help="Whether long and personal texts are disclosed.")
    ] = True,
    size: Annotated[
        int | None,
        typer.Option(min=1, help="As an earlier checkpoint has it, with its cosignatures and time stamp: its size."),
    ] = None,
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write an export that others can verify without us."""
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise RefusedInputError(f"{str(out)!r} exists already.", "Choose another name; exports are never overwritten.")
    made = exports.export(places.current(workspace), actor=actor, case=case or None, texts=texts, size=size)
    if out.suffix == ".zip":
        out.write_bytes(zip_bytes(made.files, made.name))
    else:
        write_folder(made.files, out)
    document = {"export": str(out), "name": made.name, "files": len(made.files)}
    print_json(document) if json else say(f"{made.name}: {len(made.files)} files in {out}")


def trust(
    out: Annotated[Path, typer.Argument(help="The file to write, for example trust.json.")],
    witness: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a witness that must have cosigned.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write trust.json: hand it to auditors on another way than the exports."""
    out.write_bytes(exports.trust(places.current(workspace), tuple(witness or ())))
    told = f"{out}: give it to auditors on another way than the exports."
    print_json({"trust": str(out), "witnesses": list(witness or ())}) if json else say(told)
