"""`countersign explain` and `countersign lime`: why a model says what it says, on plain files."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.models import ColumnsOption, named_columns
from governance.cli.options import JsonOption
from governance.cli.output import check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, model_file, roles
from governance.codec import JsonValue, encode
from governance.compute import executor
from governance.data.schema import Schema
from governance.errors import unknown_choice
from governance.evidence import Evidence, NotAssessed
from governance.explain.interaction import Interactions
from governance.explain.report import Certificate, GlobalExplanation, LimeExplanation
from governance.explain_parts import explain_parts
from governance.run import Done, Task, execute, read_array

_PAIRS_SAID = 10
"""Pairs that are printed for people; the JSON document has all."""
WAYS = ("auto", "tree", "linear", "permutation", "leverage", "enumeration", "kernel")
SCALES = ("raw", "probability")
ModelArgument = Annotated[Path, typer.Argument(help="ONNX file.")]
DataArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file.")]
BackgroundOption = Annotated[
    Path | None, typer.Option("--background", help="Rows to compare with; without it the data themselves.")
]
ClassOption = Annotated[str, typer.Option("--class", help="Class to explain; without it the positive or the last one.")]
SchemaOption = Annotated[Path | None, typer.Option("--schema", help="TOML file with the roles of columns.")]
RowsOption = Annotated[int, typer.Option(min=1, help="Most rows of the background.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of everything that is drawn.")]


def explain(
    model: ModelArgument,
    data: DataArgument,
    background: BackgroundOption = None,
    method: Annotated[
        str, typer.Option(help="auto, tree, linear, permutation, leverage, enumeration or kernel.")
    ] = "auto",
    scale: Annotated[str, typer.Option(help="raw or probability.")] = "raw",
    target: ClassOption = "",
    out: Annotated[Path | None, typer.Option("--out", help="Parquet file for the attributions of all rows.")] = None,
    schema: SchemaOption = None,
    columns: ColumnsOption = "",
    background_rows: RowsOption = 1000,
    max_rows: Annotated[int, typer.Option(min=1, help="Most rows explained when values are sampled.")] = 1000,
    model_calls: Annotated[int, typer.Option(min=1, help="Model rows for one row when values are sampled.")] = 4000,
    correlated: Annotated[bool, typer.Option("--correlated", help="Linear models: along the covariance.")] = False,
    interactions: Annotated[
        bool, typer.Option("--interactions", help="Rank the pairs of columns that act together.")
    ] = False,
    parts: Annotated[
        Path | None,
        typer.Option("--parts", help="Folder for the attributions of a Parquet file of any size, worked on in parts."),
    ] = None,
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    json: JsonOption = False,
) -> None:
    """Attribute every prediction to the raw columns, exactly where the file allows it, and certify how far to trust it."""
    check_place(out)
    parameters = {
        "method": _known("method", method, WAYS), "scale": _known("scale", scale, SCALES), "target": target,
        "background_rows": background_rows, "max_rows": max_rows, "model_calls": model_calls, "correlated": correlated,
        "background_seed": seed,
    }  # fmt: skip
    task = _task("explain.global", model, data, background, roles(schema), columns, parameters, seed)
    if parts is not None:
        _explain_parts(task, parts, json=json)
        return
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        if out is not None:
            _write(done, out)
    write_evidence(done.evidence, evidence_file)
    result = done.evidence.read(GlobalExplanation)
    pairs = _interactions(task) if interactions else None
    if json:
        document = _explain_document(done.evidence, result)
        print_json(document if pairs is None else {**document, "interactions": encode(pairs)})
    else:
        _say_explanation(result)
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


def lime(
    model: ModelArgument,
    data: DataArgument,
    row: Annotated[int, typer.Option(help="Position of the row, from 0.")],
    background: BackgroundOption = None,
    target: ClassOption = "",
    samples: Annotated[int, typer.Option(min=10, help="Rows that LIME draws.")] = 2000,
    repeats: Annotated[int, typer.Option(min=1, help="Runs with different seeds.")] = 5,
    schema: SchemaOption = None,
    columns: ColumnsOption = "",
    background_rows: RowsOption = 1000,
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    json: JsonOption = False,
) -> None:
    """Explain one row with LIME, several times, and hold it against Shapley values."""
    parameters = {
        "row": row, "target": target, "samples": samples, "repeats": repeats, "background_rows": background_rows,
        "background_seed": seed,
    }  # fmt: skip
    task = _task("explain.lime", model, data, background, roles(schema), columns, parameters, seed)
    evidence = execute(task, progress=reporter()).evidence
    write_evidence(evidence, evidence_file)
    result = evidence.read(LimeExplanation)
    print_json(_lime_document(evidence, result)) if json else _say_lime(result)


def _known(noun: str, got: str, known: tuple[str, ...]) -> str:
    if got not in known:
        raise unknown_choice(noun, got, known)
    return got


def _task(
    method: str,
    model: Path,
    data: Path,
    background: Path | None,
    schema: Schema,
    columns: str,
    parameters: JsonValue,
    seed: int,
) -> Task:
    asked = data_file(data, schema)
    return Task(
        method=method,
        data=asked,
        model=model_file(model, named_columns(columns), asked),
        reference=data_file(background, Schema()) if background else None,
        parameters=parameters,
        seed=seed,
    )


def _write(done: Done, out: Path) -> None:
    import pyarrow.parquet as pq

    table = read_array(done.arrays["attributions"])
    pq.write_table(table, out)
    del table


def _about(evidence: Evidence) -> dict[str, JsonValue]:
    value = encode(evidence)
    return {"inputs": value["key"]["inputs"], "environment": value["environment"], "rows": value["rows"]}


def _explain_document(evidence: Evidence, result: GlobalExplanation | NotAssessed) -> JsonValue:
    if isinstance(result, NotAssessed):
        return {**encode(result), **_about(evidence)}
    value = encode(result)
    return {
        **value,
        "background_rows": result.background.rows,
        "importance": {item.feature: item.mean_abs for item in result.importance},
        "intervals": {item.feature: [item.low, item.high] for item in result.importance},
        "certificate": {**value["certificate"], "seed_spread": result.certificate.std_error},
        **_about(evidence),
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
        f"variation with the background {_number(certificate.background_spread)}",
        f"agreement with the nearest rows {_number(certificate.neighbour_stability)}",
        f"agreement with LIME {_number(certificate.lime_agreement)}",
        f"rows outside the background's range {certificate.rows_outside_background:,}",
        *(f"note: {note}" for note in certificate.notes),
    )


def _number(value: float | NotAssessed) -> str:
    return f"not assessed: {value.reason}" if isinstance(value, NotAssessed) else f"{value:.3g}"


def _lime_document(evidence: Evidence, result: LimeExplanation | NotAssessed) -> JsonValue:
    if isinstance(result, NotAssessed):
        return {**encode(result), **_about(evidence)}
    value = encode(result)
    return {
        **value,
        "method": "lime",
        "weights": {item.feature: item.weight for item in result.weights},
        "conditions": {item.feature: item.condition for item in result.weights},
        "spread": {item.feature: item.std_dev for item in result.weights},
        "agreement": {name: value[name] for name in ("sign_agreement", "rank_agreement", "shap_method")},
        **_about(evidence),
    }


def _say_lime(result: LimeExplanation | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(f"row {result.row}: prediction {result.prediction:.6g}, local R2 {result.local_r2:.3g}")
    for item in result.weights:
        say(f"  {item.condition!r}  {item.weight:+.6g}  (varies by {item.std_dev:.2g})")
    say(f"overlap of the top features between runs {result.stability:.3g}")
    say(
        f"same sign as the Shapley values {_number(result.sign_agreement)}, same order {_number(result.rank_agreement)}"
    )
