"""Commands about the data contract of a registered table: put expectations to use, show the versions, hold another table against them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import text_of
from governance.codec import encode
from governance.errors import RefusedInputError
from governance.quality import expectations as expected
from governance.workflow import assess, contract, places, subjects
from storage.workspace import Workspace

DataArgument = Annotated[
    str, typer.Argument(help="Digest of the registered table that has the contract, or its beginning.")
]


def contract_put(
    data: DataArgument,
    expectations: Annotated[Path, typer.Argument(help="Expectations as TOML or JSON, or a Great Expectations suite.")],
    name: Annotated[str, typer.Option(help="What they are called; their own name when left out.")] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Put expectations to use as the next version of a table's contract, with an entry in the ledger."""
    place = places.current(workspace)
    digest = _registered(place, data)
    given = expected.read(text_of(expectations))
    found = assess.now(
        place, contract.task(place, digest, given.expectations, name or given.name), actor=actor, progress=reporter()
    )
    version = contract.in_force(place, digest)
    assert version is not None
    if json:
        print_json({"digest": found.digest, "data": digest, **_document(version)})
    else:
        say(
            f"Version {version.number} of {version.contract.expectations.name}: {len(given.expectations)} expectations."
        )
        for check in version.contract.failed:
            say(f"The table itself does not keep {check.check} {check.column}: {check.reason}")


def contract_show(data: DataArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Show the versions of a table's contract, the one in force last."""
    place = places.current(workspace)
    digest = _registered(place, data)
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
    json: JsonOption = False,
) -> None:
    """Hold a registered table against the contract in force for another; ends with 1 when it breaks what the other one keeps."""
    place = places.current(workspace)
    holder, digest = _registered(place, data), _registered(place, other)
    task = contract.held(place, digest, holder)
    if task is None:
        raise RefusedInputError("That table has no contract.", "Put one to use with `countersign contract put`.")
    found = assess.now(place, task, actor=actor, progress=reporter())
    broken = contract.broken(place, holder, found)
    if json:
        print_json({"satisfied": not broken, "evidence": found.digest, "broken": encode(broken)})
    else:
        for check in broken:
            say(f"broken {check.check:15} {check.column}: {check.reason}")
        say(f"{len(broken)} expectations are broken that the table of the contract keeps.")
    raise typer.Exit(NOT_SATISFIED if broken else DONE)


def _document(version: contract.Version) -> dict[str, object]:
    return {
        "version": version.number, "index": version.index, "time": version.time, "actor": version.actor,
        "name": version.contract.expectations.name, "expectations": encode(version.contract.expectations.expectations),
        "failed": encode(version.contract.failed),
    }  # fmt: skip


def _registered(place: Workspace, data: str) -> str:
    found = subjects.from_query(place, {"data": data}).data
    if not found:
        raise RefusedInputError(f"No one table with digest {data!r} is registered.", "Give more of its digest.")
    return found
