"""`countersign latency`: how fast does a model answer, and does that keep to a budget?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.documents import about
from governance.cli.endpoint_options import AtServer, PinOption, SecretOptions, VersionOption, endpoint
from governance.cli.evidence_file import write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.cli.recorded_times import TimesOptions
from governance.cli.run_or_record import RecordOption
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.serving import LatencyReport, words
from governance.subject import Schema

if TYPE_CHECKING:
    from governance.capture import TimingJob
    from governance.runs import DataFile, ModelFile, RecordingFile


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How the model is asked, and what its times are held against."""

    rate: Annotated[float, typer.Option(help="Requests a second.")] = 50.0
    seconds: Annotated[float, typer.Option(help="How long requests are sent at that rate.")] = 20.0
    budget_ms: Annotated[float, typer.Option("--budget-ms", help="Milliseconds that a request may take.")] = 100.0
    share: Annotated[float, typer.Option(help="Share of requests that may take longer.")] = 0.01
    level: Annotated[float, typer.Option(help="Level of intervals and bounds.")] = 0.95
    batch: Annotated[int, typer.Option(help="Rows in a request.")] = 1
    threads: Annotated[int, typer.Option(help="Threads of the session, in process.")] = 1


def latency(
    model: ModelArgument,
    data: TableArgument,
    load: LoadOptions,
    times: TimesOptions,
    hidden: SecretOptions,
    names: NamesOptions,
    server: Annotated[str, typer.Option("--endpoint", help="Address of a server; the model itself without.")] = "",
    name: AtServer = "",
    served_version: VersionOption = "",
    pin: PinOption = "",
    workspace: RecordOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Time a model in a process of its own, or at a server, and say whether it keeps to a budget.

    Ends with 1 when the budget is not met, or when nobody can judge: too few requests, or a machine that did other work.
    """
    times.check()
    check_files(model, data)
    parameters: dict[str, JsonValue] = {"budget_ms": load.budget_ms, "share": load.share, "level": load.level}
    table = data_file(data, Schema())
    columns, classes = names.read()
    file = model_file(model, columns, table, classes=classes)
    if server and not name:
        raise RefusedInputError("The name of the model at the server is missing.", "Give --name NAME.")
    where = endpoint(server, name, served_version, pin) if server else None
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        out = times.observation or times.out or Path(folder) / "times.arrow"
        if times.observation is None:
            from governance.capture import TimingJob

            _measure(
                TimingJob(
                    model=file.path, digest=file.digest, signature=file.signature, data=table.path, out=str(out), rate=load.rate,
                    seconds=load.seconds, batch=load.batch, threads=load.threads, seed=seed, endpoint=where,
                    secrets=hidden.read(),
                )
            )  # fmt: skip
        evidence = _judged(file, table, out, parameters, workspace=workspace)
    write_evidence(evidence, times.evidence_file)
    report = evidence.read(LatencyReport)
    _tell(evidence, report, json=json)
    met = isinstance(report, LatencyReport) and report.budget.verdict == "met"
    raise typer.Exit(DONE if met else NOT_SATISFIED)


def _measure(job: TimingJob) -> None:
    from governance.capture import captured

    captured(job, progress=reporter())


def _judged(
    file: ModelFile, table: DataFile, times: Path, parameters: JsonValue, *, workspace: Path | None
) -> Evidence:
    from governance.evidence import sha256
    from governance.runs import RecordingFile, Task, execute

    seen: RecordingFile = RecordingFile(str(times), sha256(times.read_bytes()), times.name)
    task = Task("serving.latency", table, file, observation=seen, parameters=parameters)
    if workspace is None:
        return execute(task, progress=reporter()).evidence
    from governance.workflow.assess import recorded

    return recorded(workspace, task, progress=reporter())


def _tell(evidence: Evidence, report: LatencyReport | NotAssessed, *, json: bool) -> None:
    if json:
        print_json({**about(evidence), **_document(report)})
    elif isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
    else:
        say(words.latency_lead(report))
        for item in report.quantiles:
            say(words.quantile_line(item))
        say(words.holds(report))


def _document(report: LatencyReport | NotAssessed) -> dict[str, JsonValue]:
    """Return the result with times in milliseconds, as the contract of the command line has them."""
    value = dict(encode(report))
    if isinstance(report, NotAssessed):
        return value
    for name in ("quantiles", "service"):
        value[name] = [
            {
                "p": item["p"], "value_ms": item["value_ns"] / 1e6,
                **{f"{end}_ms": None if item[f"{end}_ns"] is None else item[f"{end}_ns"] / 1e6 for end in ("low", "high")},
                "n": item["n"], "n_eff": item["n_eff"],
            }
            for item in value[name]
        ]  # fmt: skip
    value["rates"] = [
        {"rate": item["rate"], "p99_ms": item["p99_ns"] / 1e6, "load": item["load"]} for item in value["rates"]
    ]
    value["generator_lag_p99_ms"] = value.pop("generator_lag_p99_ns") / 1e6
    value["budget"] = {**value["budget"], "limit_ms": value["budget"].pop("limit_ns") / 1e6}
    return {**value, "operators": []}
