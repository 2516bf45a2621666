"""Commands that take files into the workspace and run methods on what is registered."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import naming
from governance.cli.models import NamesOptions
from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    CohortOption,
    JsonOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.schema_options import SchemaOptions
from governance.evidence import RefusedInputError, encode, parse
from governance.workflow.assess import assess
from governance.workflow.registry import register
from governance.workflow.workspace import current_workspace, subjects


class DataRoleChoice(StrEnum):
    """What a table is for."""

    training = "training"
    evaluation = "evaluation"
    monitoring = "monitoring"
    benchmark = "benchmark"


def register_model(
    model: Annotated[Path, typer.Argument(help="ONNX file.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    version: Annotated[str, typer.Option(help="Version, for example 1.2.")],
    intended_use: Annotated[str, typer.Option(help="What it is for, in one or two sentences.")],
    risk_tier: Annotated[str, typer.Option(help="Tier of the charter in force, for example high.")],
    names: NamesOptions,
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "not stated",
    parent: Annotated[str, typer.Option(help="Digest of the version that it replaces, or its beginning.")] = "",
    derived_from: Annotated[
        str, typer.Option(help="Digest of the model of which it is a lighter copy, or its beginning.")
    ] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Inspect a model, store it and record it."""
    place = current_workspace.current(workspace)
    words = register.ModelWords(
        name=name,
        version=version,
        owner=owner,
        intended_use=intended_use,
        risk_tier=risk_tier,
        parent=subjects.named_model(place, parent) if parent else "",
        derived_from=subjects.named_model(place, derived_from) if derived_from else "",
    )
    columns, classes = names.read()
    who = acting_as(place, actor, passphrase_file)
    digest = register.register_model(place, model, words, actor=who, columns=columns, classes=classes)
    print_json({"model": digest}) if json else say(digest)


def register_data(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    role: Annotated[DataRoleChoice, typer.Option(help="What it is for.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Store a table with its column roles and record it."""
    place = current_workspace.current(workspace)
    words = register.DataWords(name=name, role=role.value, schema=roles.read())
    who = acting_as(place, actor, passphrase_file)
    digest = register.register_data(place, data, words, actor=who, reading=how.reading(data), progress=reporter())
    print_json({"data": digest}) if json else say(digest)


def assess_method(
    method: Annotated[str, typer.Argument(help="Id of a method, for example fairness.by_group.")],
    data: Annotated[str, typer.Option(help="Digest of registered data, or its beginning.")],
    model: Annotated[str, typer.Option(help="Digest of a registered model, or its beginning.")] = "",
    reference: Annotated[str, typer.Option(help="Digest of registered data to compare with, or its beginning.")] = "",
    cohort: CohortOption = "",
    label: Annotated[str, typer.Option(help="Which of several labels of the data is looked at.")] = "",
    parameters: Annotated[str, typer.Option(help="Parameters as a JSON object.")] = "{}",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Run a method on what is registered, record its evidence, and print it."""
    place = current_workspace.current(workspace)
    choice = subjects.chosen(place, model=model, data=data, reference=reference, cohort=cohort, label=label)
    if not choice.data:
        raise RefusedInputError("--data is empty.", "Give a digest: countersign data list.")
    task = subjects.task(place, method, choice, _parameters(parameters))
    found = assess.now(place, task, actor=acting_as(place, actor, passphrase_file), progress=reporter())
    if json:
        print_json({"digest": found.digest, "evidence": encode(found.evidence)})
    else:
        say(f"{found.digest}  {method}  rows {found.evidence.rows.used} of {found.evidence.rows.total}")


def _parameters(text: str) -> dict[str, object]:
    with naming("--parameters", "option"):
        found = parse(text.encode())
    if not isinstance(found, dict):
        raise RefusedInputError(
            f"--parameters {text[:40]!r}: expected a JSON object.", 'Write for example {"min_rows": 50}.'
        )
    return found
