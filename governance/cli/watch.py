"""`countersign watch`: a new batch against a frozen baseline, or a registered window against the record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.drift import CorrectionChoice, tell
from governance.cli.options import JsonOption
from governance.cli.output import DONE, INTERNAL, NOT_SATISFIED, print_json, say
from governance.cli.outputs import (
    CooldownOption,
    MailFromOption,
    MailToOption,
    SecurityChoice,
    SmtpOption,
    SmtpSecretOption,
    SmtpSecurityOption,
    SmtpUserOption,
    WebhookOption,
    complain,
    targets,
)
from governance.cli.progress import reporter
from governance.cli.sources import digest_of
from governance.codec import encode
from governance.errors import RefusedInputError
from governance.evidence import environment

if TYPE_CHECKING:
    from governance.workflow.deliver import Delivery, Target
    from governance.workflow.subjects import Choice
    from governance.workflow.watch import Watched
    from storage.workspace import Workspace

Registered = Annotated[str, typer.Option(help="Digest of what is registered, or its beginning; with --workspace.")]


def watch(
    frozen: Annotated[
        Path | None, typer.Argument(help="Baseline that `countersign baseline` wrote; with --workspace the new batch.")
    ] = None,
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
    webhook: WebhookOption = None,
    mail_to: MailToOption = None,
    mail_from: MailFromOption = "",
    smtp: SmtpOption = "",
    smtp_security: SmtpSecurityOption = SecurityChoice.starttls,
    smtp_user: SmtpUserOption = "",
    smtp_password_file: SmtpSecretOption = None,
    cooldown: CooldownOption = 24.0,
    json: JsonOption = False,
) -> None:
    """Compare a new batch with what was before; ends with 1 on an alert.

    On files: BASELINE and BATCH. In a workspace: --model, --reference (the evaluation data), and the new window: a file, which is
    registered, or --data. Evidence and every step of the alert are recorded, and an alert that labels confirm suspends the model's
    approvals. Whoever is named with --webhook or --mail-to is then told of an open alert; ends with 3 when that did not arrive.
    """
    told = targets(webhook, mail_to, mail_from, smtp, smtp_security, smtp_user, smtp_password_file)
    if workspace is not None:
        if current:
            raise RefusedInputError("A workspace and two files.", "Give the new batch alone; name the rest by digest.")
        asked = {"model": model, "data": data, "reference": reference}
        _recorded(workspace, asked, frozen, told, cooldown, json=json)
    if told:
        raise RefusedInputError(
            "A notice is signed with the record key of a workspace.", "Give --workspace, or leave the notice out."
        )
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
        files = (("reference", frozen), ("data", current))
        inputs = [{"role": role, "digest": digest_of(path), "name": path.name} for role, path in files]
        head = {"satisfied": not alerts, "alerts": [item.name for item in alerts], "inputs": inputs}
        print_json({**head, "environment": encode(environment()), **encode(report)})
    else:
        tell(report)
    raise typer.Exit(NOT_SATISFIED if alerts else DONE)


def _recorded(
    workspace: Path, asked: dict[str, str], batch: Path | None, told: Sequence[Target], cooldown: float, *, json: bool
) -> None:
    from governance.workflow import alert_book, places
    from governance.workflow import watch as verbs

    place = places.current(workspace)
    choice = _choice(place, asked, batch)
    found = verbs.watch(place, choice, progress=reporter())
    deliveries = _told(place, choice, found, told, cooldown)
    name = alert_book.name_of(choice.model, choice.data)
    steps = [item for item in alert_book.history(place, choice.model) if item.alert == name]
    if json:
        moved = [item.name for item in found.report.columns if item.verdict == "material"]
        print_json({
            "satisfied": not found.open, "alerts": moved, "alert": name if steps else None,
            "state": found.alert.state if found.alert else None, "told": list(found.told), "not_asked": found.not_asked,
            "evidence": list(found.evidence), "steps": encode(tuple(steps)), "data": choice.data,
            "deliveries": encode(deliveries), **encode(found.report),
        })  # fmt: skip
    else:
        say(f"Alert {name}: {found.alert.state.replace('_', ' ')}." if found.alert else "No alert.")
        for item in steps:
            say(f"{item.index:6} {item.time} {item.actor} {item.state.replace('_', ' ')}: {item.reason}")
        if found.not_asked:
            say(f"The model was not asked: {found.not_asked}")
        tell(found.report)
    if complain(deliveries):
        raise typer.Exit(INTERNAL)
    raise typer.Exit(NOT_SATISFIED if found.open else DONE)


def _choice(place: Workspace, asked: dict[str, str], batch: Path | None) -> Choice:
    from dataclasses import replace

    from governance.workflow import subjects
    from governance.workflow.batch import taken_in

    if batch is not None and asked["data"]:
        raise RefusedInputError("A file and --data at once.", "Give the new batch as one of the two.")
    choice = subjects.from_query(place, asked)
    for name, value in asked.items():
        if value and not getattr(choice, name):
            raise RefusedInputError(f"No one {name} with digest {value!r} is registered.", "Give more of its digest.")
    if batch is None:
        return choice
    if not choice.model or not choice.reference:
        raise RefusedInputError("The batch has nothing to be held against.", "Give --model and --reference.")
    return replace(choice, data=taken_in(place, batch, choice.reference, progress=reporter()))


def _told(
    place: Workspace, choice: Choice, found: Watched, told: Sequence[Target], cooldown: float
) -> tuple[Delivery, ...]:
    """Tell everybody of an open alert that has a new step, or whose last step is older than the cooldown."""
    from governance.drift.alerts import due
    from governance.workflow.clock import now
    from governance.workflow.notice import about

    if not told or not found.open or not (found.told or due(found.alert, now(), cooldown)):
        return ()
    notice = about(place, choice, found)
    return tuple(target.deliver(notice) for target in told)
