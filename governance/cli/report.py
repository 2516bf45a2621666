"""`countersign report`: the state of a model as one HTML file, from plain files and without a workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli.inputs import check_files, data_file, model_file, naming, text_of
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import ForceOption, check_place, say, write_bytes
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.data import Dictionary
from governance.evidence import Evidence, RefusedInputError
from governance.runs import Task, method, missing_needs

CHAPTERS: Final = (
    "performance.summary",
    "performance.segments",
    "explain.global",
    "fairness.by_group",
    "quality.checks",
    "drift.columns",
)
"""Methods of a report, in reading order; those that need what was not given are left out and said."""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What a report is made of beside the model and the table, and where it goes."""

    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")]
    reference: Annotated[
        Path | None,
        typer.Option("--reference", help="Training data or an earlier window: adds drift, and is the background."),
    ] = None
    words: Annotated[Path | None, typer.Option("--words", help="Dictionary of words, TOML or CSV.")] = None
    force: ForceOption = False


def report(
    model: ModelArgument,
    data: TableArgument,
    roles: SchemaOptions,
    names: NamesOptions,
    files: ReportFiles,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
) -> None:
    """Write how a model stands as one HTML file: a summary, then chapters with charts; no script, nothing from outside."""
    from governance.dossier import model_report

    check_place(files.out, force=files.force, suffixes=(".html", ".htm"))
    check_files(data, model, files.reference, files.words)
    schema = roles.read()
    asked = data_file(data, schema, cohort)
    columns, classes = names.read()
    words = _words(files.words)
    whole = Task(
        method=CHAPTERS[0],
        data=asked,
        model=model_file(model, columns, asked, classes=classes),
        reference=None if files.reference is None else data_file(files.reference, schema),
        seed=seed,
    )
    found: list[Evidence] = []
    failed: list[tuple[str, str]] = []
    for name in CHAPTERS:
        task = replace(whole, method=name)
        lacking = missing_needs(task)
        if lacking:
            failed.append((method(name).title, f"it needs {', '.join(item.replace('_', ' ') for item in lacking)}."))
            continue
        try:
            found.append(evidence_of(task, None))
        except RefusedInputError as error:
            failed.append((method(name).title, error.what))
    write_bytes(files.out, model_report(model.name, data.name, found, words, failed=failed))
    say(f"{files.out}: {len(found)} chapters" + "".join(f"; not measured: {what}, {why}" for what, why in failed))


def _words(path: Path | None) -> Dictionary:
    from governance.data import dictionary

    if path is None:
        return Dictionary()
    with naming(path, "words"):
        return dictionary.read(text_of(path))
