"""`countersign drift` and `baseline`: windows compared on plain files."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli import analysis
from governance.cli.analysis import RecordOption
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.options import JsonOption
from governance.cli.output import print_json, say
from governance.cli.sources import columns_of, data_file, model_file, roles
from governance.codec import JsonValue, canonical, encode
from governance.data.schema import Schema
from governance.drift.over_time import OverTime
from governance.drift.report import Action, DriftReport, Harm, PerformanceChange
from governance.drift.stakes import Costs
from governance.errors import RefusedInputError
from governance.evidence import Evidence, NotAssessed
from governance.run import Task

SchemaOption = Annotated[Path | None, typer.Option("--schema", help="TOML file with the roles of columns.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="ONNX model; without one the schema names score or prediction.")
]
ReferenceArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file of the reference window.")]
CurrentArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file of the current window.")]


class CorrectionChoice(StrEnum):
    """How many p values at once are corrected."""

    bh = "bh"
    holm = "holm"
    none = "none"


class CutChoice(StrEnum):
    """How a file is cut into windows."""

    day = "day"
    week = "week"
    month = "month"
    rows = "rows"


def drift(
    reference: ReferenceArgument,
    current: CurrentArgument,
    schema: SchemaOption = None,
    model: ModelOption = None,
    correction: Annotated[
        CorrectionChoice, typer.Option(help="bh bounds the share of false alarms, holm any.")
    ] = CorrectionChoice.bh,
    target: Annotated[str, typer.Option(help="Label column.")] = "",
    positive: Annotated[str, typer.Option(help="Label value that the score is about.")] = "",
    sensitive: Annotated[
        list[str] | None, typer.Option("--sensitive", help="Sensitive column; may be repeated.")
    ] = None,
    identifier: Annotated[str, typer.Option(help="Column that names rows; not compared.")] = "",
    score: Annotated[str, typer.Option(help="Score column.")] = "",
    prediction: Annotated[str, typer.Option(help="Decision column.")] = "",
    threshold: Annotated[float | None, typer.Option(help="Selected from this score on.")] = None,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Bound of the correction.")] = 0.05,
    tolerance: Annotated[float, typer.Option(min=0.0, max=1.0, help="How much worse a metric may get.")] = 0.02,
    cost_wrong: Annotated[float, typer.Option(min=0.0, help="Cost of one person wrongly selected.")] = 0.0,
    cost_miss: Annotated[float, typer.Option(min=0.0, help="Cost of one person wrongly not selected.")] = 0.0,
    cost_label: Annotated[float, typer.Option(min=0.0, help="Cost of finding out one outcome.")] = 0.0,
    cost_change: Annotated[float, typer.Option(min=0.0, help="Cost of putting another version to use.")] = 0.0,
    cost_unit: Annotated[str, typer.Option(help="Unit of the costs, for example EUR.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    by: Annotated[
        CutChoice | None, typer.Option(help="Also cut CURRENT into windows, by its time column or rows.")
    ] = None,
    timestamp: Annotated[str, typer.Option(help="Column of time.")] = "",
    window_rows: Annotated[int, typer.Option(min=1, help="Rows of a window with --by rows.")] = 5_000,
    evidence_file: EvidenceOption = None,
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Say which columns moved between two files, whether decisions got worse, and what to do."""
    found = roles(
        schema, target=target, positive=positive, sensitive=tuple(sensitive or ()), identifier=identifier, score=score,
        prediction=prediction, threshold=threshold, timestamp=timestamp,
    )  # fmt: skip
    costs = Costs(cost_wrong, cost_miss, cost_label, cost_change, cost_unit)
    parameters = {"correction": correction.value, "alpha": alpha, "tolerance": tolerance, "costs": encode(costs)}
    evidence = analysis.evidence_of(task_of(reference, current, found, model, parameters, seed), workspace)
    windows = None
    if by is not None:
        cut = {"by": by.value, "size": window_rows, "alpha": alpha}
        windows = windows_of(reference, current, found, model, cut, seed, workspace)
    write_evidence(evidence, evidence_file)
    if json:
        print_json({**document(evidence), **({} if windows is None else {"windows": encode(windows)["windows"]})})
        return
    tell(evidence.read(DriftReport))
    for item in windows.windows if windows else ():
        moved = ", ".join(item.moved) or "nothing"
        metric = f"; {windows.metric} {item.with_labels.value:.3f}" if windows and item.with_labels else ""
        say(f"window       {item.label}: {item.rows:,} rows, moved by more than matters: {moved}{metric}")


def windows_of(
    reference: Path,
    current: Path,
    schema: Schema,
    model: Path | None,
    parameters: JsonValue,
    seed: int,
    workspace: Path | None = None,
) -> OverTime:
    """Return the windows of the current file against the reference.

    Raises:
        RefusedInputError: it cannot be cut so.
    """
    asked = data_file(current, _without_missing_label(current, schema))
    task = Task(
        method="drift.harm_over_time" if model else "drift.over_time",
        data=asked,
        reference=data_file(reference, _without_missing_time(reference, schema)),
        model=model_file(model, beside=asked) if model else None,
        parameters=parameters,
        seed=seed,
    )
    found = analysis.evidence_of(task, workspace).read(OverTime)
    if isinstance(found, NotAssessed):
        raise RefusedInputError(found.reason, "Choose another --by, or name --timestamp.")
    return found


