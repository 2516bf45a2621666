"""`countersign watch`: a new batch against a frozen baseline, or a registered window against the record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.alert_channels import ChannelOptions, complain
from governance.cli.drift import CorrectionChoice, CorrectionOption, tell
from governance.cli.inputs import check_files, digest_of, naming
from governance.cli.norms import say_report
from governance.cli.options import ActorOption, JsonOption, SecretOption, SeedOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import warn_of_reading
from governance.evidence import RefusedInputError, encode, environment
from governance.review import SERVICE

if TYPE_CHECKING:
    from governance.workflow.monitoring import Delivery, Target, Watched
    from governance.workflow.workspace import Acting, Choice
    from storage import Workspace

Registered = Annotated[str, typer.Option(help="Digest of what is registered, or its beginning; with --workspace.")]


def watch(
    channels: ChannelOptions,
    how: ReadingOptions,
    frozen: Annotated[
        Path | None, typer.Argument(help="Baseline that `countersign baseline` wrote; with --workspace the new batch.")
    ] = None,
    current: Annotated[Path | None, typer.Argument(help="CSV or Parquet file of the new batch.")] = None,
    correction: CorrectionOption = CorrectionChoice.bh,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Bound over all windows for ever.")] = 0.05,
    window: Annotated[
        int, typer.Option(min=0, help="Number of this window from 1, to spend alpha; 0 for no spending.")
    ] = 0,
    seed: SeedOption = 0,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Folder of the workspace in which the watch is recorded.")
    ] = None,
    model: Registered = "",
    data: Registered = "",
    reference: Registered = "",
    actor: ActorOption = SERVICE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Compare a new batch with what was before; ends with 1 on an alert.

    On files: BASELINE and BATCH. In a workspace: --model, --reference (the evaluation data), and the new window: a file, which is
    registered, or --data. Evidence and every step of the alert are recorded. An alert that a member confirms suspends the model's
    approvals; so does one that labels show, where the policy of the approval names the automatic rule "realised". Whoever is named
    with --webhook or --mail-to is then told of an open alert; a notice that did not arrive is named on standard error and in
    `deliveries`, and ends with 1 too.
    """
    told = channels.targets()
    if workspace is not None:
        if current:
            raise RefusedInputError("A workspace and two files.", "Give the new batch alone; name the rest by digest.")
        asked = {"model": model, "data": data, "reference": reference}
        check_files(frozen)
        frozen = how.table(frozen) if frozen else None
        _recorded(_place(workspace, actor, passphrase_file), asked, frozen, told, channels.cooldown, json=json)
    if told:
        raise RefusedInputError(
            "A notice is signed with the record key of a workspace.", "Give --workspace, or leave the notice out."
        )
    if frozen is None or current is None:
        raise RefusedInputError(
            "There is nothing to watch.", "Give a baseline and a batch, or --workspace with what is registered."
        )
    check_files(frozen, current)
    current = how.table(current)
    _files(frozen, current, correction, _level(alpha, window), seed, json=json)


def _level(alpha: float, window: int) -> float:
    from governance.statistics import spent

    return spent(alpha, window) if window else alpha


def _files(frozen: Path, current: Path, correction: CorrectionChoice, level: float, seed: int, *, json: bool) -> None:
    from governance.drift import watched

    with naming(frozen, "baseline"):
        report, reading = watched(frozen, current, correction.value, level, seed)
    warn_of_reading(reading, current.name)
    alarms = [item for item in report.columns if item.verdict == "material"]
    if json:
        files = (("reference", frozen), ("data", current))
        inputs = [{"role": role, "digest": digest_of(path), "name": path.name} for role, path in files]
        head = {"satisfied": not alarms, "alerts": [item.name for item in alarms], "inputs": inputs}
        print_json({**head, "reading": encode(reading), "environment": encode(environment()), **encode(report)})
    else:
        tell(report)
    raise typer.Exit(NOT_SATISFIED if alarms else DONE)


def _place(workspace: Path, actor: str, passphrase_file: Path | None) -> tuple[Workspace, Acting]:
    from governance.workflow.workspace import current_workspace

    place = current_workspace.current(workspace)
    return place, acting_as(place, actor, passphrase_file)


def _recorded(
    where: tuple[Workspace, Acting],
    asked: dict[str, str],
    batch: Path | None,
    told: Sequence[Target],
    cooldown: float,
    *,
    json: bool,
) -> None:
    from governance.workflow.monitoring import alerts, watch as verbs

    place, actor = where
    choice = _choice(place, asked, batch, actor=actor)
    found = verbs.watch(place, choice, actor=actor, progress=reporter())
    deliveries = _told(place, choice, found, told, cooldown)
    name = alerts.name_of(choice.model, choice.data)
    steps = [item for item in alerts.history(place, choice.model) if item.alert == name]
    if json:
        moved = [item.name for item in found.report.columns if item.verdict == "material"]
        print_json({
            "satisfied": not found.open, "alerts": moved, "alert": name if steps else None,
            "state": found.alert.state if found.alert else None, "told": list(found.told), "not_asked": found.not_asked,
            "evidence": list(found.evidence), "steps": encode(tuple(steps)), "data": choice.data,
            "deliveries": encode(deliveries), "norms": encode(found.norms.report.norms) if found.norms else None,
            **encode(found.report),
        })  # fmt: skip
    else:
        say(f"Alert {name}: {found.alert.state.replace('_', ' ')}." if found.alert else "No alert.")
        for item in steps:
            say(f"{item.index:6} {item.time} {item.actor} {item.state.replace('_', ' ')}: {item.reason}")
        if found.not_asked:
            say(f"The model was not asked: {found.not_asked}")
        tell(found.report)
        if found.norms is not None:
            say_report(found.norms.report)
    accused = found.norms is not None and bool(found.norms.newly)
    raise typer.Exit(NOT_SATISFIED if complain(deliveries) or found.open or accused else DONE)


def _choice(place: Workspace, asked: dict[str, str], batch: Path | None, *, actor: Acting) -> Choice:
    from dataclasses import replace

    from governance.workflow.registry import taken_in
    from governance.workflow.workspace import subjects

    if batch is not None and asked["data"]:
        raise RefusedInputError("A file and --data at once.", "Give the new batch as one of the two.")
    choice = subjects.chosen(place, **asked)
    if batch is None:
        return choice
    if not choice.model or not choice.reference:
        raise RefusedInputError("The batch has nothing to be held against.", "Give --model and --reference.")
    return replace(choice, data=taken_in(place, batch, choice.reference, actor=actor, progress=reporter()))


def _told(
    place: Workspace, choice: Choice, found: Watched, told: Sequence[Target], cooldown: float
) -> tuple[Delivery, ...]:
    """Tell everybody of an open alert that has a new step, or whose last step is older than the cooldown."""
    from governance.drift import due
    from governance.workflow.monitoring import about
    from governance.workflow.workspace import now

    if not told or not found.open or not (found.told or due(found.alert, now(), cooldown)):
        return ()
    notice = about(place, choice, found)
    return tuple(target.deliver(notice) for target in told)
