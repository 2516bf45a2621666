"""`countersign explain`: why a model says what it says, on plain files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.background import BackgroundOptions, ClassOption, explained
from governance.cli.documents import about, left_out
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.models import ClassesOption, ColumnsOption, named_columns
from governance.cli.options import JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import ForceOption, check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.schema_options import SchemaOptions
from governance.cli.tables import TABLES, write_table
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.explain import Certificate, GlobalExplanation, Interactions
from governance.runs import Done, Task, execute, executor, explain_parts, read_array

_PAIRS_SAID = 10
"""Pairs that are printed for people; the JSON document has all."""


class MethodChoice(StrEnum):
    """How attributions are computed; auto takes the exact way that the file allows."""

    auto = "auto"
    tree = "tree"
    linear = "linear"
    permutation = "permutation"
    leverage = "leverage"
    enumeration = "enumeration"
    kernel = "kernel"


class ScaleChoice(StrEnum):
    """The unit of attributions."""

    raw = "raw"
    probability = "probability"


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How values are sampled where no exact way is there."""

    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Most rows explained when values are sampled.")] = (
        1000
    )
    model_calls: Annotated[
        int, typer.Option("--model-calls", min=1, help="Model rows for one row when values are sampled.")
    ] = 4000
    correlated: Annotated[bool, typer.Option("--correlated", help="Linear models: along the covariance.")] = False


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Which files an explanation writes."""

    out: Annotated[Path | None, typer.Option("--out", help="Parquet or CSV file for the attributions of all rows.")] = (
        None
    )
    parts: Annotated[
        Path | None,
        typer.Option("--parts", help="Folder for the attributions of a Parquet file of any size, worked on in parts."),
    ] = None
    evidence_file: EvidenceOption = None
    force: ForceOption = False

    def check(self) -> None:
        """Refuse a file that could not be written, before anything is computed."""
        check_place(self.out, force=self.force, suffixes=TABLES)
        check_place(self.evidence_file, "--evidence", force=self.force)
        if self.parts is not None and self.parts.exists() and not self.parts.is_dir():
            raise RefusedInputError(f"--parts {str(self.parts)!r} is a file, expected a folder.", "Name a folder.")


def explain(
    model: ModelArgument,
    data: TableArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    against: BackgroundOptions,
    sampling: SamplingOptions,
    files: FileOptions,
    method: Annotated[MethodChoice, typer.Option(help="How attributions are computed.")] = MethodChoice.auto,
    scale: Annotated[ScaleChoice, typer.Option(help="In which unit.")] = ScaleChoice.raw,
    explained_class: ClassOption = "",
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    interactions: Annotated[
        bool, typer.Option("--interactions", help="Rank the pairs of columns that act together.")
    ] = False,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Attribute every prediction to the raw columns, exactly where the file allows it, and certify how far to trust it."""
    files.check()
    parameters = {
        "method": method.value, "scale": scale.value, "target": explained_class, "background_rows": against.background_rows,
        "max_rows": sampling.max_rows, "model_calls": sampling.model_calls, "correlated": sampling.correlated,
        "background_seed": seed,
    }  # fmt: skip
    names = (named_columns(columns), named_columns(classes))
    subject = explained(model, how.table(data), roles.read(), against.background, names)
    task = subject.task("explain.global", parameters, seed)
    if files.parts is not None:
        _explain_parts(task, files.parts, json=json)
        return
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        if files.out is not None:
            _write(done, files.out)
    write_evidence(done.evidence, files.evidence_file)
    result = done.evidence.read(GlobalExplanation)
    pairs = _interactions(task) if interactions else None
    if json:
        document = _explain_document(done.evidence, result)
        print_json(document if pairs is None else {**document, "interactions": encode(pairs)})
    else:
        _say_explanation(result)
        for line in left_out(done.evidence.rows):
            say(line)
        _say_interactions(pairs)


