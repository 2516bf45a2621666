"""Commands about the data contract of a registered table: put expectations to use, show the versions, hold another table against them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import naming, text_of
from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.evidence import RefusedInputError, encode
from governance.quality import expectation as expected
from governance.review import require_word
from governance.workflow.assess import assess
from governance.workflow.monitoring import contract
from governance.workflow.workspace import current_workspace, subjects
from storage import Workspace

DataArgument = Annotated[
    str, typer.Argument(help="Digest of the registered table that has the contract, or its beginning.")
]


def contract_put(
    data: DataArgument,
    expectations: Annotated[Path, typer.Argument(help="Expectations as TOML or JSON, or a Great Expectations suite.")],
    name: Annotated[str, typer.Option(help="What they are called; their own name when left out.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Also when they speak of columns that the table does not have.")
    ] = False,
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Put expectations to use as the next version of a table's contract, with an entry in the ledger."""
    from governance.quality import formats

    place = current_workspace.current(workspace)
    digest = subjects.named_data(place, data)
    with naming(expectations, "expectations"):
        given = formats.read(text_of(expectations))
    require_word("name of the contract", name or given.name)
    if not force:
        _require_columns(place, digest, given.expectations)
    found = assess.now(
        place,
        contract.task(place, digest, given.expectations, name or given.name),
        actor=acting_as(place, actor, passphrase_file),
        progress=reporter(),
    )
    version = contract.in_force(place, digest)
    assert version is not None
    if json:
        print_json({"digest": found.digest, "data": digest, **_document(version)})
    else:
        broken = len(version.contract.failed)
        say(
            f"Version {version.number} of {version.contract.expectations.name}: {len(given.expectations)} expectations, "
            f"of which the table itself does not keep {broken}."
        )
        for check in version.contract.failed:
            say(f"The table itself does not keep {check.check} {check.column}: {check.reason}")


def contract_show(data: DataArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Show the versions of a table's contract, the one in force last."""
    place = current_workspace.current(workspace)
    digest = subjects.named_data(place, data)
    found = contract.versions(place, digest)
    if json:
        print_json({"data": digest, "versions": [_document(item) for item in found]})
        return
    if not found:
        say(
            "No contract: propose one with `countersign expectations`, and put it to use with `countersign contract put`."
        )
    for item in found:
        count = len(item.contract.expectations.expectations)
        say(f"{item.index:6} {item.time} {item.actor} version {item.number}: {count} expectations")


def contract_check(
    data: DataArgument,
    other: Annotated[str, typer.Argument(help="Digest of the registered table to hold against it, or its beginning.")],
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Hold a registered table against the contract in force for another; ends with 1 when it breaks what the other one keeps."""
    place = current_workspace.current(workspace)
    holder, digest = subjects.named_data(place, data), subjects.named_data(place, other)
    task = contract.held(place, digest, holder)
    if task is None:
        raise RefusedInputError("That table has no contract.", "Put one to use with `countersign contract put`.")
    found = assess.now(place, task, actor=acting_as(place, actor, passphrase_file), progress=reporter())
    broken = contract.broken(place, holder, found)
    if json:
        print_json({"satisfied": not broken, "evidence": found.digest, "broken": encode(broken)})
    else:
        say(f"{len(broken)} expectations are broken that the table of the contract keeps.")
        for check in broken:
            say(f"broken {check.check:15} {check.column}: {check.reason}")
    raise typer.Exit(NOT_SATISFIED if broken else DONE)


def _document(version: contract.Version) -> dict[str, object]:
    return {
        "version": version.number, "index": version.index, "time": version.time, "actor": version.actor,
        "name": version.contract.expectations.name, "expectations": encode(version.contract.expectations.expectations),
        "failed": encode(version.contract.failed),
    }  # fmt: skip


def _require_columns(place: Workspace, digest: str, expectations: Sequence[expected.Expectation]) -> None:
    from governance.runs import open_data

    columns = open_data(subjects.data_file(place, digest)).columns
    absent = sorted({item.column for item in expectations if item.column and item.column not in columns})
    if absent:
        raise RefusedInputError(
            f"The expectations speak of {', '.join(map(repr, absent[:5]))}, which the table does not have ({len(absent)} columns).",
            "Choose the table that they are about, or add --force.",
        )
