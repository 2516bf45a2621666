"""`countersign export` and `countersign trust`: take the record away, and what an auditor needs to check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import ForceOption, check_place, print_json, say, warn, write_bytes
from governance.cli.passphrase import acting_as
from governance.evidence import RefusedInputError
from governance.workflow.audit import export as exports
from governance.workflow.workspace import current_workspace


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
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Write an export that others can verify without us."""
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise RefusedInputError(f"{str(out)!r} exists already.", "Choose another name; exports are never overwritten.")
    if not out.exists():
        check_place(out, "OUT")
    place = current_workspace.current(workspace)
    made = exports.save(
        place, out, actor=acting_as(place, actor, passphrase_file), case=case or None, texts=texts, size=size
    )
    if made.damage:
        warn(f"the record is damaged and exported as it stands, unrecorded, without copies: {made.damage}")
    if made.missing:
        gone = ", ".join(digest[:16] for digest in made.missing[:3])
        warn(f"{len(made.missing)} files that the record names are not stored here and not in the export: {gone}")
    document = {"export": str(out), "name": made.name, "files": len(made.files), "missing": list(made.missing)}
    print_json(document) if json else say(f"{made.name}: {len(made.files)} files in {out}")


def trust(
    out: Annotated[Path, typer.Argument(help="The file to write, for example trust.json; - for standard output.")],
    witness: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a witness that must have cosigned.")
    ] = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write trust.json: hand it to auditors on another way than the exports."""
    printed = str(out) == "-" and not json
    if not printed:
        check_place(out, "OUT", force=force)
    content = exports.trust(current_workspace.current(workspace), tuple(witness or ()))
    if printed:
        say(content.decode().rstrip("\n"))
        return
    write_bytes(out, content)
    told = f"{out}: give it to auditors on another way than the exports."
    print_json({"trust": str(out), "witnesses": list(witness or ())}) if json else say(told)