def task_of(
    reference: Path, current: Path, schema: Schema, model: Path | None, parameters: JsonValue, seed: int
) -> Task:
    """Return the comparison of two files.

    A current window whose outcomes are not known yet may lack the label column.
    """
    asked = data_file(current, _without_missing_label(current, schema))
    return Task(
        method="drift.harm" if model else "drift.columns",
        data=asked,
        reference=data_file(reference, _without_missing_time(reference, schema)),
        model=model_file(model, beside=asked) if model else None,
        parameters=parameters,
        seed=seed,
    )


def _without_missing_label(path: Path, schema: Schema) -> Schema:
    return schema if not schema.target or schema.target in columns_of(path) else replace(schema, target="")


def _without_missing_time(path: Path, schema: Schema) -> Schema:
    """Return the schema without its time where a reference has none: only the current file is cut."""
    return schema if not schema.timestamp or schema.timestamp in columns_of(path) else replace(schema, timestamp="")


def document(evidence: Evidence) -> dict[str, JsonValue]:
    """Return the JSON document of a comparison."""
    value = encode(evidence)
    head = {
        "method": evidence.key.method,
        "inputs": value["key"]["inputs"],
        "environment": value["environment"],
        "rows": value["rows"],
    }
    return {**value["result"], **head}


def tell(result: DriftReport | NotAssessed) -> None:
    """Print a comparison for people: the recommendation first, then performance, then columns."""
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(f"Recommendation: {result.action.recommendation.replace('_', ' ')}. {result.action.reason}")
    _say_stakes(result.action)
    for item in result.action.unknown:
        say(f"Not known: {item}.")
    _say_performance(result.performance)
    if isinstance(result.harm, Harm) and not isinstance(result.harm.estimated, NotAssessed):
        say(
            f"Estimated without labels: {result.harm.estimated.verdict.replace('_', ' ')}. {result.harm.estimated.assumption}"
        )
        if result.harm.estimated.weighted_refused is not None:
            say(f"Weighted estimate: not assessed, {result.harm.estimated.weighted_refused.reason}.")
    for column in result.columns:
        use = {"matters": "", "unknown": "", "unused": " [the model does not use it]"}[column.matters]
        say(f"{column.verdict.replace('_', ' '):12} {column.name}{use}: {column.reason}")
    _say_inside(result)
    for name in result.only_reference:
        say(f"lost         {name}: not in the current window")
    for name in result.only_current:
        say(f"new          {name}: not in the reference")


def _say_stakes(action: Action) -> None:
    if isinstance(action.stakes, NotAssessed):
        say(f"Costs: not assessed, {action.stakes.reason}.")
        return
    say(f"If nothing is done: {action.stakes.if_not}")
    say(f"If it is done: {action.stakes.if_done}")


def _say_inside(result: DriftReport) -> None:
    """Print the groups in which a column fares otherwise than among all rows; the others are in the JSON document."""
    whole = {item.name: item.verdict for item in result.columns}
    for inside in result.within:
        if inside.verdict != whole[inside.column]:
            rows = f"{inside.n_reference:,} rows before, {inside.n_current:,} now"
            where = f"{inside.column} in {inside.attribute} {inside.group} ({rows})"
            say(f"{inside.verdict.replace('_', ' '):12} {where}: {inside.reason}")
    if result.within_reason:
        say(f"Inside groups: {result.within_reason}.")


def _say_performance(found: PerformanceChange | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        say(f"Performance: not assessed, {found.reason}.")
        return
    for name, moved in found.change.items():
        before, after = found.reference[name].value, found.current[name].value
        say(f"{name}: {before:.3f} -> {after:.3f} ({moved.verdict.replace('_', ' ')}: {moved.reason})")


def baseline(
    reference: ReferenceArgument,
    out: Annotated[Path, typer.Option("--out", help="Where to write the frozen baseline (JSON).")],
    schema: SchemaOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze what a reference looks like, so that later windows are compared without its rows."""
    from governance.data.table import open_dataset
    from governance.drift.baseline import freeze, tallies
    from governance.drift.run import compared

    data = open_dataset(reference, roles(schema))
    names = compared(data.schema, data.columns, data.columns)
    frozen = freeze(tallies(data.chunks(names), names), data.digest)
    out.write_bytes(canonical(encode(frozen)))
    if json:
        print_json({
            "columns": len(frozen.columns), "left_out": dict(frozen.left_out), "rows": frozen.rows,
            "error": frozen.error, "digest": frozen.digest, "out": str(out),
        })  # fmt: skip
        return
    say(f"Baseline of {frozen.rows:,} rows and {len(frozen.columns)} columns: {out}")
    for name, reason in frozen.left_out.items():
        say(f"left out     {name}: {reason}")
