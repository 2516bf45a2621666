"""`countersign pipeline`: variants of a pipeline, trained again with shared work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_files, data_file, digest_of, text_of
from governance.cli.options import CohortOption, JsonOption, SeedOption, TableArgument
from governance.cli.output import print_json, say
from governance.cli.progress import reporter
from governance.cli.run_or_record import evidence_of, require_needs
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, RefusedInputError, encode, environment
from governance.runs import Task
from governance.stress import PipelineReport, Recipe, pipeline_words, read_recipe

SHOWN: Final = 15
"""Variants that the text names; the document has all of them."""


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What is trained, and on what."""

    reference: Annotated[
        Path | None, typer.Option("--reference", help="Rows to learn from; one half of the table without.")
    ] = None
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="TOML file: impute, scale, encode, model; a plain one without.")
    ] = None
    pipeline: Annotated[
        Path | None, typer.Option("--pipeline", help="A scikit-learn pipeline (skops, joblib or pickle file) instead.")
    ] = None
    share: Annotated[float, typer.Option("--share", help="Share of rows that each error strikes.")] = 0.05
    trust_type: Annotated[
        list[str] | None, typer.Option("--trust-type", help="A type that the skops file may build.")
    ] = None
    trusted: Annotated[
        bool, typer.Option("--i-trust-this-file", help="Open a pickle or joblib file, which runs the code inside.")
    ] = False

    def parameters(self) -> dict[str, JsonValue]:
        """Return the parameters of the method.

        Raises:
            RefusedInputError: the share is no share, or the recipe cannot be read.
        """
        check_files(self.reference, self.recipe, self.pipeline)
        if not 0 < self.share <= 1:
            raise RefusedInputError(
                f"The share is {self.share}, expected a number above 0 and at most 1.",
                "Write for example --share 0.05.",
            )
        found = Recipe() if self.recipe is None else read_recipe(text_of(self.recipe), self.recipe.name)
        return {"share": self.share, "recipe": encode(found)}


def pipeline(
    data: TableArgument,
    roles: SchemaOptions,
    options: PipelineOptions,
    kept: KeptOptions,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Train a pipeline and its variants: broken training rows, operators exchanged, columns left out, cleaning on; and compare by group."""
    kept.check()
    check_files(data)
    schema = roles.read()
    task = Task(
        method="stress.pipeline",
        data=data_file(data, schema, cohort),
        reference=data_file(options.reference, schema) if options.reference else None,
        parameters=options.parameters(),
        seed=seed,
    )
    if options.pipeline is None:
        evidence = evidence_of(task, kept.workspace)
        write_evidence(evidence, kept.evidence_file)
        result, told = evidence.read(PipelineReport), about(evidence)
    else:
        _refuse_keeping(kept)
        result, told = _of_file(task, options)
    print_json({**told, **_document(result)}) if json else _say(result)


def _refuse_keeping(kept: KeptOptions) -> None:
    if kept.workspace is not None or kept.evidence_file is not None:
        raise RefusedInputError(
            "A pipeline from a file of another library is no evidence: nobody could compute it again from the record.",
            "Leave --workspace and --evidence away, or write the pipeline as a --recipe.",
        )


def _of_file(task: Task, options: PipelineOptions) -> tuple[PipelineReport | NotAssessed, dict[str, JsonValue]]:
    """Return what a pipeline from a file says, on this machine and outside any record, and its inputs."""
    import numpy as np

    from governance.models import load_estimator
    from governance.runs import open_data
    from governance.stress import pipeline_run
    from governance.subject import Subject

    assert options.pipeline is not None
    require_needs(task)
    given = load_estimator(options.pipeline, trust_file=options.trusted, trusted_types=tuple(options.trust_type or ()))
    subject = Subject(
        data=open_data(task.data), reference=None if task.reference is None else open_data(task.reference)
    )
    rng = np.random.default_rng(task.seed)
    found = pipeline_run.pipeline(subject, task.chosen, rng=rng, progress=reporter(), given=given)
    inputs = [*encode(task.key)["inputs"], {"role": "other", "digest": digest_of(options.pipeline), "name": "pipeline"}]
    about_it: dict[str, JsonValue] = {
        "method": task.method, "inputs": inputs, "environment": encode(environment()), "rows": encode(found.rows),
    }  # fmt: skip
    return found.result, about_it


def _document(result: PipelineReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(result, NotAssessed):
        return {"variants": [], "not_run": [], "shared": {}, **encode(result)}
    whole: dict[str, Any] = dict(encode(result))
    whole["decided_rows"] = whole.pop("rows")
    return whole


def _say(result: PipelineReport | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(pipeline_words.lead(result))
    for step in result.pipeline:
        say(f"pipeline     {step}")
    for item in pipeline_words.ranked(result)[:SHOWN]:
        say(f"{item.sort:16} {pipeline_words.line(item)}")
    for left in result.not_run:
        say(f"not tried    {left.name}: {left.reason}")
    for note in result.notes:
        say(f"note: {note}")
    say(f"shared       {pipeline_words.shared(result.shared)}")
