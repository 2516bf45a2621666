"""A table on its way in, drawn: how it is read, what was noticed, its first rows, and what its columns hold."""

from __future__ import annotations

import secrets
from concurrent.futures import CancelledError, wait
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from governance.data import MISSING, CsvReading, TableLook
from governance.evidence import Cancelled
from governance.language import mark
from governance.workflow.registry import Looking, TableChoices, begin
from pages._ui import session, tongue
from pages._ui.tables import table
from pages._ui.text import plain, shown
from pages._ui.uploads import Incoming
from pages.registry.register import draft

SEPARATORS: Final = {
    "": mark("as detected"), ",": mark("comma"), ";": mark("semicolon"), "\t": mark("tab"), "|": mark("vertical bar"),
}  # fmt: skip
ENCODINGS: Final = ("", "utf-8", "cp1252", "latin-1", "utf-16", "cp1250", "cp1251", "shift_jis", "gb18030")


_KEPT: Final = 32
"""Looks that the app remembers; the oldest is forgotten first."""
_UNNOTICED_S: Final = 0.5
"""How long a page waits for a look before it shows how far it is."""
_looks: Final[dict[tuple[str, str, TableChoices], Looking]] = {}


def looked_at(incoming: Incoming, choices: TableChoices) -> TableLook:
    """Return the first look at a file; taken once by a person for the same bytes and choices, in a process of its own.

    While it is under way, the page shows how far it is and ends here.
    """
    key = (session.person(), incoming.digest, choices)
    looking = _looks.get(key)
    if looking is None:
        step_file = Path(f"{incoming.path}.{secrets.token_hex(8)}.json")
        looking = _looks[key] = begin(Path(incoming.path), choices, step_file, person=key[0])
        for old in list(_looks)[:-_KEPT]:
            _looks.pop(old, None)
    if not wait((looking.turn,), _UNNOTICED_S).done and not looking.turn.cancelled():
        _poll(looking)
        st.stop()
    try:
        return looking.turn.result(timeout=0)
    except (CancelledError, Cancelled):
        st.markdown(tongue.say("The look at this file was stopped. Nothing was stored."))
        st.button(tongue.say("Look again"), key="look-again", on_click=_forget, args=(key,), icon=":material/refresh:")
        st.stop()
    except BaseException:
        _looks.pop(key, None)
        raise


def _forget(key: tuple[str, str, TableChoices]) -> None:
    _looks.pop(key, None)


@st.fragment(run_every="1s")
def _poll(looking: Looking) -> None:
    if looking.turn.done():
        st.rerun()
    step = looking.step()
    with st.container(border=True, key="looking"):
        st.markdown(tongue.say("**Every row is read once**, before anything is stored."))
        st.progress(min(1.0, step.done / step.of) if step and step.of else 0.0, text=plain(looking.line()))
        st.button(
            tongue.say("Stop"), key="stop-looking", on_click=looking.turn.stop, icon=":material/stop_circle:", type="tertiary",
            disabled=looking.turn.stopping,
        )  # fmt: skip


def _separator_words(sign: str) -> str:
    return tongue.say(SEPARATORS[sign])


def _read_as(look: TableLook, found: CsvReading) -> str:
    """Return how a text file is read, in a sentence."""
    return tongue.say(
        "A text file with {rows} rows and {columns} columns: encoding **{encoding}**, cells separated by a **{separator}**, "
        "decimal **{point}**, {header}.",
        rows=tongue.voice().whole(look.rows),
        columns=len(look.columns),
        encoding=plain(found.encoding),
        separator=tongue.say(SEPARATORS.get(found.separator, mark("another character"))),
        point=tongue.say("comma" if found.decimal == "," else "point"),
        header=tongue.say("first row names the columns" if found.header else "no row of names"),
    )


def reading(incoming: Incoming) -> TableLook:
    """Draw how the file is read, with the means to change it, and return the look that results."""
    names = tuple(f"{name}-{incoming.digest[:12]}" for name in ("separator", "encoding", "missing", "as-text"))
    separator, encoding, more, as_text = (draft.get(name) for name in names)
    tokens = (*MISSING, *(part.strip() for part in (more or "").split(",") if part.strip()))
    look = looked_at(incoming, TableChoices(separator or "", encoding or "", tokens, tuple(as_text or ())))
    found = look.reading
    if found is None:
        st.markdown(
            tongue.say(
                "A Parquet file with {rows} rows and {columns} columns. It names its types itself.",
                rows=tongue.voice().whole(look.rows),
                columns=len(look.columns),
            )
        )
        return look
    st.markdown(_read_as(look, found))
    for warning in found.warnings:
        st.markdown(f":material/info: {plain(warning, 600)}")
    with st.popover(tongue.say("Read it differently"), icon=":material/tune:", type="tertiary"):
        st.selectbox(
            tongue.say("Separator"),
            list(SEPARATORS),
            format_func=_separator_words,
            index=draft.place(names[0], list(SEPARATORS), 0) or 0,
            key=draft.field(names[0]),
        )
        st.selectbox(
            tongue.say("Encoding"),
            ENCODINGS,
            format_func=_encoding_words,
            index=draft.place(names[1], ENCODINGS, 0) or 0,
            key=draft.field(names[1]),
        )
        st.text_input(
            tongue.say("Further words for missing, separated by commas"),
            value=draft.get(names[2]),
            key=draft.field(names[2]),
            placeholder="?, -999",
            max_chars=500,
        )
        st.multiselect(
            tongue.say("Columns that stay text"), found.columns, format_func=shown,
            default=[name for name in as_text or () if name in found.columns],
            key=draft.field(names[3]),
            help=tongue.say("For codes such as postcodes, which are no quantities."),
        )  # fmt: skip
    st.caption(
        tongue.say(
            "Missing is: {tokens}. The word None and a question mark are values unless you say otherwise.",
            tokens=", ".join(plain(repr(token)) for token in found.missing),
        )
    )
    return look


def _encoding_words(name: str) -> str:
    return name or "as detected"


def contents(look: TableLook) -> None:
    """Draw the first rows of the table."""
    names = [shown(column.name, 100) for column in look.columns]
    first = pd.DataFrame([[shown(cell, 100) for cell in row] for row in look.sample], columns=range(len(names)))
    first.columns = pd.Index(names)
    with st.expander(tongue.say("The first rows"), key="look-rows-open", on_change="rerun") as box:
        if box.open:
            table(first, "The first rows of the table", key="look-rows")
