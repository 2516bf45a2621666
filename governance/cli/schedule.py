"""`countersign schedule`: several models on the cores of one device."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import JsonOption, SeedOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.cli.recorded_times import TimesOptions
from governance.evidence import JsonValue, NotAssessed, RefusedInputError, encode
from governance.serving import ScheduleReport, schedule_words
from governance.subject import Schema

if TYPE_CHECKING:
    from governance.evidence import Evidence
    from governance.runs import DataFile, ModelFile


@dataclass(frozen=True, slots=True)
class DeviceOptions:
    """The device, and what its times are held against."""

    data: Annotated[Path, typer.Option(help="Table that requests are made of; it has the columns of every model.")]
    cores: Annotated[int, typer.Option(help="Cores of the device.")] = 2
    deadline_ms: Annotated[float | None, typer.Option("--deadline-ms", help="Milliseconds until the last answer.")] = (
        None
    )
    batch: Annotated[int, typer.Option(help="Rows in a request.")] = 1
    rounds: Annotated[int, typer.Option(help="Times that everything is timed.")] = 30
    measure: Annotated[bool, typer.Option("--measure", help="Also run the plan, and the given order, in lanes.")] = (
        False
    )


def schedule(
    models: Annotated[list[Path], typer.Argument(help="ONNX files, in the order in which they run today.")],
    device: DeviceOptions,
    times: TimesOptions,
    names: NamesOptions,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Time several models that share a device, and say in which order and on how many threads all have answered soonest.

    Ends with 1 when the deadline is not met, or when nobody can judge: a machine that gave fewer cores than it has.
    """
    times.check()
    check_files(*models, device.data)
    table = data_file(device.data, Schema())
    columns, classes = names.read()
    files = [
        model_file(path, () if columns and _names_its_own(path) else columns, table, classes=classes) for path in models
    ]
    evidence = _judged(files, table, device, times, seed)
    write_evidence(evidence, times.evidence_file)
    report = evidence.read(ScheduleReport)
    _refuse_others(report, files)
    if json:
        print_json({**about(evidence), **_document(report)})
    elif isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
    else:
        files_of = {file.digest: path.name for file, path in zip(files, models, strict=True)}
        say(schedule_words.lead(report))
        for item in report.plan:
            say(f"{files_of[item.model]}: {schedule_words.step(item)}")
    asked = device.deadline_ms is not None
    met = isinstance(report, ScheduleReport) and (not asked or report.verdict == "met")
    raise typer.Exit(DONE if met else NOT_SATISFIED)


def _names_its_own(path: Path) -> bool:
    from governance.models import inspect

    return bool(inspect(path).columns)


def _judged(files: list[ModelFile], table: DataFile, device: DeviceOptions, times: TimesOptions, seed: int) -> Evidence:
    from governance.capture import LanesJob, captured
    from governance.evidence import sha256
    from governance.runs import RecordingFile, Task, execute

    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        out = times.observation or times.out or Path(folder) / "lanes.arrow"
        if times.observation is None:
            job = LanesJob(
                models=tuple(file.path for file in files), digests=tuple(file.digest for file in files),
                signatures=tuple(file.signature for file in files), data=table.path, out=str(out), cores=device.cores,
                batch=device.batch, rounds=device.rounds, measure=device.measure, seed=seed,
            )  # fmt: skip
            captured(job, progress=reporter())
        seen = RecordingFile(str(out), sha256(out.read_bytes()), out.name)
        parameters: JsonValue = {} if device.deadline_ms is None else {"deadline_ms": device.deadline_ms}
        task = Task("serving.schedule", table, observation=seen, parameters=parameters)
        return execute(task, progress=reporter()).evidence


def _refuse_others(report: ScheduleReport | NotAssessed, files: list[ModelFile]) -> None:
    """Refuse recorded times of other models than those that were named."""
    if isinstance(report, ScheduleReport) and {item.model for item in report.jobs} != {file.digest for file in files}:
        raise RefusedInputError("The recorded times are about other models.", "Name the models that were timed.")


def _document(report: ScheduleReport | NotAssessed) -> dict[str, JsonValue]:
    """Return the result with times in milliseconds, as the contract of the command line has them."""
    value = dict(encode(report))
    if isinstance(report, NotAssessed):
        return value
    for name in ("makespan", "makespan_beside", "bound", "given_order", "one_by_one"):
        value[f"{name}_ms"] = value.pop(f"{name}_ns") / 1e6
    deadline = value.pop("deadline_ns")
    value["deadline_ms"] = None if deadline is None else deadline / 1e6
    value["plan"] = [
        {"model": item["model"], "threads": item["threads"], "start_ms": item["start_ns"] / 1e6, "end_ms": item["end_ns"] / 1e6}
        for item in value["plan"]
    ]  # fmt: skip
    return value
