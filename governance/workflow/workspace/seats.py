"""Who came in with a passphrase, for the day: kept in the memory of this process and nowhere else.

A seat is named by 256 random bits. The session of a browser holds the name; a restart of the service empties all seats.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from governance.workflow.workspace import acting
from governance.workflow.workspace.acting import GUEST, Acting
from governance.workflow.workspace.clock import now
from storage import Workspace

LASTS: Final = timedelta(hours=12)
"""A working day. Whoever stays longer gives the passphrase again."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """One person in one workspace."""

    actor: Acting
    place: str
    keyid: str
    """The key that the passphrase opened; a seat ends when another takes its place."""
    ends: datetime


_seats: dict[str, _Seat] = {}
_lock = threading.Lock()


def sit(workspace: Workspace, member: str, passphrase: str, seat: str = "") -> str:
    """Open a seat with the member's passphrase and return its name; `seat` is the name to give it, "" for a new one.

    Raises:
        RefusedInputError: the passphrase does not open the member's key, or too many did not.
    """
    actor = acting.with_passphrase(workspace, member, passphrase)
    name = seat or secrets.token_hex(32)
    with _lock:
        _seats[name] = _Seat(actor, str(workspace.root), _keyid(workspace, member), now() + LASTS)
    return name


def actor(workspace: Workspace, seat: str) -> Acting:
    """Return who sits on a seat: a guest when nobody does, the day is over, or the member or the key is no longer one."""
    with _lock:
        found = _seats.get(seat)
    if found is None or found.place != str(workspace.root):
        return GUEST
    if now() >= found.ends or _keyid(workspace, found.actor.id) != found.keyid:
        stand(seat)
        return GUEST
    return found.actor


def stand(seat: str) -> None:
    """Empty a seat."""
    with _lock:
        _seats.pop(seat, None)


def _keyid(workspace: Workspace, member: str) -> str:
    found = workspace.read().member(member)
    return found.keyid or "" if found is not None and found.removed is None else ""
