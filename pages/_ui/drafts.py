"""Words that are being written: kept in the workspace after each change, so that a reload loses nothing."""

from __future__ import annotations

import streamlit as st

from governance.workflow import clock, places
from pages._ui import state

_KEPT = "Your words are kept as soon as you leave the field, or press Ctrl+Enter."


def area(label: str, case: str, kind: str, *, help_text: str = "", height: int = 120, default: str = "") -> str:
    """Draw a text field whose content survives a reload, and return it.

    Args:
        label: above the field.
        case: id of the case.
        kind: what the words will be: "vote", "comment", ...
        help_text: what to write.
        height: of the field, in pixels.
        default: what stands in it before anything was written.
    """
    who, key = state.visitor().id, _key(case, kind)
    drafts = places.current().drafts
    if key not in st.session_state:
        found = drafts.get(who, case, kind)
        st.session_state[key] = found.content if found else default

    def keep() -> None:
        drafts.save(who, case, kind, st.session_state[key], clock.now())

    return st.text_area(label, key=key, on_change=keep, height=height, help=f"{help_text} {_KEPT}".strip())


def sent(case: str, *kinds: str) -> None:
    """Forget drafts whose words have been signed."""
    for kind in kinds:
        places.current().drafts.discard(state.visitor().id, case, kind)
        counter = f"drafts.{case}.{kind}"
        st.session_state[counter] = int(st.session_state.get(counter, 0)) + 1


def _key(case: str, kind: str) -> str:
    return f"draft-{state.visitor().id}-{case}-{kind}-{st.session_state.get(f'drafts.{case}.{kind}', 0)}"
