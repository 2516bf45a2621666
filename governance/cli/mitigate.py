"""`countersign mitigate`: candidates with less disparity, as model files of their own or as versions in a workspace."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import ActorOption, JsonOption, SecretOption
from governance.cli.output import ForceOption, check_results_folder, print_json, say, write_bytes
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import require_needs
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.fairness import Candidate, MitigationReport
from governance.runs import Task, execute, read_array
from governance.workflow.workspace import Acting

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


class AlgorithmChoice(StrEnum):
    """How candidates are made."""

    threshold_optimizer = "threshold_optimizer"
    exponentiated_gradient = "exponentiated_gradient"
    grid_search = "grid_search"
    correlation_remover = "correlation_remover"


class ConstraintChoice(StrEnum):
    """What is to be alike between groups."""

    demographic_parity = "demographic_parity"
    equalized_odds = "equalized_odds"
    equal_opportunity = "equal_opportunity"
    error_rate_parity = "error_rate_parity"


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How candidates are searched for."""

    algorithm: Annotated[AlgorithmChoice, typer.Option("--algorithm", help="How candidates are made.")] = (
        AlgorithmChoice.grid_search
    )
    constraint: Annotated[
        ConstraintChoice, typer.Option("--constraint", help="What is to be alike between groups.")
    ] = ConstraintChoice.demographic_parity
    size: Annotated[
        int, typer.Option("--size", min=4, max=200, help="Points of the grid, or rounds of the mixture.")
    ] = 15
    alpha: Annotated[
        float, typer.Option("--alpha", min=0.0, max=1.0, help="Share of the correlation that is removed.")
    ] = 1.0
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", min=0.0, max=1.0, help="Difference that is left, with threshold_optimizer."),
    ] = 0.0

    def method(self) -> str:
        """Return the method that makes such candidates."""
        return "fairness.rethreshold" if self.algorithm.value == "threshold_optimizer" else "fairness.retrain"

    def parameters(self, attribute: str) -> dict[str, JsonValue]:
        """Return the parameters of the method."""
        shared: dict[str, JsonValue] = {"attribute": attribute, "constraint": self.constraint.value}
        if self.algorithm.value == "threshold_optimizer":
            return {**shared, "tolerance": self.tolerance}
        if self.tolerance:
            raise RefusedInputError(
                f"{self.algorithm.value} knows no tolerance.", "Take --algorithm threshold_optimizer, or leave it out."
            )
        return {**shared, "algorithm": self.algorithm.value, "size": self.size, "alpha": self.alpha}


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """Where candidates go, and which of them."""

    out: Annotated[Path | None, typer.Option("--out", help="Folder for the model files.")] = None
    parent: Annotated[
        str, typer.Option("--parent", help="Digest of the model that a candidate would replace, or its beginning.")
    ] = ""
    every: Annotated[
        bool, typer.Option("--every", help="Keep candidates that another beats in both respects, too.")
    ] = False
    force: ForceOption = False

    def folder(self, data: Path) -> Path:
        """Return the folder for the model files, without candidates of before unless --force is given.

        Args:
            data: the training data, which no candidate may replace.

        Raises:
            RefusedInputError: none is named, it is a file, holds candidates already, or one of them is read by the command.
        """
        if self.out is None:
            raise RefusedInputError(
                "There is no place for the model files.", "Give --out FOLDER, or --workspace and --parent."
            )
        check_results_folder(self.out, "candidate-*.onnx", force=self.force, also=(data,))
        return self.out


def mitigate(
    data: Annotated[
        str, typer.Argument(help="Training data, CSV or Parquet; with --workspace the digest of registered data.")
    ],
    attribute: Annotated[str, typer.Option(help="Sensitive column whose groups are to be treated alike.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    search: SearchOptions,
    candidates: CandidateOptions,
    names: NamesOptions,
    model: Annotated[
        Path | None, typer.Option("--model", help="The model in force, which threshold_optimizer continues.")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Workspace in which candidates become versions of --parent."),
    ] = None,
    actor: ActorOption = "service",
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make candidates with fairlearn's algorithms; nothing is replaced, each needs its own review."""
    parameters = search.parameters(attribute)
    if workspace is not None:
        from governance.workflow.workspace import current_workspace

        who = acting_as(current_workspace.current(workspace), actor, passphrase_file)
        result = _in_workspace(workspace, search.method(), data, candidates, parameters, actor=who)
    else:
        check_files(Path(data), model)
        folder = candidates.folder(Path(data))
        asked = data_file(how.table(Path(data)), roles.read())
        columns, classes = names.read()
        known = model_file(model, columns, asked, classes=classes) if model else None
        task = Task(method=search.method(), data=asked, model=known, parameters=parameters)
        result = _on_files(task, folder, candidates)
    print_json(_document(result)) if json else _say(result, candidates.out)


def _on_files(task: Task, out: Path, candidates: CandidateOptions) -> _Result:
    require_needs(task)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        report = _made(done.evidence)
        table = read_array(done.arrays["candidates"])
        files = dict(zip(table.column("digest").to_pylist(), table.column("onnx").to_pylist(), strict=True))
        del table
    out.mkdir(parents=True, exist_ok=True)
    places = {}
    for item in _kept(report, every=candidates.every):
        path = out / f"candidate-{item.position:03d}.onnx"
        write_bytes(path, files[item.digest])
        places[item.digest] = path.name
    parent = candidates.parent or (task.model.digest if task.model else "")
    return _Result(evidence=done.evidence, report=report, parent=parent, places=places)


def _in_workspace(
    root: Path, method: str, data: str, candidates: CandidateOptions, parameters: JsonValue, *, actor: Acting
) -> _Result:
    from governance.workflow.assess import assess, mitigate as verbs
    from governance.workflow.workspace import current_workspace, subjects

    place = current_workspace.current(root)
    if not candidates.parent:
        raise RefusedInputError("No parent is named.", "Give --parent: countersign model list shows the digests.")
    choice = subjects.chosen(place, model=candidates.parent, data=data)
    found = assess.now(place, subjects.task(place, method, choice, parameters), actor=actor, progress=reporter())
    report = _made(found.evidence)
    wanted = [item.digest for item in _kept(report, every=candidates.every)]
    kept = verbs.register(place, found.digest, wanted, parent=choice.model, actor=actor)
    return _Result(evidence=found.evidence, report=report, parent=choice.model, places=dict.fromkeys(kept, ""))


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
        "reading": value["reading"],
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
