"""`countersign attest`: is what a server serves the model that was approved?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.documents import about
from governance.cli.endpoint_options import AtServer, PinOption, SecretOptions, VersionOption, endpoint
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.inputs import check_files, data_file, digest_of, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import ActorOption, JsonOption, ModelArgument, SecretOption, SeedOption, TableArgument
from governance.cli.output import DONE, INTERNAL, NOT_SATISFIED, ForceOption, check_place, print_json, say
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.cli.run_or_record import RecordOption
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.review import SERVICE
from governance.serving import AttestReport, words
from governance.subject import Schema

if TYPE_CHECKING:
    from governance.remote import Endpoint, Secrets
    from governance.runs import DataFile, ModelFile, Task


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How the server is asked."""

    requests: Annotated[int, typer.Option(help="How many requests; 300 bound a canary at 1 in 100.")] = 300
    rate: Annotated[float, typer.Option(help="Requests a second; 0 for no pause.")] = 20.0
    deadline: Annotated[float, typer.Option(help="Seconds for one request and its answer.")] = 10.0
    tolerance: Annotated[
        float | None, typer.Option(help="Largest difference of a score; derived from the model without.")
    ] = None


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """Where the evidence is kept."""

    evidence_file: EvidenceOption = None
    observation: Annotated[
        Path | None, typer.Option("--observation", help="Also write the raw answers here (Arrow).")
    ] = None
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            help="Judge these logged answers to the rows of DATA, as `countersign predict` writes them; nobody is asked.",
        ),
    ] = None
    workspace: RecordOption = None
    force: ForceOption = False

    def check(self) -> None:
        """Refuse files that could not be written, before anything is asked."""
        check_place(self.evidence_file, "--evidence", force=self.force)
        check_place(self.observation, "--observation", force=self.force)
        check_files(self.log)


