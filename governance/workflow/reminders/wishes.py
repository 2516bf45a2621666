"""Who wants reminders, and where to. A member asks for themselves; an address stands beside the record, never in it."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from governance.evidence import RefusedInputError, RuleError, canonical, parse
from governance.language import Language, known
from governance.review import SERVICE
from governance.workflow.workspace import Acting, now, require_act, state
from storage import Aid, Aids, Workspace

KIND: Final = "reminder"
LONGEST: Final = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3, without the angle brackets)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """That a member wants a digest of what waits for them, once a day at most."""

    member: str
    """Id."""
    address: str
    """Of the member's mailbox."""
    language: Language
    """Of the digest."""
    since: str
    """When it was asked for, RFC 3339."""


def ask(workspace: Workspace, address: str, *, actor: Acting, language: Language = "en") -> Wish:
    """Let a member be reminded at an address; a new wish takes the place of the old one.

    Raises:
        RuleError: a guest, or the operator: nobody asks for somebody else.
        RefusedInputError: the address is none.
    """
    require_act(state(workspace), actor)
    if actor.id == SERVICE:
        raise RuleError("Nobody asks for reminders for somebody else.", "Name yourself with --as, and your passphrase.")
    content = {"address": checked(address), "language": known(language)}
    aid = Aid(kind=KIND, data="", name=actor.id, content=canonical(content).decode(), actor=actor.id)
    Aids(workspace.engine).keep(aid, now(), replace=True)
    found = wish_of(workspace, actor.id)
    assert found is not None
    return found


def stop(workspace: Workspace, *, actor: Acting, member: str = "") -> None:
    """Forget the wish of whoever acts; the operator may forget anybody's.

    Raises:
        RuleError: a guest, or a member about somebody else.
    """
    require_act(state(workspace), actor)
    who = member or actor.id
    if actor.id not in (who, SERVICE):
        raise RuleError("A member stops their own reminders only.", "Ask the operator of this service.")
    Aids(workspace.engine).discard(KIND, "", who)


def all_wishes(workspace: Workspace) -> tuple[Wish, ...]:
    """Return every wish of those who are members now, by id."""
    members = state(workspace).members
    return tuple(_read(item) for item in Aids(workspace.engine).all(KIND, "") if item.name in members)


def wish_of(workspace: Workspace, member: str) -> Wish | None:
    """Return the wish of a member, None where there is none."""
    return next((item for item in all_wishes(workspace) if item.member == member), None)


def _read(item: Aid) -> Wish:
    found = parse(item.content.encode())
    return Wish(item.name, str(found["address"]), known(str(found["language"])), item.saved)


def checked(address: str) -> str:
    """Return an address without blanks around it.

    Raises:
        RefusedInputError: it is none that a header can hold: control characters, several, a name beside it, or too long.
    """
    found = address.strip()
    local, at, host = found.rpartition("@")
    plain = found.isprintable() and found.isascii() and parseaddr(found)[1] == found
    if not (plain and at and local and "." in f"{host}." and host.strip(".") and len(found) <= LONGEST) or any(
        sign in found for sign in ' ,;<>()[]\\"'
    ):
        raise RefusedInputError(f"{found[:80]!r} is no e-mail address.", "Write one plain address: name@example.org.")
    return found
