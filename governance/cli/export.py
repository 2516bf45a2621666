<<<<<<< HEAD
"""`countersign export` and `countersign trust`: take the record away, and what an auditor needs to check it."""
=======
"""`countersign export`: take the record away so that others can verify it."""
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
<<<<<<< HEAD
from governance.dossier.bundle import write_folder, zip_bytes
from governance.workflow import export as exports
from governance.workflow import places


def export(
    out: Annotated[Path, typer.Argument(help="A new folder, or a file that ends in .zip.")],
    case: Annotated[str, typer.Option(help="Only what this case rests on; the whole ledger when left out.")] = "",
    texts: Annotated[
        bool, typer.Option("--texts/--no-texts", help="Whether long and personal texts are disclosed.")
    ] = True,
=======
from governance.dossier.bundle import write_folder
from governance.errors import RefusedInputError


def export(
    out: Annotated[Path, typer.Option(help="Folder to make, or a file that ends in .zip.")],
    case: Annotated[str, typer.Option(help="One case with all that it rests on; the whole ledger when left out.")] = "",
    trust_out: Annotated[
        Path | None, typer.Option(help="Write trust.json here too; send it on another way than the export.")
    ] = None,
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
<<<<<<< HEAD
    """Write an export that others can verify without us."""
    made = exports.export(places.current(workspace), actor=actor, case=case or None, texts=texts)
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
) -> None:
    """Write trust.json: hand it to auditors on another way than the exports."""
    out.write_bytes(exports.trust(places.current(workspace), tuple(witness or ())))
    say(f"{out}: give it to auditors on another way than the exports.")
=======
    """Export one case or the whole ledger with proofs, evidence, texts and the verifier."""
    from governance.workflow import export as exports
    from governance.workflow import places

    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise RefusedInputError(f"{str(out)!r} exists already.", "Choose another name; exports are never overwritten.")
    place = places.current(workspace)
    made = exports.take(place, case or None, actor=actor)
    if out.suffix == ".zip":
        out.write_bytes(made.to_zip())
    else:
        write_folder(made.files, out)
    if trust_out is not None:
        trust_out.write_bytes(exports.trust(place))
    if json:
        print_json({"out": str(out), "name": made.name, "size": made.size, "root": made.root, "files": len(made.files)})
    else:
        say(f"{out}: {len(made.files)} files, {made.size} lines, root {made.root}")
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)
