"""Commands about reminders: a member asks for them, looks at what they would say, takes a calendar; a job sends them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, ForceOption, check_place, print_json, say, write_bytes
from governance.cli.passphrase import acting_as
from governance.evidence import RefusedInputError, encode
from governance.language import Voice, known
from governance.workflow import reminders
from governance.workflow.workspace import current_workspace, now
from storage.times import rfc3339


class LanguageChoice(StrEnum):
    """Language of a reminder."""

    en = "en"
    de = "de"


LanguageOption = Annotated[LanguageChoice, typer.Option("--language", help="Language of the words.")]
MailOption = Annotated[
    Path | None,
    typer.Option("--mail", help=f"TOML file with the mail server; else the one that {reminders.CONFIGURED} names."),
]


def reminders_ask(
    address: Annotated[str, typer.Argument(help="Your e-mail address.")],
    actor: ActorOption,
    language: LanguageOption = LanguageChoice.en,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Ask as a member for a digest of what waits for you, at most once a day, and for new alerts."""
    place = current_workspace.current(workspace)
    acting = acting_as(place, actor, passphrase_file)
    wish = reminders.ask(place, address, actor=acting, language=known(language.value))
    print_json(encode(wish)) if json else say(f"{wish.member} is reminded at {wish.address}.")


def reminders_stop(
    actor: ActorOption = "service",
    member: Annotated[str, typer.Option(help="Whose reminders end; the operator may end anybody's.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Ask for no more reminders; the address is forgotten."""
    place = current_workspace.current(workspace)
    acting = acting_as(place, actor, passphrase_file)
    reminders.stop(place, actor=acting, member=member)
    who = member or acting.id
    print_json({"member": who, "asked": False}) if json else say(f"{who} is not reminded any more.")


def reminders_show(
    member: Annotated[str, typer.Argument(help="Member id.")],
    language: LanguageOption = LanguageChoice.en,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Show what a member would be reminded of now, and what was sent when; nothing is sent."""
    place = current_workspace.current(workspace)
    found = reminders.agenda_of(place, member, rfc3339(now()), Voice(known(language.value)))
    wish, told = reminders.wish_of(place, member), reminders.sent(place, member)
    if json:
        print_json({**encode(found), "asked": wish is not None, "sent": encode(told)})
        return
    say(f"{member} {'asked' if wish else 'did not ask'} for reminders.")
    for item in found.items:
        say(f"{item.kind:5} {item.due[:10] or '-':10} {item.words}")
    for one in told:
        say(f"{one.time} {'sent' if one.state == 'sent' else 'perhaps sent'}: {one.what}, {one.lines} lines")


def reminders_send(
    mail: MailOption = None, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False
) -> None:
    """Send every member who asked for it what waits for them; nothing twice. For cron. Ends with 1 when one did not arrive."""
    server = reminders.configured(mail)
    if server is None:
        raise RefusedInputError(
            "No mail server is named, so nothing is sent.", f"Give --mail FILE, or set {reminders.CONFIGURED}."
        )
    done = reminders.send(current_workspace.current(workspace), server)
    if json:
        print_json({"reminded": encode(done)})
    elif not done:
        say("Nobody asked for reminders.")
    else:
        for item in done:
            say(f"{item.member}: {item.outcome.replace('_', ' ')}{f', {item.reason}' if item.reason else ''}")
    lost = any(item.outcome in ("failed", "unclear") for item in done)
    raise typer.Exit(NOT_SATISFIED if lost else DONE)


def reminders_calendar(
    member: Annotated[str, typer.Argument(help="Member id.")],
    out: Annotated[Path, typer.Option(help="Where the calendar (.ics) is written.")],
    language: LanguageOption = LanguageChoice.en,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write a member's deadlines as a calendar that calendar programs read (iCalendar, RFC 5545)."""
    check_place(out, force=force)
    place = current_workspace.current(workspace)
    text = reminders.calendar_of(place, member, Voice(known(language.value)))
    write_bytes(out, text)
    events = text.count(b"BEGIN:VEVENT")
    print_json({"out": str(out), "events": events}) if json else say(f"{events} deadlines in {out}.")
