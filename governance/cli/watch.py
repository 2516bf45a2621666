"""`countersign watch`: a new batch against a frozen baseline, or a registered window against the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.drift import CorrectionChoice, tell
from governance.cli.options import JsonOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.codec import encode
from governance.errors import RefusedInputError

Registered = Annotated[str, typer.Option(help="Digest of what is registered, or its beginning; with --workspace.")]


def watch(
    frozen: Annotated[Path | None, typer.Argument(help="Baseline file that `countersign baseline` wrote.")] = None,
    current: Annotated[Path | None, typer.Argument(help="CSV or Parquet file of the new batch.")] = None,
    correction: Annotated[CorrectionChoice, typer.Option(help="bh, holm or none.")] = CorrectionChoice.bh,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Bound over all windows for ever.")] = 0.05,
    window: Annotated[
        int, typer.Option(min=0, help="Number of this window from 1, to spend alpha; 0 for no spending.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Folder of the workspace in which the watch is recorded.")
    ] = None,
    model: Registered = "",
    data: Registered = "",
    reference: Registered = "",
    json: JsonOption = False,
) -> None:
    """Compare a new batch with what was before; ends with 1 on an alert.

    On files: BASELINE and BATCH. In a workspace: --model, --data (the new window) and --reference (the evaluation data);
    evidence and every step of the alert are recorded, and an alert that labels confirm suspends the model's approvals.
    """
    if workspace is not None:
        if frozen or current:
            raise RefusedInputError("A workspace and files at once.", "Register the batch, and name it with --data.")
        _recorded(workspace, {"model": model, "data": data, "reference": reference}, json=json)
    if frozen is None or current is None:
        raise RefusedInputError(
            "There is nothing to watch.", "Give a baseline and a batch, or --workspace with what is registered."
        )
    _files(frozen, current, correction, _level(alpha, window), seed, json=json)


def _level(alpha: float, window: int) -> float:
    from governance.drift.correction import spent

    return spent(alpha, window) if window else alpha


def _files(frozen: Path, current: Path, correction: CorrectionChoice, level: float, seed: int, *, json: bool) -> None:
    from governance.drift.watch import watched

    report = watched(frozen, current, correction.value, level, seed)
    alerts = [item for item in report.columns if item.verdict == "material"]
    if json:
        print_json({"satisfied": not alerts, "alerts": [item.name for item in alerts], **encode(report)})
    else:
        tell(report)
    raise typer.Exit(NOT_SATISFIED if alerts else DONE)


def _recorded(workspace: Path, asked: dict[str, str], *, json: bool) -> None:
    from governance.workflow import alert_book, places, subjects
    from governance.workflow import watch as verbs

    place = places.current(workspace)
    choice = subjects.from_query(place, asked)
    for name, value in asked.items():
        if value and not getattr(choice, name):
            raise RefusedInputError(f"No one {name} with digest {value!r} is registered.", "Give more of its digest.")
    found = verbs.watch(place, choice, progress=reporter())
    name = alert_book.name_of(choice.model, choice.data)
    steps = [item for item in alert_book.history(place, choice.model) if item.alert == name]
    if json:
        moved = [item.name for item in found.report.columns if item.verdict == "material"]
        print_json({
            "satisfied": not found.open, "alerts": moved, "alert": name if steps else None,
            "state": found.alert.state if found.alert else None, "told": list(found.told), "not_asked": found.not_asked,
            "evidence": list(found.evidence), "steps": encode(tuple(steps)), **encode(found.report),
        })  # fmt: skip
    else:
        say(f"Alert {name}: {found.alert.state.replace('_', ' ')}." if found.alert else "No alert.")
        for item in steps:
            say(f"{item.index:6} {item.time} {item.actor} {item.state.replace('_', ' ')}: {item.reason}")
        if found.not_asked:
            say(f"The model was not asked: {found.not_asked}")
        tell(found.report)
    raise typer.Exit(NOT_SATISFIED if found.open else DONE)
