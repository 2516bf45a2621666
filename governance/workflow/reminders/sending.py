"""Reminders on their way: each is claimed before it is sent, so that a crash, or two jobs at once, never send it twice.

A claim is a row with the member and the day (or the alert) as its key. It is written first, as "sending"; what the server said is
written after. A message that certainly did not arrive gives its claim back, and the next run tries again. A claim that is still
"sending" on the next run is one whose process died, or whose line broke: it may have arrived, so it is not sent again, and is shown
as such.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from governance.evidence import RefusedInputError, canonical, parse
from governance.language import Voice
from governance.workflow.reminders.agenda import Agenda, agenda_of
from governance.workflow.reminders.calendar_file import Event, ics
from governance.workflow.reminders.digest import message
from governance.workflow.reminders.mail_server import MailServer
from governance.workflow.reminders.wishes import Wish, all_wishes
from governance.workflow.workspace import now
from storage import Aid, Aids, Workspace
from storage.times import rfc3339

KIND: Final = "reminded"
DAILY: Final = "day "
"""How the name of a claim begins that is a day's digest; others are alerts."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One claim: what was told to whom, when."""

    member: str
    what: str
    """"day 2026-06-01", or the key of an alert."""
    time: str
    """When it was claimed, RFC 3339."""
    state: Literal["sent", "sending"]
    """"sending": it may have arrived; nobody knows, and it is not sent again."""
    lines: int
    """Lines of the message."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of one member's reminder in a run."""

    member: str
    outcome: Literal["sent", "nothing_new", "already_sent", "failed", "unclear"]
    lines: int = 0
    reason: str = ""
    """Why it was not sent, "" when it was."""


def send(workspace: Workspace, server: MailServer) -> tuple[Reminded, ...]:
    """Send each member who asked for it what waits for them: a digest once a day, and between two digests alerts that are new.

    Raises:
        CountersignError: the workspace cannot be written; what was claimed before stays claimed.
    """
    at = rfc3339(now())
    return tuple(_remind(workspace, server, wish, at) for wish in all_wishes(workspace))


def _remind(workspace: Workspace, server: MailServer, wish: Wish, at: str) -> Reminded:
    whole = agenda_of(workspace, wish.member, at, Voice(wish.language))
    told = {item.what for item in sent(workspace, wish.member)}
    day = DAILY + at[:10]
    news = tuple(item for item in whole.of("alert") if item.key not in told)
    found = replace(whole, items=news) if day in told else whole
    if not found.items:
        return Reminded(wish.member, "already_sent" if day in told else "nothing_new")
    names = [*([] if day in told else [day]), *(item.key for item in news)]
    claimed = _claim(workspace, wish.member, names, lines=len(found.items))
    if not claimed:
        return Reminded(wish.member, "already_sent")
    return _deliver(workspace, server, wish, found, claimed)


def _deliver(workspace: Workspace, server: MailServer, wish: Wish, found: Agenda, claimed: list[str]) -> Reminded:
    aids, lines = Aids(workspace.engine), len(found.items)
    try:
        mail = message(wish, found, sender=server.sender, origin=workspace.origin)
        done = server.to(wish.address).send(mail)
    except RefusedInputError as error:
        _give_back(aids, wish.member, claimed)
        return Reminded(wish.member, "failed", lines, error.what)
    if done.delivered:
        for name in claimed:
            aids.rewrite(KIND, wish.member, name, content=_content("sent", lines))
        return Reminded(wish.member, "sent", lines)
    if done.unclear:
        return Reminded(wish.member, "unclear", lines, done.reason)
    _give_back(aids, wish.member, claimed)
    return Reminded(wish.member, "failed", lines, done.reason)


def _claim(workspace: Workspace, member: str, names: list[str], *, lines: int) -> list[str]:
    """Write the claims as "sending" and return them; none where another process was first with the first of them."""
    aids = Aids(workspace.engine)
    mine: list[str] = []
    for name in names:
        claim = Aid(kind=KIND, data=member, name=name, content=_content("sending", lines), actor=member)
        try:
            aids.keep(claim, now())
        except RefusedInputError:
            if not mine:
                return []
        else:
            mine.append(name)
    return mine


def _give_back(aids: Aids, member: str, names: list[str]) -> None:
    for name in names:
        aids.discard(KIND, member, name)


def _content(state: str, lines: int) -> str:
    return canonical({"state": state, "lines": lines}).decode()


def sent(workspace: Workspace, member: str) -> tuple[Sent, ...]:
    """Return what was sent to a member, the newest last."""
    found = []
    for item in Aids(workspace.engine).all(KIND, member):
        said = parse(item.content.encode())
        state: Literal["sent", "sending"] = "sent" if said["state"] == "sent" else "sending"
        found.append(Sent(member=member, what=item.name, time=item.saved, state=state, lines=int(said["lines"])))
    return tuple(sorted(found, key=lambda item: (item.time, item.what)))


def calendar_of(workspace: Workspace, member: str, voice: Voice) -> bytes:
    """Return the calendar of a member: their duties with a day, and what ends in the cases that are theirs."""
    at = rfc3339(now())
    found = agenda_of(workspace, member, at, voice, ahead=None)
    events = [Event(id=item.key, words=item.words, due=item.due) for item in found.items if item.due]
    return ics(events, name=f"Countersign: {workspace.origin}", origin=workspace.origin, at=at)
