"""`countersign witness`: somebody else cosigns the checkpoints of a ledger that never forgets."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import bytes_of
from governance.cli.options import JsonOption
from governance.cli.output import ForceOption, check_place, print_json, say, write_bytes
from governance.evidence import RefusedInputError
from governance.workflow.workspace import clock, current_workspace
from storage import Witness, proof_from_lines
from storage.ledger import Note, Verifier, read, read_note

LINES = "ledger.intoto.jsonl"
CHECKPOINT = "checkpoint"
LARGEST = 4 << 30


def witness(
    source: Annotated[Path, typer.Argument(help="A whole-ledger export (folder or zip), or a workspace.")],
    state: Annotated[Path, typer.Option(help="Folder of the witness: its key and what it has seen.")],
    name: Annotated[str, typer.Option(help="Name of a new witness, for example auditor.example.org.")] = "",
    log: Annotated[str, typer.Option(help="Checkpoint key to pin, from another path than the export.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Pin it in place of the one that is pinned.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write the cosigned checkpoint; standard output when left out, or for -."),
    ] = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Cosign a ledger's checkpoint if it continues the last one that this witness has seen."""
    out = None if str(out) == "-" else out
    check_place(out, force=force)
    note, lines = _export(source)
    mine = Witness.create(state, name) if name and not (state / "witness").exists() else Witness.open(state)
    found = read(read_note(note).text)
    last = mine.seen(found.origin)
    proof = proof_from_lines(lines, found, last.checkpoint.size if last else 0)
    pinned = Verifier.from_vkey(log) if log else None
    cosigned = mine.cosign(note, proof, int(clock.now().timestamp()), pinned, replace=replace)
    _tell(cosigned, mine, found.size, out, json=json)


def _tell(cosigned: Note, mine: Witness, size: int, out: Path | None, *, json: bool) -> None:
    if out is not None:
        write_bytes(out, cosigned.to_bytes())
    text = cosigned.to_bytes().decode("utf-8")
    if json:
        print_json({"size": size, "witness_vkey": mine.vkey, "checkpoint": text})
    elif out is None:
        say(text.rstrip("\n"))
    else:
        say(f"Cosigned {size} lines as {mine.vkey}: {out}")


def _export(source: Path) -> tuple[bytes, list[bytes]]:
    """Return the checkpoint and the lines of an export, or of a workspace."""
    if current_workspace.exists(source):
        place = current_workspace.current(source)
        return place.checkpoint().note, list(place.read().lines())
    if source.is_dir():
        return bytes_of(source / CHECKPOINT), _split(bytes_of(source / LINES))
    return _from_zip(source)


def _from_zip(source: Path) -> tuple[bytes, list[bytes]]:
    try:
        with zipfile.ZipFile(source) as archive:
            found = {Path(item.filename).name: item for item in archive.infolist() if item.file_size < LARGEST}
            return archive.read(found[CHECKPOINT]), _split(archive.read(found[LINES]))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise RefusedInputError(
            f"{str(source)!r} is neither a workspace nor a whole-ledger export.",
            f"An export holds {CHECKPOINT} and {LINES}.",
        ) from error


def _split(text: bytes) -> list[bytes]:
    if not text.endswith(b"\n"):
        raise RefusedInputError(f"{LINES} does not end with a whole line.", "The copy may be incomplete.")
    return text[:-1].split(b"\n")
