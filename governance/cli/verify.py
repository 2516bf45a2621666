"""`countersign verify`: check an export with the same code that travels inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import bytes_of
from governance.cli.options import JsonOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.dossier import words
from governance.evidence import JsonValue, RefusedInputError, encode, environment, sha256
from governance.workflow.audit import check, check_inputs


def verify(
    export: Annotated[Path, typer.Argument(help="The export: a folder or a .zip.")],
    trust: Annotated[
        Path | None, typer.Option(help="trust.json, received on another way than the export; it must be given.")
    ] = None,
    old: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint kept from an earlier visit; may be repeated.")
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            help="Root certificate (PEM) of a time-stamping authority that you trust: its stamp is checked too."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check an export without trusting anybody's server: exit code 0 when it is valid, 1 when not."""
    if trust is None:
        raise RefusedInputError(
            "It is not said whom to trust.", "Add --trust TRUST.json, received apart from the export."
        )
    check_inputs(export, trust, old or [])
    certificates = bytes_of(authority) if authority else b""
    answer = check(export, trust, old or [], certificates)
    if json:
        print_json({**answer, "inputs": inputs(trust, old or []), "environment": encode(environment())})
    else:
        said = answer["time_stamp"]
        say(
            words(answer)
            + (f"\nTime stamp: the checkpoint existed at {said['time']}, says the authority.\n" if said else "")
        )
    raise typer.Exit(DONE if answer["valid"] else NOT_SATISFIED)


def inputs(trust: Path, old: list[Path]) -> list[JsonValue]:
    """Return what an export was held against: the trusted keys and the checkpoints kept, each with the digest of its file."""
    kept = [("trust", trust), *(("checkpoint", path) for path in old)]
    return [{"role": role, "digest": sha256(path.read_bytes()), "name": path.name} for role, path in kept]