def _explain_parts(task: Task, folder: Path, *, json: bool) -> None:
    found = explain_parts(task, folder, executor(), progress=reporter())
    if json:
        value = encode(found)
        shown = {
            "background_rows": found.background.rows,
            "importance": {item.feature: item.mean_abs for item in found.importance},
        }
        print_json({**value, **shown})
        return
    say(f"{found.method}, {'exact' if found.exact else 'sampled'}, in {found.units}; base value {found.base_value:.6g}")
    say(
        f"{found.rows:,} rows in {len(found.files)} files under {str(folder)!r}, adding up within {found.additivity_gap:.2g}"
    )
    if found.left_out:
        say(f"{found.left_out:,} row(s) were left out: the raw score is no finite number")
    for item in found.importance:
        say(f"  {item.feature!r}  {item.mean_abs:.6g}  ({item.low:.6g} to {item.high:.6g})")


def _interactions(task: Task) -> Interactions | NotAssessed:
    known = ("method", "scale", "target", "background_rows", "background_seed")
    parameters = {name: task.parameters[name] for name in known}
    return execute(
        replace(task, method="explain.interactions", parameters=parameters), progress=reporter()
    ).evidence.read(Interactions)


def _say_interactions(result: Interactions | NotAssessed | None) -> None:
    if result is None:
        return
    if isinstance(result, NotAssessed):
        say(f"interactions not assessed: {result.reason}")
        return
    say(f"pairs of columns that act together, in {result.units}")
    for pair in result.pairs[:_PAIRS_SAID]:
        say(f"  {pair.first!r} with {pair.second!r}  {pair.mean_abs:.6g}  ({pair.low:.6g} to {pair.high:.6g})")
    if result.left_out:
        say(f"  left out, being less important: {', '.join(map(repr, result.left_out))}")


def _write(done: Done, out: Path) -> None:
    if "attributions" not in done.arrays:
        raise RefusedInputError("There are no attributions to write.", "Leave --out away to see why.")
    table = read_array(done.arrays["attributions"])
    write_table(table, out)
    del table


def _explain_document(evidence: Evidence, result: GlobalExplanation | NotAssessed) -> JsonValue:
    if isinstance(result, NotAssessed):
        return {**about(evidence), **encode(result)}
    value = encode(result)
    return {
        **about(evidence),
        **value,
        "background_rows": result.background.rows,
        "importance": {item.feature: item.mean_abs for item in result.importance},
        "intervals": {item.feature: [item.low, item.high] for item in result.importance},
        "certificate": {**value["certificate"], "seed_spread": result.certificate.std_error},
    }


def _say_explanation(result: GlobalExplanation | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    kind = "exact" if result.exact else "sampled"
    say(f"{result.method}, {kind}, in {result.certificate.units}; base value {result.base_value:.6g}")
    say(f"compared with {result.background.rows:,} of {result.background.total:,} rows ({result.background.source})")
    width = max(len(repr(item.feature)) for item in result.importance)
    for item in result.importance:
        say(f"  {item.feature!r:{width}}  {item.mean_abs:.6g}  ({item.low:.6g} to {item.high:.6g})")
    for line in certificate_lines(result.certificate):
        say(line)


def certificate_lines(certificate: Certificate) -> tuple[str, ...]:
    """Return the certificate in lines for a person."""
    return (
        f"values add up to the model's own score within {certificate.additivity_gap:.2g}",
        f"largest standard error {certificate.std_error:.2g}",
        f"variation with the background {number(certificate.background_spread)}",
        f"agreement with the nearest rows {number(certificate.neighbour_stability)}",
        f"agreement with LIME {number(certificate.lime_agreement)}",
        f"rows outside the background's range {certificate.rows_outside_background:,}",
        *(f"note: {note}" for note in certificate.notes),
    )


def number(value: float | NotAssessed) -> str:
    """Return a number for a person, or why there is none."""
    return f"not assessed: {value.reason}" if isinstance(value, NotAssessed) else f"{value:.3g}"
