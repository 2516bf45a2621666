"""`countersign stages`: at which step of a model's file a batch first leaves what earlier rows suggest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, JsonOption, ModelArgument, TableArgument
from governance.cli.output import NOT_SATISFIED, print_json, say
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, encode
from governance.runs import Task
from governance.stress import StagesReport, stage_words


def stages(
    model: ModelArgument,
    data: TableArgument,
    reference: Annotated[Path, typer.Option("--reference", help="Earlier rows that the expectations are made from.")],
    roles: SchemaOptions,
    kept: KeptOptions,
    names: NamesOptions,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when the batch leaves a stage.")] = False,
    cohort: CohortOption = "",
    json: JsonOption = False,
) -> None:
    """Hold a batch against every step of the model's file: ranges, missing values and categories as earlier rows suggest them."""
    kept.check()
    check_files(model, data, reference)
    schema = roles.read()
    asked = data_file(data, schema, cohort)
    columns, classes = names.read()
    task = Task(
        method="stress.stages",
        data=asked,
        model=model_file(model, columns, asked, classes=classes),
        reference=data_file(reference, schema),
    )
    evidence = evidence_of(task, kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    result = evidence.read(StagesReport)
    print_json({**about(evidence), **_document(result)}) if json else _say(result)
    if strict and (isinstance(result, NotAssessed) or result.first >= 0):
        raise typer.Exit(NOT_SATISFIED)


def _document(result: StagesReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(result, NotAssessed):
        return {"stages": [], **encode(result)}
    whole = encode(result)
    rows = {name: whole.pop(name) for name in ("rows", "reference_rows")}
    return {**whole, "batch_rows": rows["rows"], "reference_rows": rows["reference_rows"]}


def _say(result: StagesReport | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(stage_words.lead(result))
    for item in result.stages:
        outcome = "left" if item.failed else "within"
        say(f"{outcome:8} stage {item.stage}: {stage_words.named(item)}, {item.expectations} expectations")
        for one in item.failed:
            say(f"         {stage_words.check(one)}")
    for left in result.skipped:
        say(f"not looked at: {left.operator} {left.tensor}: {left.reason}")
