"""A registration that is under way: every answer is kept, in the session and, for a member, in the workspace.

Neither another page nor a reload loses a word. Only plain values of fields whose key begins with `FIELD` are kept; files stay where
they were put when they came, and the draft knows their places.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from governance.workflow.workspace import clock, current_workspace
from pages._ui import session

FIELD: Final = "registering-"
"""Before the key of every field of a registration."""
_KEPT: Final = "countersign.registering."
"""Before the id of the member whose draft the session holds: another one who sits down here finds their own."""
_CASE: Final = "registration"
_KIND: Final = "wizard"
_MOST: Final = 1_000_000
"""Characters of a draft in the workspace; a longer one is kept in the session alone."""


def resume() -> None:
    """Take what was just answered into the draft; to be called before any field is drawn."""
    if _mine() not in st.session_state:
        st.session_state[_mine()] = _stored()
    here = {str(key): value for key, value in st.session_state.items() if str(key).startswith(FIELD)}
    _keep({**_kept(), **{key: value for key, value in here.items() if _is_plain(value)}})


def field(key: str) -> str:
    """Return the key of the field that an answer is given in.

    What was answered before a field was last out of sight is handed to it as its first value (`get`, `place`) and not written into the
    session: what a run writes there is lost to the browser when the next run overtakes it.
    """
    return FIELD + key


def place(key: str, options: Sequence[str], otherwise: int | None = None) -> int | None:
    """Return where the answer stands among the options, for the `index` of a field; `otherwise` where there is none."""
    if FIELD + key in st.session_state:
        return otherwise  # the field is drawn and knows its answer
    found = _kept().get(FIELD + key)
    return options.index(found) if found in options else otherwise


def put(key: str, value: str | list[str] | None) -> None:
    """Change one answer of the draft, None to take it away; for callbacks and for files that came."""
    if FIELD + key in st.session_state:  # it is drawn; what is not takes the answer when it is drawn again
        st.session_state[FIELD + key] = value
    _keep({**_kept(), FIELD + key: value})


def get(key: str, default: Any = "") -> Any:
    """Return an answer of the draft, whether its field is drawn or not."""
    found = st.session_state.get(FIELD + key, _kept().get(FIELD + key))
    return default if found is None else found


def discard() -> None:
    """Forget the draft: it was registered."""
    for key in [key for key in st.session_state if str(key).startswith(FIELD)]:
        del st.session_state[key]
    st.session_state[_mine()] = {}
    who = session.actor()
    if who.proof == "passphrase":
        current_workspace.current().drafts.discard(who.id, _CASE, _KIND)


def _kept() -> dict[str, Any]:
    return dict(st.session_state.get(_mine(), {}))


def _mine() -> str:
    return _KEPT + session.actor().id


def _keep(answers: dict[str, Any]) -> None:
    now = {key: value for key, value in answers.items() if value is not None}
    if now != _kept():
        st.session_state[_mine()] = now
        _store(now)


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list)


def _stored() -> dict[str, Any]:
    who = session.actor()
    found = current_workspace.current().drafts.get(who.id, _CASE, _KIND) if who.proof == "passphrase" else None
    try:
        read = json.loads(found.content) if found else {}
    except ValueError:
        return {}
    return {key: value for key, value in read.items() if key.startswith(FIELD)} if isinstance(read, dict) else {}


def _store(answers: dict[str, Any]) -> None:
    who, text = session.actor(), json.dumps(answers)
    if who.proof == "passphrase" and len(text) <= _MOST:
        current_workspace.current().drafts.save(who.id, _CASE, _KIND, text, clock.now())
