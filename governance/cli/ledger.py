"""Commands about the ledger itself: its head, its projections, its witnesses."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.errors import RefusedInputError
from governance.workflow import clock, places
from storage.grants import grants
from storage.ledger import timestamp
from storage.ledger.checkpoint import read
from storage.ledger.note import Note, Verifier, read_note
from storage.ledger.witness import Witness, proof_from_lines
from storage.workspace import DATABASE

LINES = "ledger.intoto.jsonl"
CHECKPOINT = "checkpoint"
LARGEST = 4 << 30


def ledger_head(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Sign a checkpoint over every line and print it: what an auditor keeps to hold later exports against."""
    place = places.current(workspace)
    signed = place.checkpoint()
    if json:
        print_json(
            {
                "origin": signed.checkpoint.origin,
                "size": signed.checkpoint.size,
                "root": base64.b64encode(signed.checkpoint.root).decode("ascii"),
                "log_vkey": place.checkpoint_keys()[-1].vkey,
                "witnesses": [item.vkey for item in place.witnesses()],
                "checkpoint": signed.note.decode("utf-8"),
            }
        )
    else:
        say(signed.note.decode("utf-8").rstrip("\n"))


def ledger_check(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    old: Annotated[list[Path] | None, typer.Option(help="A checkpoint that was kept from earlier.")] = None,
    json: JsonOption = False,
) -> None:
    """Check every line, its signature and its place; exit code 1 when something does not hold."""
    kept = tuple(_bytes_of(path) for path in old or [])
    verdict = places.current(workspace).verify(kept)
    if json:
        fields = {"valid": verdict.valid, "entries": verdict.entries, "checkpointed": verdict.checkpointed}
        print_json({**fields, "first_bad": verdict.first_bad, "problem": verdict.problem})
    else:
        say(verdict.problem or f"All {verdict.entries} lines hold, against {1 + len(kept)} checkpoints.")
    raise SystemExit(DONE if verdict.valid else NOT_SATISFIED)


def ledger_rebuild(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Drop every table that follows from the lines and compute it again."""
    done = places.current(workspace).rebuild()
    print_json({"entries": done}) if json else say(f"Computed again from {done} lines.")


def ledger_grants(
    role: Annotated[str, typer.Argument(help="PostgreSQL role under which the service connects.")],
) -> None:
    """Print the rights of the service's role on PostgreSQL: it adds lines and can take none away."""
    say("".join(f"{statement};\n" for statement in grants(role)).rstrip("\n"))


def ledger_cosign(
    checkpoint: Annotated[Path, typer.Argument(help="The cosigned checkpoint that a witness sent back.")],
    witness: Annotated[str, typer.Option(help="The witness's verifier key, when it is new here.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Keep a witness's cosignature beside the checkpoint."""
    place = places.current(workspace)
    if witness:
        place.trust_witness(witness)
    count = place.add_cosignatures(_bytes_of(checkpoint))
    print_json({"witnesses": count}) if json else say(f"{count} known witnesses have signed this checkpoint.")


def ledger_timestamp(
    question: Annotated[
        Path | None,
        typer.Option(help="Write the question about the latest checkpoint here (application/timestamp-query)."),
    ] = None,
    answer: Annotated[Path | None, typer.Option(help="Keep the answer that an authority sent back.")] = None,
    authority: Annotated[
        Path | None, typer.Option(help="The authority's root certificate (PEM): the answer is checked with it.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Have a checkpoint stamped by a time-stamping authority (RFC 3161): write the question, then keep the answer.

    Nothing is sent from here. Send the question as you like, for example:
    curl -H "Content-Type: application/timestamp-query" --data-binary @checkpoint.tsq https://AUTHORITY > checkpoint.tsr
    """
    if (question is None) == (answer is None):
        raise RefusedInputError("Neither a question nor an answer.", "Give --question FILE first, then --answer FILE.")
    place = places.current(workspace)
    if question is not None:
        signed = place.checkpoint()
        question.write_bytes(timestamp.question(signed.note))
        size = signed.checkpoint.size
        told = f"{question}: the question about the checkpoint over {size} lines. Send it, then give --answer."
    else:
        size = place.add_timestamp(_bytes_of(Path(str(answer))), _bytes_of(authority) if authority else b"")
        how = "checked" if authority else "kept unchecked but for its digest (give --authority to check it)"
        told = f"The time stamp over {size} lines is {how}. Export with it: countersign export --size {size} OUT"
    print_json({"size": size, "checked": authority is not None}) if json else say(told)


def witness(
    source: Annotated[Path, typer.Argument(help="A whole-ledger export (folder or zip), or a workspace.")],
    state: Annotated[Path, typer.Option(help="Folder of the witness: its key and what it has seen.")],
    name: Annotated[str, typer.Option(help="Name of a new witness, for example auditor.example.org.")] = "",
    log: Annotated[str, typer.Option(help="Checkpoint key to pin, from another path than the export.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Pin it in place of the one that is pinned.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to write the cosigned checkpoint.")] = None,
    json: JsonOption = False,
) -> None:
    """Cosign a ledger's checkpoint if it continues the last one that this witness has seen."""
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
        out.write_bytes(cosigned.to_bytes())
    text = cosigned.to_bytes().decode("utf-8")
    if json:
        print_json({"size": size, "witness_vkey": mine.vkey, "checkpoint": text})
    elif out is None:
        say(text.rstrip("\n"))
    else:
        say(f"Cosigned {size} lines as {mine.vkey}: {out}")


def _export(source: Path) -> tuple[bytes, list[bytes]]:
    """Return the checkpoint and the lines of an export, or of a workspace."""
    if (source / DATABASE).is_file():
        place = places.current(source)
        return place.checkpoint().note, list(place.read().lines())
    if source.is_dir():
        return _bytes_of(source / CHECKPOINT), _split(_bytes_of(source / LINES))
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


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedInputError(f"{str(path)!r} cannot be read: {error.strerror}.", "Check the path.") from error