def attest(
    server: Annotated[
        str, typer.Argument(help="Address of a server; with --workspace the id of a deployment; with --log its name.")
    ],
    model: ModelArgument,
    data: TableArgument,
    ask: AskOptions,
    kept: EvidenceOptions,
    hidden: SecretOptions,
    names: NamesOptions,
    name: AtServer = "",
    served_version: VersionOption = "",
    pin: PinOption = "",
    seed: SeedOption = 0,
    actor: ActorOption = SERVICE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Ask a server rows that visit every leaf and both sides of every split of the approved model, and compare.

    Ends with 1 when another model answers, and with 3 when the server gave no usable answer. In a workspace the rows are named in
    the ledger before the first is sent, and a difference suspends every approval of the model.
    """
    kept.check()
    check_files(model, data)
    if kept.log is not None:
        evidence, alert = _of_log(server, _named(model, data, names), ask, kept, kept.log)
    elif kept.workspace is None:
        if not name:
            raise RefusedInputError("The name of the model at the server is missing.", "Give --name NAME.")
        file, table = _named(model, data, names)
        where = endpoint(server, name, served_version, pin)
        evidence = _on_files(file, table, _Server(where, hidden.read(), seed), ask, kept)
        alert = ""
    else:
        if name or served_version or pin:
            raise RefusedInputError(
                "A deployment has its name, version and pin in the ledger.",
                "Leave --name, --served-version and --pin out.",
            )
        evidence, alert = _recorded(
            _Registered(kept.workspace, server, digest_of(model), digest_of(data)),
            ask,
            hidden.read(),
            who=(actor, passphrase_file),
        )
    write_evidence(evidence, kept.evidence_file)
    report = evidence.read(AttestReport)
    _tell(evidence, report, alert, json=json)
    raise typer.Exit(_code(report))


def _named(model: Path, data: Path, names: NamesOptions) -> tuple[ModelFile, DataFile]:
    table = data_file(data, Schema())
    columns, classes = names.read()
    return model_file(model, columns, table, classes=classes), table


def _of_log(
    place: str, files: tuple[ModelFile, DataFile], ask: AskOptions, kept: EvidenceOptions, log: Path
) -> tuple[Evidence, str]:
    """Judge logged answers; in a workspace the evidence is recorded, and a difference confirms an alert as one that was asked for."""
    from datetime import UTC, datetime

    from pyarrow import feather

    from governance.data import open_dataset
    from governance.evidence import sha256
    from governance.runs import RecordingFile, Task, execute
    from governance.serving import AnswersHead, asked_in, logged_answers, to_table, with_head

    file, table = files
    rows = asked_in(open_dataset(Path(table.path), Schema()).frame(file.signature.columns), file.signature)
    answers = logged_answers(open_dataset(log, Schema()).frame(), file.signature, len(rows))
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        asked, seen = Path(folder) / "challenge.arrow", kept.observation or Path(folder) / "answers.arrow"
        feather.write_feather(to_table(rows), str(asked), compression="uncompressed")
        challenge = RecordingFile(str(asked), sha256(asked.read_bytes()), log.name)
        head = AnswersHead(
            model=file.digest, challenge=challenge.digest, place=place, protocol="rest", served_as="", requests=len(rows),
            started=now, ended=now, log=True,
        )  # fmt: skip
        feather.write_feather(with_head(answers, head), str(seen), compression="uncompressed")
        told = RecordingFile(str(seen), sha256(seen.read_bytes()), log.name)
        parameters: JsonValue = {} if ask.tolerance is None else {"tolerance": ask.tolerance}
        task = Task("serving.attest", table, file, observation=told, challenge=challenge, parameters=parameters)
        if kept.workspace is None:
            return execute(task, progress=reporter()).evidence, ""
        return _kept(kept.workspace, task, file.digest)


def _kept(workspace: Path, task: Task, model: str) -> tuple[Evidence, str]:
    from governance.workflow.assess import Recorded, recorded
    from governance.workflow.serving import attestation
    from governance.workflow.workspace import current_workspace

    evidence = recorded(workspace, task, progress=reporter())
    place = current_workspace.current(workspace)
    return evidence, attestation.tell(place, model, Recorded(evidence.digest, evidence))


@dataclass(frozen=True, slots=True)
class _Server:
    endpoint: Endpoint
    secrets: Secrets
    seed: int


def _on_files(file: ModelFile, table: DataFile, server: _Server, ask: AskOptions, kept: EvidenceOptions) -> Evidence:
    from governance.capture import AnswersJob, ChallengeJob, captured
    from governance.evidence import sha256
    from governance.runs import RecordingFile, Task, execute

    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        rows, out = Path(folder) / "challenge.arrow", kept.observation or Path(folder) / "answers.arrow"
        captured(
            ChallengeJob(
                model=file.path,
                digest=file.digest,
                signature=file.signature,
                data=table.path,
                out=str(rows),
                seed=server.seed,
            ),
            progress=reporter(),
        )
        job = AnswersJob(
            model=file.path, digest=file.digest, signature=file.signature, challenge=str(rows), out=str(out),
            endpoint=server.endpoint, secrets=server.secrets, requests=ask.requests, rate=ask.rate,
            seconds=ask.deadline, seed=server.seed,
        )  # fmt: skip
        captured(job, progress=reporter())
        challenge = RecordingFile(str(rows), sha256(rows.read_bytes()), "challenge")
        seen = RecordingFile(str(out), sha256(out.read_bytes()), out.name)
        parameters: JsonValue = {} if ask.tolerance is None else {"tolerance": ask.tolerance}
        task = Task("serving.attest", table, file, observation=seen, challenge=challenge, parameters=parameters)
        return execute(task, progress=reporter()).evidence


@dataclass(frozen=True, slots=True)
class _Registered:
    """What a command names in a workspace."""

    workspace: Path
    deployment: str
    model: str
    data: str


def _recorded(
    named: _Registered, ask: AskOptions, secrets: Secrets, *, who: tuple[str, Path | None]
) -> tuple[Evidence, str]:
    from governance.workflow.serving import Asked, attestation, deployments
    from governance.workflow.workspace import current_workspace

    place = current_workspace.current(named.workspace)
    found = deployments.live(place, named.deployment)
    if found.model != named.model:
        raise RefusedInputError(
            f"The deployment {named.deployment!r} is of model {found.model[:16]}, got {named.model[:16]}.",
            "Give the model that is registered for it.",
        )
    known = next((item for item in place.read().datasets() if named.data in (item.digest, item.original_digest)), None)
    if known is None:
        raise RefusedInputError(f"The table {named.data[:16]} is not registered.", "Do so: countersign register data.")
    asked = Asked(requests=ask.requests, rate=ask.rate, seconds=ask.deadline, secrets=secrets, tolerance=ask.tolerance)
    actor = acting_as(place, *who)
    told = attestation.attest(place, named.deployment, known.digest, asked, actor=actor, progress=reporter())
    return told.recorded.evidence, told.alert


def _tell(evidence: Evidence, report: AttestReport | NotAssessed, alert: str, *, json: bool) -> None:
    if json:
        print_json({**about(evidence), "alert": alert or None, **encode(report)})
    elif isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
    else:
        say(words.attest_lead(report))
        for item in report.first:
            say(f"row {item.row:<8} ({item.purpose}) expected {item.expected}, got {item.got}")
        say(f"tolerance    {report.tolerance:.2g}: {report.tolerance_why}")
        if alert:
            say(f"alert        {alert} is confirmed: every approval of this model is suspended.")


def _code(report: AttestReport | NotAssessed) -> int:
    if isinstance(report, NotAssessed):
        return INTERNAL
    return DONE if report.same else NOT_SATISFIED
