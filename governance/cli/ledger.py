"""Commands about the ledger itself: its head, its projections, cosignatures and time stamps."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import bytes_of
from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    RootSecretOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import DONE, NOT_SATISFIED, ForceOption, check_place, print_json, say, write_bytes
from governance.cli.passphrase import acting_as, root_passphrase
from governance.evidence import RefusedInputError
from governance.review import SERVICE
from governance.workflow.audit import full_check, restoring
from governance.workflow.workspace import clock_confirmed, current_workspace
from storage.grants import grants
from storage.ledger import timestamp


def ledger_head(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Sign a checkpoint over every line and print it: what an auditor keeps to hold later exports against."""
    place = current_workspace.current(workspace)
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
    """Check lines, signatures, the board's rules, texts, evidence and tables; exit code 1 when something does not hold."""
    kept = tuple(bytes_of(path) for path in old or [])
    verdict = full_check.check(current_workspace.current(workspace), kept)
    if json:
        fields = {"valid": verdict.valid, "entries": verdict.entries, "checkpointed": verdict.checkpointed}
        print_json({**fields, "first_bad": verdict.first_bad, "problem": verdict.problem})
    else:
        say(
            verdict.problem
            or f"All {verdict.entries} lines hold, against {1 + len(kept)} checkpoints: signatures, rules, texts, files, tables."
        )
    raise typer.Exit(DONE if verdict.valid else NOT_SATISFIED)


def ledger_restored(
    reason: Annotated[str, typer.Option(help="What happened, and where the copy comes from, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Say in the ledger that it was put back from an older copy, and let the service sign again; the root key's passphrase is asked."""
    place = current_workspace.current(workspace)
    secret = root_passphrase(root_passphrase_file)
    index = restoring.restored(place, reason, root_passphrase=secret)
    print_json({"index": index}) if json else say(f"Entry {index} says so. Tell whoever keeps checkpoints.")


def ledger_clock_confirm(
    actor: ActorOption = SERVICE,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Say that this machine's clock is right, after a rest of more than a day or a clock that ran ahead; the ledger notes it."""
    place = current_workspace.current(workspace)
    index = clock_confirmed.confirm(place, actor=acting_as(place, actor, passphrase_file))
    said = (
        "Nothing was stopped; nothing is recorded." if index is None else f"Entry {index} says that the clock is right."
    )
    print_json({"index": index}) if json else say(said)


def ledger_rebuild(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Drop every table that follows from the lines and compute it again."""
    done = current_workspace.current(workspace).rebuild()
    print_json({"entries": done}) if json else say(f"Computed again from {done} lines.")


def ledger_grants(
    role: Annotated[str, typer.Argument(help="PostgreSQL role under which the service connects.")],
    json: JsonOption = False,
) -> None:
    """Print the rights of the service's role on PostgreSQL: it adds lines and can take none away."""
    found = tuple(f"{statement};" for statement in grants(role))
    print_json({"role": role, "statements": list(found)}) if json else say("\n".join(found))


def ledger_cosign(
    checkpoint: Annotated[Path, typer.Argument(help="The cosigned checkpoint that a witness sent back.")],
    witness: Annotated[str, typer.Option(help="The witness's verifier key, when it is new here.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Keep a witness's cosignature beside the checkpoint."""
    place = current_workspace.current(workspace)
    if witness:
        place.trust_witness(witness)
    count = place.add_cosignatures(bytes_of(checkpoint))
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
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Have a checkpoint stamped by a time-stamping authority (RFC 3161): write the question, then keep the answer.

    Nothing is sent from here. Send the question as you like, for example:
    curl -H "Content-Type: application/timestamp-query" --data-binary @checkpoint.tsq https://AUTHORITY > checkpoint.tsr
    """
    if (question is None) == (answer is None):
        raise RefusedInputError("Neither a question nor an answer.", "Give --question FILE first, then --answer FILE.")
    check_place(question, "--question", force=force)
    place = current_workspace.current(workspace)
    if question is not None:
        signed = place.checkpoint()
        write_bytes(question, timestamp.question(signed.note))
        size = signed.checkpoint.size
        told = f"{question}: the question about the checkpoint over {size} lines. Send it, then give --answer."
    else:
        size = place.add_timestamp(bytes_of(Path(str(answer))), bytes_of(authority) if authority else b"")
        how = "checked" if authority else "kept unchecked but for its digest (give --authority to check it)"
        told = f"The time stamp over {size} lines is {how}. Export with it: countersign export --size {size} OUT"
    print_json({"size": size, "checked": authority is not None}) if json else say(told)
