"""`countersign drift` and `baseline`: windows compared on plain files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli import run_or_record
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_file, check_files, columns_of, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, JsonOption, ModelOption, SeedOption, renamed
from governance.cli.output import ForceOption, check_place, print_json, say, write_bytes
from governance.cli.reading_options import ReadingOptions
from governance.cli.schema_options import SchemaOptions
from governance.drift import Action, Costs, DriftReport, Harm, OverTime, PerformanceChange, words
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, canonical, encode, environment
from governance.runs import DataFile, ModelFile, Task
from governance.statistics import title
from governance.subject import Schema

ReferenceArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file of the reference window.")]
CurrentArgument = Annotated[Path, typer.Argument(help="CSV or Parquet file of the current window.")]

_WIDE: Final = max(map(len, words.VERDICTS.values()))
"""Characters of the column of verdicts."""


class CorrectionChoice(StrEnum):
    """How many p values at once are corrected."""

    bh = "bh"
    holm = "holm"
    none = "none"


CorrectionOption = Annotated[
    CorrectionChoice, typer.Option("--correction", help="bh bounds the share of false alarms, holm the chance of any.")
]


class CutChoice(StrEnum):
    """How a file is cut into windows."""

    day = "day"
    week = "week"
    month = "month"
    rows = "rows"


@dataclass(frozen=True, slots=True)
class CostOptions:
    """What wrong decisions, an outcome and a change of the model cost."""

    cost_false_positive: Annotated[
        float,
        typer.Option(
            "--cost-false-positive", min=0.0, help="Cost of one person wrongly selected.", rich_help_panel="Costs"
        ),
    ] = 0.0
    cost_false_negative: Annotated[
        float,
        typer.Option(
            "--cost-false-negative", min=0.0, help="Cost of one person wrongly not selected.", rich_help_panel="Costs"
        ),
    ] = 0.0
    cost_wrong: Annotated[float | None, typer.Option("--cost-wrong", min=0.0, hidden=True)] = None
    cost_miss: Annotated[float | None, typer.Option("--cost-miss", min=0.0, hidden=True)] = None
    cost_label: Annotated[
        float, typer.Option("--cost-label", min=0.0, help="Cost of finding out one outcome.", rich_help_panel="Costs")
    ] = 0.0
    cost_change: Annotated[
        float,
        typer.Option("--cost-change", min=0.0, help="Cost of putting another version to use.", rich_help_panel="Costs"),
    ] = 0.0
    cost_unit: Annotated[
        str, typer.Option("--cost-unit", help="Unit of the costs, for example EUR.", rich_help_panel="Costs")
    ] = ""

    def read(self) -> Costs:
        """Return the costs; an old spelling counts, with a notice."""
        positive = renamed(self.cost_wrong, "--cost-wrong", self.cost_false_positive, "--cost-false-positive")
        negative = renamed(self.cost_miss, "--cost-miss", self.cost_false_negative, "--cost-false-negative")
        return Costs(positive, negative, self.cost_label, self.cost_change, self.cost_unit)


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """Whether and how the current file is cut into windows of time or rows."""

    by: Annotated[
        CutChoice | None, typer.Option("--by", help="Also cut CURRENT into windows, by its time column or rows.")
    ] = None
    window_rows: Annotated[int, typer.Option("--window-rows", min=1, help="Rows of a window with --by rows.")] = 5_000


def drift(
    reference: ReferenceArgument,
    current: CurrentArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    costs: CostOptions,
    windows: WindowOptions,
    kept: KeptOptions,
    names: NamesOptions,
    model: ModelOption = None,
    correction: CorrectionOption = CorrectionChoice.bh,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Bound of the correction.")] = 0.05,
    tolerance: Annotated[float, typer.Option(min=0.0, max=1.0, help="How much worse a metric may get.")] = 0.02,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Say which columns moved between two files, whether decisions got worse, and what to do."""
    kept.check()
    check_files(reference, current, model)
    reference, current = how.table(reference), how.table(current)
    pair = pair_of(reference, current, roles.read(), model, cohort=cohort, names=names)
    parameters = {
        "correction": correction.value, "alpha": alpha, "tolerance": tolerance, "costs": encode(costs.read()),
    }  # fmt: skip
    evidence = run_or_record.evidence_of(pair.task("drift.harm", "drift.columns", parameters, seed), kept.workspace)
    found = None
    if windows.by is not None:
        cut = {"by": windows.by.value, "size": windows.window_rows, "alpha": alpha}
        found = windows_of(pair.task("drift.harm_over_time", "drift.over_time", cut, seed), kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    if json:
        print_json({**document(evidence), **_windows(found)})
        return
    tell(evidence.read(DriftReport))
    _say_windows(found)


def _windows(found: OverTime | None) -> dict[str, JsonValue]:
    """Return the windows for the document, and how many groups they do not show."""
    if found is None:
        return {}
    return {name: encode(found)[name] for name in ("windows", "groups_left_out")}


def _say_windows(found: OverTime | None) -> None:
    if found is None:
        return
    for item in found.windows:
        moved = ", ".join(item.moved) or "nothing"
        metric = f"; {found.metric} {item.with_labels.value:.3f}" if item.with_labels else ""
        say(f"window       {item.label}: {item.rows:,} rows, moved by more than matters: {moved}{metric}")
    for attribute in found.groups_left_out:
        say(f"note: {words.left_out(found, attribute)}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that are compared, and the model that decides about both."""

    data: DataFile
    reference: DataFile
    model: ModelFile | None

    def task(self, with_model: str, without: str, parameters: JsonValue, seed: int) -> Task:
        """Return the run of the method that suits: one asks the model, one does without."""
        return Task(
            method=with_model if self.model else without,
            data=self.data,
            reference=self.reference,
            model=self.model,
            parameters=parameters,
            seed=seed,
        )


def pair_of(
    reference: Path,
    current: Path,
    schema: Schema,
    model: Path | None,
    *,
    cohort: str,
    names: NamesOptions,
) -> Pair:
    """Return the two files of a comparison.

    A current window whose outcomes are not known yet may lack the label column, a reference the column of time.
    """
    columns, classes = names.read()
    asked = data_file(current, _without_missing_label(current, schema), cohort)
    return Pair(
        data=asked,
        reference=data_file(reference, _without_missing_time(reference, schema), cohort),
        model=model_file(model, columns, asked, classes=classes) if model else None,
    )


def windows_of(task: Task, workspace: Path | None = None) -> OverTime:
    """Return the windows of the current file against the reference.

    Raises:
        RefusedInputError: it cannot be cut so.
    """
    found = run_or_record.evidence_of(task, workspace).read(OverTime)
    if isinstance(found, NotAssessed):
        raise RefusedInputError(found.reason, "Choose another --by, or name --timestamp.")
    return found


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
        "reading": value["reading"],
        "environment": value["environment"],
        "rows": value["rows"],
    }
    return {**value["result"], **head}


def tell(result: DriftReport | NotAssessed) -> None:
    """Print a comparison for people: the recommendation first, then performance, then columns."""
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(f"Recommendation: {words.RECOMMENDATIONS[result.action.recommendation]}. {result.action.reason}")
    _say_stakes(result.action)
    for item in result.action.unknown:
        say(f"Not known: {item}.")
    _say_performance(result.performance)
    if isinstance(result.harm, Harm) and not isinstance(result.harm.estimated, NotAssessed):
        say(
            f"Estimated without labels: {words.CHANGES[result.harm.estimated.verdict]}. {result.harm.estimated.assumption}"
        )
        if result.harm.estimated.weighted_refused is not None:
            say(f"Weighted estimate: not assessed, {result.harm.estimated.weighted_refused.reason}.")
    for column in result.columns:
        use = {"matters": "", "unknown": "", "unused": " [the model does not use it]"}[column.matters]
        say(f"{words.VERDICTS[column.verdict]:{_WIDE}} {column.name}{use}: {column.reason}")
        decided = words.statistic(column, result.level("columns"))
        if decided:
            say(f"{'':{_WIDE}} {decided}")
    _say_inside(result)
    for name, why in result.left_out.items():
        say(f"left out     {name}: {why}")
    for name in result.only_reference:
        say(f"{'lost':{_WIDE}} {name}: not in the current window")
    for name in result.only_current:
        say(f"{'new':{_WIDE}} {name}: not in the reference")


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
            say(f"{words.VERDICTS[inside.verdict]:{_WIDE}} {where}: {inside.reason}")
    if result.within_reason:
        say(f"Inside groups: {result.within_reason}.")
    if words.shared(result):
        say(words.shared(result))


def _say_performance(found: PerformanceChange | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        say(f"Performance: not assessed, {found.reason}.")
        return
    for name, moved in found.change.items():
        before, after = found.reference[name].value, found.current[name].value
        say(f"{title(name)}: {before:.3f} -> {after:.3f} ({words.CHANGES[moved.verdict]}: {moved.reason})")


def baseline(
    reference: ReferenceArgument,
    out: Annotated[Path, typer.Option("--out", help="Where to write the frozen baseline (JSON).")],
    roles: SchemaOptions,
    how: ReadingOptions,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Freeze what a reference looks like, so that later windows are compared without its rows."""
    from governance.data import open_dataset
    from governance.drift import compared, freeze, tallies

    check_place(out, force=force)
    check_file(reference)
    reference = how.table(reference)
    data = open_dataset(reference, roles.read())
    run_or_record.warn_of_reading(data.reading, reference.name)
    names = compared(data.schema, data.columns, data.columns)
    frozen = freeze(tallies(data.chunks(names), names), data.digest)
    write_bytes(out, canonical(encode(frozen)))
    if json:
        print_json({
            "columns": len(frozen.columns), "left_out": dict(frozen.left_out), "rows": frozen.rows,
            "error": frozen.error, "digest": frozen.digest, "out": str(out),
            "inputs": [{"role": "reference", "digest": data.digest, "name": reference.name}],
            "reading": encode(data.reading),
            "environment": encode(environment()),
        })  # fmt: skip
        return
    say(f"Baseline of {frozen.rows:,} rows and {len(frozen.columns)} columns: {out}")
    for name, reason in frozen.left_out.items():
        say(f"left out     {name}: {reason}")
