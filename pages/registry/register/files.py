"""The files of a registration: one field takes the model and its table, together or one after the other, in any order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal

import streamlit as st

from pages._ui import tongue, uploads
from pages._ui.text import plain
from pages._ui.uploads import Incoming
from pages.registry.register import draft

Slot = Literal["model", "table"]
_TABLES: Final = {".csv", ".tsv", ".txt", ".parquet", ".pq"}
_SERIAL: Final = "countersign.given-serial"
_SEEN: Final = "countersign.given-seen"
_CHANGED: Final = "countersign.given-changed"
"""Whether a person has put a file in or taken one out since the page was last drawn."""
_ICONS: Final[dict[Slot, str]] = {"model": ":material/deployed_code:", "table": ":material/table:"}


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has brought so far."""

    model: Incoming | None
    table: Incoming | None


def receive() -> Given:
    """Draw the field and what stands in it; return the model and the table, each None while it has not come."""
    came = uploads.receive_several(
        "Model (ONNX) and table (CSV or Parquet)",
        f"given{st.session_state.get(_SERIAL, 0)}",
        "Together or one after the other, in any order. Other kinds of model are converted on your own machine: countersign convert "
        "SOURCE --out FILE --sample DATA.",
        _changed,
    )
    _take(came)
    found = Given(_in("model"), _in("table"))
    for slot, file in (("model", found.model), ("table", found.table)):
        if file is not None:
            _line(slot, file)  # type: ignore[arg-type]
    return found


def give(slot: Slot, place: Path) -> None:
    """Put a file that the app itself has fetched where a person would have put it."""
    file = uploads.bring(place)
    draft.put(f"file-{slot}", [file.path, file.digest, file.name])


def empty() -> None:
    """Empty the field; what stands in the draft is not touched."""
    st.session_state[_SERIAL] = int(st.session_state.get(_SERIAL, 0)) + 1
    st.session_state[_SEEN] = []


def _take(came: tuple[Incoming, ...]) -> None:
    """Put every file that came since the last look into its place, and take away those that somebody took out of the field."""
    seen = set(st.session_state.get(_SEEN, []))
    for file in came:
        if file.digest not in seen:
            draft.put(f"file-{_slot(file)}", [file.path, file.digest, file.name])
    here = {file.digest for file in came if uploads.is_kept(file.path)}
    changed = st.session_state.pop(_CHANGED, False)
    for slot in ("model", "table"):
        left = draft.get(f"file-{slot}", [])
        if changed and left and left[1] in seen - here:
            draft.put(f"file-{slot}", None)
    st.session_state[_SEEN] = sorted(here)
    for slot in ("model", "table"):
        many = [file.name for file in came if _slot(file) == slot]
        if len(many) > 1:
            st.caption(
                tongue.say(
                    ":material/info: One {slot} at a time: the others of these {many} wait for the next registration.",
                    slot=slot,
                    many=len(many),
                )
            )


def _changed() -> None:
    st.session_state[_CHANGED] = True


def _slot(file: Incoming) -> Slot:
    return "table" if Path(file.name).suffix.lower() in _TABLES else "model"


def _in(slot: Slot) -> Incoming | None:
    left = draft.get(f"file-{slot}", [])
    if not isinstance(left, list) or len(left) != len(fields(Incoming)):
        return None
    if uploads.still_here(left[0]):
        return Incoming(*left)
    st.caption(
        tongue.say(
            ":material/info: {left} was given before the app was started anew. Please give it again.",
            left=plain(left[2], 120),
        )
    )
    draft.put(f"file-{slot}", None)
    return None


def _line(slot: Slot, file: Incoming) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            tongue.say("{icons} The {slot}: **{name}**", icons=_ICONS[slot], slot=slot, name=plain(file.name, 120)),
            width="content",
        )
        st.button(tongue.say("Take it away"), key=f"away-{slot}", on_click=_away, args=(slot,), type="tertiary")


def _away(slot: Slot) -> None:
    draft.put(f"file-{slot}", None)
    empty()
