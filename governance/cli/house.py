"""Commands about the workspace itself: make one, enrol people, adopt the charter, register files, run methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    RootSecretOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say
from governance.cli.passphrase import ROOT_VARIABLE, passphrase
from governance.cli.progress import reporter
from governance.cli.sources import roles as column_roles
from governance.cli.sources import text_of
from governance.codec import encode, parse
from governance.errors import RefusedInputError
from governance.workflow import assess, members, places, register, subjects


def init(
    organisation: Annotated[str, typer.Option(help="Name of the organisation; it becomes part of the ledger's name.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make an empty workspace with its keys and the first entries of its ledger."""
    made = places.create(organisation, passphrase("the root key", root_passphrase_file, ROOT_VARIABLE), workspace)
    if json:
        print_json({"workspace": str(made.root), "origin": made.origin, "log_vkey": made.log.vkey})
    else:
        say(f"Workspace {made.root}\nLedger    {made.origin}\nPin this  {made.log.vkey}")


def member_add(
    member: Annotated[str, typer.Argument(help="Id: lowercase letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="Printed name.")],
    role: Annotated[
        list[str], typer.Option(help="chair, validator, lay, member, owner, developer, sponsor or auditor.")
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    root_passphrase_file: RootSecretOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a member with a personal signing key."""
    from governance.review.fields import Role

    place = places.current(workspace)
    members.enrol(
        place,
        member,
        name,
        cast("tuple[Role, ...]", tuple(role)),
        passphrase=passphrase(member, passphrase_file),
        root=place.unlock_root(passphrase("the root key", root_passphrase_file, ROOT_VARIABLE)),
    )
    print_json({"member": member, "roles": role}) if json else say(f"{member} is a member: {', '.join(role)}.")


def charter_adopt(
    actor: ActorOption,
    file: Annotated[
        Path | None, typer.Argument(help="Charter as TOML; the built-in template when it is left out.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign the charter as one member; it is in force once more than half of the board signed the same one."""
    from governance.review import charter
    from governance.workflow.board import state

    found = charter.from_toml(text_of(file) if file else charter.template())
    place = places.current(workspace)
    members.adopt_charter(place, found, member=actor, passphrase=passphrase(actor, passphrase_file))
    force = state(place).charter
    adopted = force is not None and force.digest == found.digest
    told = f"Signed {found.digest[:16]}. It is {'in force' if adopted else 'not in force yet'}."
    print_json({"charter": found.digest, "in_force": adopted}) if json else say(told)


def register_model(
    model: Annotated[Path, typer.Argument(help="ONNX file.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    version: Annotated[str, typer.Option(help="Version, for example 1.2.")],
    intended_use: Annotated[str, typer.Option(help="What it is for, in one or two sentences.")],
    risk_tier: Annotated[str, typer.Option(help="Tier of the charter.")],
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "not stated",
    parent: Annotated[str, typer.Option(help="Digest of the version that it replaces.")] = "",
    columns: Annotated[
        str, typer.Option(help="Raw columns in input order, separated by commas, when the file does not name them.")
    ] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Inspect a model, store it and record it."""
    words = register.ModelWords(name, version, owner, intended_use, risk_tier, parent)
    named = tuple(part.strip() for part in columns.split(",") if part.strip())
    digest = register.register_model(places.current(workspace), model, words, actor=actor, columns=named)
    print_json({"model": digest}) if json else say(digest)


def register_data(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    role: Annotated[str, typer.Option(help="training, evaluation, monitoring or benchmark.")],
    schema: Annotated[Path | None, typer.Option(help="Column roles as TOML.")] = None,
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Store a table with its column roles and record it."""
    if role not in {"training", "evaluation", "monitoring", "benchmark"}:
        raise RefusedInputError(f"No data role {role!r}.", "Known: training, evaluation, monitoring, benchmark.")
    words = register.DataWords(name, cast("register.DataRole", role), column_roles(schema))
    digest = register.register_data(places.current(workspace), data, words, actor=actor, progress=reporter())
    print_json({"data": digest}) if json else say(digest)


def assess_method(
    method: Annotated[str, typer.Argument(help="Id of a method, for example fairness.by_group.")],
    data: Annotated[str, typer.Option(help="Digest of registered data, or its beginning.")],
    model: Annotated[str, typer.Option(help="Digest of a registered model, or its beginning.")] = "",
    reference: Annotated[str, typer.Option(help="Digest of registered data to compare with.")] = "",
    cohort: Annotated[str, typer.Option(help='Rows, for example: age >= 60 and sex = "Female".')] = "",
    parameters: Annotated[str, typer.Option(help="Parameters as a JSON object.")] = "{}",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Run a method on what is registered, record its evidence, and print it."""
    place = places.current(workspace)
    asked = {"model": model, "data": data, "reference": reference, "cohort": cohort}
    choice = subjects.from_query(place, asked)
    for name, value in (("model", model), ("data", data), ("reference", reference)):
        if value and not getattr(choice, name):
            raise RefusedInputError(f"No one {name} with digest {value!r} is registered.", "Give more of its digest.")
    task = subjects.task(place, method, choice, parse(parameters.encode()))
    found = assess.now(place, task, actor=actor, progress=reporter())
    if json:
        print_json({"digest": found.digest, "evidence": encode(found.evidence)})
    else:
        say(f"{found.digest}  {method}  rows {found.evidence.rows.used} of {found.evidence.rows.total}")
