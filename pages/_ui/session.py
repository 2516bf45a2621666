"""What a session remembers: ids only. The address of a page holds the choices, the workspace holds the truth.

A member sits here by passphrase, for the day: the seat is kept in the memory of the service under the name that the door gave to this
browser, so that a reload or a second tab asks for nothing. Where the browser has no name (a test), the session holds one.
"""

from __future__ import annotations

import secrets
from typing import Final

import streamlit as st

from governance.workflow.workspace import GUEST as READER, Acting, current_workspace, seats
from pages._server import door
from pages._ui import tongue, workspace
from pages._ui.choices import GUEST, Visitor

_WHO: Final = "countersign.who"
_SEAT: Final = "countersign.seat"
_ANONYMOUS: Final = "countersign.anonymous"

ANALYST: Final = Visitor(GUEST, "Guest analyst")


def actor() -> Acting:
    """Return who acts here, for the verbs: a member whom a passphrase has shown, else a guest, who changes nothing."""
    place = workspace.workspace()
    return seats.actor(place, _seat()) if place is not None else READER


def seated() -> str | None:
    """Return the id of who sits here, or None when nobody has said."""
    who = actor()
    if who.proof == "passphrase":
        return who.id
    return GUEST if st.session_state.get(_WHO) == GUEST else None


def sit(visitor: str, passphrase: str) -> None:
    """Let a member sit here until the evening, or a guest as long as the tab is open.

    Raises:
        RefusedInputError: the passphrase does not open the member's key.
    """
    if visitor != GUEST:
        place, seat = current_workspace.current(), _browser()
        st.session_state[_SEAT] = seats.sit(place, visitor, passphrase, seat)
    st.session_state[_WHO] = visitor


def stand() -> None:
    """Forget who sat here, in every tab of this browser."""
    seats.stand(_seat())
    for key in (_WHO, _SEAT):
        st.session_state.pop(key, None)


def visitor() -> Visitor:
    """Return who sits here; a guest when the member has been removed meanwhile."""
    who = seated()
    return next((member for member in workspace.members() if member.id == who), ANALYST)


def may_act(words: str) -> bool:
    """Say whether a member sits here; to a guest, say in `words` who does what stands here. The verbs refuse a guest in any case."""
    if actor().proof == "passphrase":
        return True
    st.caption(tongue.say("{words} A guest looks on.", words=words))
    return False


def person() -> str:
    """Return an id that tells who asks here from others, guests too: whoever asks much does not make others wait."""
    who = actor()
    if who.proof == "passphrase":
        return who.id
    if not _browser() and _ANONYMOUS not in st.session_state:
        st.session_state[_ANONYMOUS] = secrets.token_hex(8)
    return f"{GUEST}:{_browser() or st.session_state[_ANONYMOUS]}"


def _browser() -> str:
    """Return the name of this browser, "" where it has none."""
    given = st.context.cookies.get(door.cookie_name(st.get_option("server.port")), "")
    return str(given) if door.is_name(str(given)) else ""


def _seat() -> str:
    return str(st.session_state.get(_SEAT) or _browser())


def remembered(key: str, default: str = "") -> str:
    """Return an id that the session remembers."""
    return str(st.session_state.get(key, default))


def remember(key: str, value: str) -> None:
    """Let the session remember an id."""
    st.session_state[key] = value


def chosen(name: str, default: str = "") -> str:
    """Return a choice from the page's address, for example the case that a link points to."""
    return str(st.query_params.get(name, default))
