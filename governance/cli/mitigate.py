"""`countersign mitigate`: candidates with less disparity, as model files of their own or as versions in a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.options import ActorOption, JsonOption
from governance.cli.output import print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, model_file, roles
from governance.codec import JsonValue, encode
from governance.errors import RefusedInputError, unknown_choice
from governance.evidence import Evidence, NotAssessed
from governance.fairness.mitigation.report import ALGORITHMS, Candidate, MitigationReport
from governance.run import Task, execute, read_array

if TYPE_CHECKING:
    from governance.workflow.subjects import Choice
    from storage.workspace import Workspace

_FAIRLEARN = {
    "threshold_optimizer": "fairlearn.postprocessing.ThresholdOptimizer",
    "exponentiated_gradient": "fairlearn.reductions.ExponentiatedGradient",
    "grid_search": "fairlearn.reductions.GridSearch",
    "correlation_remover": "fairlearn.preprocessing.CorrelationRemover",
}


@dataclass(frozen=True, slots=True)
class _Result:
    """What a run gave."""

    evidence: Evidence
    report: MitigationReport
    parent: str
    """Digest of the model that a candidate would replace, "" when none is named."""
    places: dict[str, str]
    """Digest of a candidate -> the file that was written, or "" when it was registered."""


def mitigate(
    data: Annotated[
        str, typer.Argument(help="Training data, CSV or Parquet; with --workspace the digest of registered data.")
    ],
    attribute: Annotated[str, typer.Option(help="Sensitive column whose groups are to be treated alike.")],
    schema: Annotated[Path | None, typer.Option("--schema", help="TOML file with the roles of columns.")] = None,
    algorithm: Annotated[str, typer.Option(help=", ".join(ALGORITHMS) + ".")] = "grid_search",
    constraint: Annotated[
        str, typer.Option(help="demographic_parity, equalized_odds, equal_opportunity or error_rate_parity.")
    ] = "demographic_parity",
    size: Annotated[int, typer.Option(min=4, max=200, help="Points of the grid, or rounds of the mixture.")] = 15,
    alpha: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the correlation that is removed.")] = 1.0,
    model: Annotated[
        Path | None, typer.Option("--model", help="The model in force, which threshold_optimizer continues.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the model files.")] = None,
    parent: Annotated[str, typer.Option(help="Digest of the model that a candidate would replace.")] = "",
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Workspace in which candidates become versions of --parent."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--every", help="Keep candidates that another beats in both respects, too.")
    ] = False,
    actor: ActorOption = "service",
    json: JsonOption = False,
) -> None:
    """Make candidates with fairlearn's algorithms; nothing is replaced, each needs its own review."""
    if algorithm not in ALGORITHMS:
        raise unknown_choice("algorithm", algorithm, ALGORITHMS)
    parameters = {"attribute": attribute, "constraint": constraint}
    if algorithm != "threshold_optimizer":
        parameters |= {"algorithm": algorithm, "size": size, "alpha": alpha}  # type: ignore[dict-item]
    method = "fairness.rethreshold" if algorithm == "threshold_optimizer" else "fairness.retrain"
    if workspace is not None:
        result = _in_workspace(workspace, method, data, parent, parameters, every, actor)
    else:
        result = _on_files(method, data, schema, model, parent, parameters, every, out)
    print_json(_document(result)) if json else _say(result, out)


def _on_files(
    method: str,
    data: str,
    schema: Path | None,
    model: Path | None,
    parent: str,
    parameters: JsonValue,
    every: bool,
    out: Path | None,
) -> _Result:
    if out is None:
        raise RefusedInputError(
            "There is no place for the model files.", "Give --out FOLDER, or --workspace and --parent."
        )
    asked = data_file(Path(data), roles(schema))
    known = model_file(model, beside=asked) if model else None
    task = Task(method, asked, known, parameters=parameters)
    out.mkdir(parents=True, exist_ok=True)
    done = execute(task, out, reporter())
    report = _made(done.evidence)
    table = read_array(done.arrays["candidates"])
    files = dict(zip(table.column("digest").to_pylist(), table.column("onnx").to_pylist(), strict=True))
    Path(done.arrays["candidates"]).unlink()
    places = {}
    for item in _kept(report, every=every):
        path = out / f"candidate-{item.position:03d}.onnx"
        path.write_bytes(files[item.digest])
        places[item.digest] = path.name
    return _Result(done.evidence, report, parent or (known.digest if known else ""), places)


def _in_workspace(
    root: Path,
    method: str,
    data: str,
    parent: str,
    parameters: JsonValue,
    every: bool,
    actor: str,
) -> _Result:
    from governance.workflow import assess, places, subjects
    from governance.workflow import mitigate as verbs

    place = places.current(root)
    choice = _chosen(place, data, parent)
    found = assess.now(place, subjects.task(place, method, choice, parameters), actor=actor, progress=reporter())
    report = _made(found.evidence)
    wanted = [item.digest for item in _kept(report, every=every)]
    kept = verbs.register(place, found.digest, wanted, parent=choice.model, actor=actor)
    return _Result(found.evidence, report, choice.model, dict.fromkeys(kept, ""))


def _chosen(place: Workspace, data: str, parent: str) -> Choice:
    from governance.workflow import subjects

    choice = subjects.from_query(place, {"model": parent, "data": data})
    for name, value, got in (("data", data, choice.data), ("model", parent, choice.model)):
        if not got:
            raise RefusedInputError(
                f"No one {name} with digest {value!r} is registered.", "Give more of its digest, or register it first."
            )
    return choice


def _made(evidence: Evidence) -> MitigationReport:
    found = evidence.read(MitigationReport)
    if isinstance(found, NotAssessed):
        raise RefusedInputError(found.reason, "Try another constraint or a larger size.")
    return found


def _kept(report: MitigationReport, *, every: bool) -> list[Candidate]:
    return [item for item in report.candidates if item.verified and (item.efficient or every)]


def _document(result: _Result) -> JsonValue:
    value, report = encode(result.evidence), encode(result.report)
    known = {item["digest"]: item for item in report["candidates"]}
    return {
        "method": _FAIRLEARN[result.report.algorithm],
        "inputs": value["key"]["inputs"],
        "parent": result.parent,
        "parameters": value["key"]["parameters"],
        "environment": value["environment"],
        "rows": value["rows"],
        "trained": len(known),
        **{name: report[name] for name in ("algorithm", "groups", "threshold", "compared", "notices")},
        "candidates": [{"file": file, **known[digest]} for digest, file in result.places.items()],
    }


def _say(result: _Result, out: Path | None) -> None:
    for notice in result.report.notices:
        say(f"note: {notice}")
    where = f"are in {out}" if out is not None and any(result.places.values()) else "are registered"
    say(f"{len(result.report.candidates)} candidates made, {len(result.places)} {where}")
    for item in result.report.candidates:
        if item.digest in result.places:
            say(
                f"  {result.places[item.digest] or item.digest[:16]}: {item.title}; accuracy {item.accuracy:.3f}, largest "
                f"difference in selection {item.disparity:.3f}; decides as fairlearn's rule on {item.decided_alike:.1%}"
            )
    say(
        "These numbers are from the training rows. Assess each candidate on other people before it is put to the board."
    )
