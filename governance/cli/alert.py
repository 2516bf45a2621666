"""Commands about alerts: a member confirms one, or puts it aside, and signs; whoever was told of one checks the notice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import check_file
from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.passphrase import passphrase
from governance.workflow.monitoring import alerts
from governance.workflow.workspace import current_workspace, subjects


class RemedyChoice(StrEnum):
    """What can be done about a confirmed alert."""

    ignore_until = "ignore_until"
    recalibrate = "recalibrate"
    retrain = "retrain"
    roll_back = "roll_back"
    stop = "stop"


AlertArgument = Annotated[str, typer.Argument(help="Name of the alert, as `countersign watch --workspace` prints it.")]
ReasonOption = Annotated[str, typer.Option(help="Why, in a sentence that somebody else can check.")]


def alert_confirm(
    alert: AlertArgument,
    reason: ReasonOption,
    actor: ActorOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm as a member that the model does harm; every approval of it is suspended."""
    secret = passphrase(actor, passphrase_file)
    alerts.confirm(current_workspace.current(workspace), alert, reason, member=actor, passphrase=secret)
    print_json({"alert": alert, "state": "confirmed"}) if json else say(f"{alert}: confirmed.")


def alert_override(
    alert: AlertArgument,
    reason: ReasonOption,
    actor: ActorOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Put an alert aside as a member, and say why."""
    secret = passphrase(actor, passphrase_file)
    alerts.override(current_workspace.current(workspace), alert, reason, member=actor, passphrase=secret)
    print_json({"alert": alert, "state": "overridden"}) if json else say(f"{alert}: put aside.")


def alert_act(
    alert: AlertArgument,
    remedy: Annotated[RemedyChoice, typer.Argument(help="What is done.")],
    reason: ReasonOption,
    actor: ActorOption,
    until: Annotated[str, typer.Option(help="Last day of the silence, with ignore_until: 2026-12-31.")] = "",
    to: Annotated[
        str, typer.Option(help="Digest of the version to go back to, or its beginning, with roll_back.")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Say as a member what is done about a confirmed alert; the board still has to decide on a suspended case again."""
    from governance.workflow.monitoring import remedies, remedy as verbs

    place = current_workspace.current(workspace)
    taken = remedies.named(remedy.value, until, subjects.named_model(place, to) if to else "")
    secret = passphrase(actor, passphrase_file)
    verbs.take(place, alert, taken, reason, member=actor, passphrase=secret)
    print_json({"alert": alert, "state": "acted", "remedy": remedy.value}) if json else say(
        f"{alert}: {taken.words()}."
    )


def alert_verify(
    notice: Annotated[
        Path, typer.Argument(help="The notice as it came: body of the webhook, or the e-mail's attachment.")
    ],
    export: Annotated[Path, typer.Option(help="An export of the ledger: a folder or a .zip.")],
    trust: Annotated[Path, typer.Option(help="trust.json, received on another way than notice and export.")],
    json: JsonOption = False,
) -> None:
    """Check a notice that arrived: signed by the service of this ledger, and its steps in the record; ends with 1 when not."""
    from governance.workflow.audit import check_inputs
    from governance.workflow.monitoring import check

    check_file(notice)
    check_inputs(export, trust)
    answer = check(notice, export, trust)
    if json:
        print_json(answer)
    elif not answer["valid"]:
        say(f"NOT VALID. Reason: {answer['reason']}.")
    else:
        open_ = "open" if answer["open"] else "closed"
        say(
            f"VALID: alert {answer['alert']} of {answer['model']}, {answer['state'].replace('_', ' ')} ({open_}), {answer['time']}."
        )
        for words, items in (("Not checked", answer["not_checked"]), ("Not proved", answer["not_proved"])):
            for item in items:
                say(f"{words}: {item}.")
    raise typer.Exit(DONE if answer["valid"] else NOT_SATISFIED)
