"""A calendar of deadlines as an iCalendar file.

Source: RFC 5545: content lines are folded at 75 octets (3.1), text is escaped (3.3.11), each event has UID, DTSTAMP and DTSTART (3.6.1), a
display alarm has an action, a description and a trigger (3.6.6); RFC 7986, 5.1 for the name of the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

OCTETS: Final = 75
"""Longest line without its end."""
DAYS_BEFORE: Final = 7
"""When a calendar program rings."""
_STRANGE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that ends at a moment."""

    id: str
    """The same on every day, so that a calendar moves the event instead of adding another one."""
    words: str
    """What ends, on one line, not escaped."""
    due: str
    """RFC 3339 in UTC."""


def ics(events: Sequence[Event], *, name: str, origin: str, at: str) -> bytes:
    """Return the calendar as a file, UTF-8 with CRLF.

    Args:
        events: in any order; of two with one id the first is kept.
        name: of the calendar.
        origin: of the ledger, which makes the ids unique in the world.
        at: when the file was made, RFC 3339 in UTC.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Countersign//Deadlines//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}"]
    for event in {item.id: item for item in reversed(events)}.values():
        lines += _event(event, origin, at)
    lines.append("END:VCALENDAR")
    return "".join(part for line in lines for part in folded(line)).encode()


def _event(event: Event, origin: str, at: str) -> list[str]:
    words, name = escaped(event.words), escaped("-".join(event.id.split()))
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@{escaped(origin)}",
        f"DTSTAMP:{moment(at)}",
        f"DTSTART:{moment(event.due)}",
        f"SUMMARY:{words}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{words}",
        f"TRIGGER:-P{DAYS_BEFORE}D",
        "END:VALARM",
        "END:VEVENT",
    ]


def moment(time: str) -> str:
    """Return an RFC 3339 time in UTC as iCalendar writes it: 20260601T120000Z."""
    return time.replace("-", "").replace(":", "")


def escaped(text: str) -> str:
    """Return text as a value: backslash, semicolon, comma and line breaks escaped, control characters taken out."""
    found = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    found = found.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")
    return _STRANGE.sub(" ", found)


def folded(line: str) -> Iterator[str]:
    """Yield the content line in parts of at most 75 octets; no letter is cut in two."""
    part, room = "", OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield f"{part}\r\n"
            part, room = " ", OCTETS - 1
        part, room = part + sign, room - size
    yield f"{part}\r\n"
