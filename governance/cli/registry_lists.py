"""What is registered, so that nobody has to keep the digests that were printed once."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.workflow.workspace import current_workspace, subjects


def model_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the registered models, the latest last."""
    found = current_workspace.current(workspace).read().models()
    if json:
        fields = ("digest", "name", "version", "task", "owner", "risk_tier", "parent", "index", "time")
        print_json({"models": [{name: getattr(item, name) for name in fields} for item in found]})
        return
    for item in found:
        say(
            f"{item.digest[:16]}  {item.name!r} {item.version!r}  {item.task}, tier {item.risk_tier}, owner {item.owner!r}"
        )
    _end(len(found), "model is", "models are")


def data_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the registered tables, the latest last."""
    found = current_workspace.current(workspace).read().datasets()
    if json:
        fields = ("digest", "name", "role", "rows", "original_digest", "index", "time")
        print_json({"data": [{name: getattr(item, name) for name in fields} for item in found]})
        return
    for item in found:
        say(f"{item.digest[:16]}  {item.name!r}  {item.role}, {item.rows:,} rows")
    _end(len(found), "table is", "tables are")


def evidence_list(
    model: Annotated[str, typer.Option(help="Only about this model: its digest, or its beginning.")] = "",
    method: Annotated[str, typer.Option(help="Only of this method, for example fairness.by_group.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """List the recorded evidence, the latest last."""
    place = current_workspace.current(workspace)
    wanted = subjects.named_model(place, model) if model else ""
    found = [
        item
        for item in place.read().all_evidence()
        if (not wanted or item.model == wanted) and method in ("", item.method)
    ]
    if json:
        fields = ("digest", "method", "method_version", "outcome", "model", "rows_used", "rows_total", "index", "time")
        print_json({
            "evidence": [
                {**{name: getattr(item, name) for name in fields}, "data": list(item.data)} for item in found
            ]
        })  # fmt: skip
        return
    for item in found:
        about = f", model {item.model[:16]}" if item.model else ""
        rows = f"{item.rows_used:,} of {item.rows_total:,} rows"
        say(f"{item.digest[:16]}  {item.method}  {item.outcome.replace('_', ' ')}, {rows}{about}")
    _end(len(found), "piece of evidence is", "pieces of evidence are")


def _end(count: int, one: str, several: str) -> None:
    say(f"{count} {one if count == 1 else several} registered.")
