"""The message of a reminder: few words, nothing of a case but its title and what is due."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from governance.language import Voice
from governance.workflow.reminders.agenda import Agenda, Item, one_line
from governance.workflow.reminders.wishes import Wish

LONGEST_SUBJECT: Final = 120


def message(wish: Wish, found: Agenda, *, sender: str, origin: str) -> EmailMessage:
    """Return the message to a member about what waits for them.

    Args:
        wish: to whom, and in which language.
        found: what they are reminded of; at least one line.
        sender: address that the message comes from.
        origin: of the ledger: which board speaks.
    """
    voice = Voice(wish.language)
    mail = EmailMessage()
    mail["Subject"] = subject(found, voice)
    mail["From"], mail["To"] = sender, wish.address
    mail["Date"] = format_datetime(datetime.fromisoformat(found.at), usegmt=True)
    mail["Message-ID"] = make_msgid("countersign", sender.rpartition("@")[2] or "localhost")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: keeps holiday answers away
    mail.set_content(text(found, voice, origin))
    return mail


def subject(found: Agenda, voice: Voice) -> str:
    """Return the subject on one line: the thing itself where it is one, else how many."""
    mine = (*found.of("duty"), *found.of("alert")) or found.items
    if len(mine) == 1:
        return one_line(f"Countersign: {mine[0].words}", LONGEST_SUBJECT)
    return "Countersign: " + voice.count(len(mine), "One thing waits for you.", "{n} things wait for you.").rstrip(".")


def text(found: Agenda, voice: Voice, origin: str) -> str:
    """Return the message for people."""
    heads = {
        "duty": voice.say("What waits for you:"),
        "alert": voice.say("Alerts that nobody has settled:"),
        "end": voice.say("What ends soon:"),
    }
    parts = []
    for kind in ("duty", "alert", "end"):
        lines = [f"- {_line(item, voice)}" for item in found.items if item.kind == kind]
        if lines:
            parts.append("\n".join([heads[kind], *lines]))
    parts.append(
        voice.say(
            "From the board of {origin}. You asked for these reminders; you can stop them on the page Home, or by countersign "
            "reminders stop.",
            origin=one_line(origin),
        )
    )
    return "\n\n".join(parts) + "\n"


def _line(item: Item, voice: Voice) -> str:
    if not item.due:
        return item.words
    day = voice.day(item.due)
    return f"{item.words} ({voice.say('was due {day}', day=day) if item.late else voice.say('by {day}', day=day)})"
