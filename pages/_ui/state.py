"""What a session remembers: ids only. The address of a page holds the choices, the workspace holds the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

GUEST: Final = "guest"
_WHO: Final = "countersign.who"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits in front of this screen. Choosing a name proves nothing: every act of a member asks for the passphrase."""

    id: str
    """Member id, or "guest"."""
    name: str
    roles: tuple[str, ...] = ()

    @property
    def member(self) -> bool:
        """Whether the visitor is a member, as opposed to a guest analyst who may look at everything and sign nothing."""
        return self.id != GUEST


ANALYST: Final = Visitor(GUEST, "Guest analyst")


def seated() -> str | None:
    """Return the id of who sits here, or None when nobody has said."""
    found = st.session_state.get(_WHO)
    return str(found) if found is not None else None


def sit(visitor: str) -> None:
    """Remember who sits here; it lasts as long as the browser tab's session."""
    st.session_state[_WHO] = visitor


def stand() -> None:
    """Forget who sat here."""
    st.session_state.pop(_WHO, None)


def visitor() -> Visitor:
    """Return who sits here; a guest when the member has been removed meanwhile."""
    from pages._ui import house

    who = seated()
    return next((member for member in house.members() if member.id == who), ANALYST)


def remembered(key: str, default: str = "") -> str:
    """Return an id that the session remembers."""
    return str(st.session_state.get(key, default))


def remember(key: str, value: str) -> None:
    """Let the session remember an id."""
    st.session_state[key] = value


def chosen(name: str, default: str = "") -> str:
    """Return a choice from the page's address, for example the case that a link points to."""
    return str(st.query_params.get(name, default))
