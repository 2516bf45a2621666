"""`countersign derive`: a lighter copy of a neural net, and whom it would touch."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.cli.convert import write_model
from governance.cli.documents import about
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import DONE, NOT_SATISFIED, ForceOption, check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, RefusedInputError, encode, sha256
from governance.serving import DeriveReport, TimeRatio, derive_words, time_ratios

if TYPE_CHECKING:
    from governance.models import Lighter
    from governance.runs import ModelFile, Task

_CALIBRATION: Final = 2_000
"""Rows that ranges of inner numbers are taken from, the first of the data."""

_REFUSED: Final = {
    "int8": (
        "int8 takes the ranges of the inner numbers anew at each request: the answer for a person would depend on who else is asked.",
        "Take --as int8-static: its ranges are taken once, from DATA.",
    ),
    "ort": (
        "An .ort file is the same computation in a container that nobody can read back: neither explained nor attested, and not faster.",
        "Take --as int8-static for a net; make the .ort file on the device, from the ONNX file that was approved.",
    ),
}
"""Kinds of copies that are known and not made: what is wrong with them, and what to do."""


class As(StrEnum):
    """How the weights of the copy are written."""

    int8 = "int8"
    int8_static = "int8-static"
    fp16 = "fp16"
    ort = "ort"


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """Where the copy goes, and how much it may change."""

    recipe: Annotated[
        As,
        typer.Option(
            "--as", help="8-bit weights with ranges taken from DATA once (int8-static), or half precision (fp16)."
        ),
    ]
    out: Annotated[Path, typer.Option(help="ONNX file to write.")]
    limit_labels: Annotated[float, typer.Option(help="Share of rows that may be decided otherwise.")] = 0.005
    limit_group: Annotated[
        float, typer.Option(help="Harm to a group: drop of its accuracy or of its share of favourable decisions.")
    ] = 0.01
    level: Annotated[float, typer.Option(help="At which all intervals hold together.")] = 0.95
    evidence_file: EvidenceOption = None
    force: ForceOption = False

    def check(self) -> None:
        """Refuse files that could not be written, and what makes no copy that anybody could examine."""
        if self.recipe.value in _REFUSED:
            raise RefusedInputError(*_REFUSED[self.recipe.value])
        check_place(self.out, force=self.force, suffixes=(".onnx",))
        check_place(self.evidence_file, "--evidence", force=self.force)


def derive(
    model: ModelArgument,
    data: TableArgument,
    copy: CopyOptions,
    roles: SchemaOptions,
    names: NamesOptions,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Write a copy of a neural net with lighter weights, and measure on DATA whom it decides otherwise.

    The copy is another model: nobody has approved it. Ends with 1 when a limit is broken, or when the rows are too few to tell.
    """
    from governance.runs import Task

    copy.check()
    check_files(model, data)
    asked = data_file(data, roles.read(), cohort)
    columns, classes = names.read()
    file = model_file(model, columns, asked, classes=classes)
    made = _made(model, file, data, copy.recipe)
    write_model(copy.out, made.data)
    task = Task(
        method="serving.derive",
        data=asked,
        model=model_file(copy.out, columns, asked, classes=classes),
        candidate=file,
        parameters={"limit_labels": copy.limit_labels, "limit_group": copy.limit_group, "level": copy.level},
        seed=seed,
    )
    evidence = evidence_of(task, None)
    write_evidence(evidence, copy.evidence_file)
    result = evidence.read(DeriveReport)
    facts = _Facts(made, file, copy, _timed(task, seed))
    if json:
        print_json({**about(evidence), **facts.document(), **_document(result)})
    else:
        _say(result, facts)
    met = isinstance(result, DeriveReport) and result.verdict == "met"
    raise typer.Exit(DONE if met else NOT_SATISFIED)


def _made(model: Path, file: ModelFile, data: Path, recipe: As) -> Lighter:
    from governance.models import RECIPES, OnnxPredictor, lighter

    content = model.read_bytes()
    feeds = None
    if recipe is As.int8_static:
        from governance.data import open_dataset

        frame = open_dataset(data).frame(file.signature.columns).head(_CALIBRATION)
        feeds = OnnxPredictor(content, file.signature).feeds(frame[frame.notna().all(axis=1)].reset_index(drop=True))
    return lighter(content, next(item for item in RECIPES if item == recipe.value), feeds)


def _timed(task: Task, seed: int) -> tuple[TimeRatio, ...]:
    """Return how much faster the copy answers, timed beside the model in a process of its own."""
    from pyarrow import feather

    from governance.capture import PairJob, captured

    assert task.model is not None
    assert task.candidate is not None
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        out = Path(folder) / "pairs.arrow"
        job = PairJob(
            model=task.candidate.path, other=task.model.path, signature=task.model.signature, data=task.data.path, out=str(out),
            seed=seed,
        )  # fmt: skip
        captured(job, progress=reporter())
        return time_ratios(feather.read_table(out, memory_map=False))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of the copy beside its answers."""

    made: Lighter
    file: ModelFile
    copy: CopyOptions
    times: tuple[TimeRatio, ...]

    @property
    def before(self) -> int:
        """Bytes of the model."""
        return Path(self.file.path).stat().st_size

    def document(self) -> dict[str, JsonValue]:
        """Return them as JSON."""
        return {
            "out": str(self.copy.out),
            "digest": sha256(self.made.data),
            "derived_from": self.file.digest,
            "derivation": self.copy.recipe.value,
            "operators": dict(self.made.operators),
            "size": {"before": self.before, "after": len(self.made.data)},
            "latency_ratio": {str(item.batch): encode(item) for item in self.times},
        }


def _document(result: DeriveReport | NotAssessed) -> dict[str, JsonValue]:
    """Return the result under the names that the contract of the command line has for it."""
    whole = dict(encode(result))
    whole.pop("rows", None)
    renamed = {"decided_otherwise": "labels_changed", "scores": "score_difference", "groups": "by_group"}
    return {renamed.get(name, name): value for name, value in whole.items()}


def _say(result: DeriveReport | NotAssessed, facts: _Facts) -> None:
    changed = ", ".join(f"{count} {name}" for name, count in facts.made.operators.items())
    say(f"{facts.copy.out}  SHA-256 {sha256(facts.made.data)}")
    say(f"{facts.before:,} to {len(facts.made.data):,} bytes; lighter weights in {changed}.")
    for item in facts.times:
        rows = "1 row" if item.batch == 1 else f"{item.batch:,} rows"
        ends = "" if item.low is None else f" ({item.low:.2f} to {item.high:.2f})"
        say(f"{rows} a request: {item.ratio:.2f} times the model's time{ends}.")
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(derive_words.lead(result))
    for line in derive_words.lines(result):
        say(
            "  ".join(part for part in (f"{line.what:32}", line.about, line.value, line.bounds, line.judgement) if part)
        )
    for notice in result.notices:
        say(notice)
