"""A table on its way in, drawn: how it is read, what was noticed, its first rows, and what its columns hold."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.compute import executor
from governance.data.first_look import TableLook, look_at
from governance.data.reading import MISSING
from pages._ui.incoming import Incoming
from pages._ui.tables import count, share, table, words
from pages._ui.text import plain, shown

SEPARATORS: Final = {
    "": "as detected", ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar",
}  # fmt: skip
ENCODINGS: Final = ("", "utf-8", "cp1252", "latin-1", "utf-16", "cp1250", "cp1251", "shift_jis", "gb18030")


@st.cache_data(max_entries=32, show_spinner="Reading every row once")
def looked_at(
    incoming: Incoming, separator: str, encoding: str, missing: tuple[str, ...], as_text: tuple[str, ...]
) -> TableLook:
    """Return the first look at a file; taken once for the same bytes and choices, in a process of its own."""
    return executor().submit(look_at, incoming.path, separator, encoding, missing, as_text).result()


def reading(incoming: Incoming) -> TableLook:
    """Draw how the file is read, with the means to change it, and return the look that results."""
    names = ("data-separator", "data-encoding", "data-missing", "data-as-text")
    separator, encoding, more, as_text = (st.session_state.get(name) for name in names)
    tokens = (*MISSING, *(part.strip() for part in (more or "").split(",") if part.strip()))
    look = looked_at(incoming, separator or "", encoding or "", tokens, tuple(as_text or ()))
    found = look.reading
    if found is None:
        st.markdown(
            f"A Parquet file with {look.rows:,} rows and {len(look.columns)} columns. It names its types itself."
        )
        return look
    separator_name = SEPARATORS.get(found.separator, "another character")
    point = "comma" if found.decimal == "," else "point"
    st.markdown(
        f"A text file with {look.rows:,} rows and {len(look.columns)} columns: encoding **{plain(found.encoding)}**, cells "
        f"separated by a **{separator_name}**, decimal **{point}**, "
        f"{'first row names the columns' if found.header else 'no row of names'}."
    )
    for warning in found.warnings:
        st.markdown(f":material/info: {plain(warning, 600)}")
    with st.popover("Read it differently", icon=":material/tune:", type="tertiary"):
        st.selectbox("Separator", list(SEPARATORS), format_func=SEPARATORS.__getitem__, key=names[0])
        st.selectbox("Encoding", ENCODINGS, format_func=lambda name: name or "as detected", key=names[1])
        st.text_input(
            "Further words for missing, separated by commas", key=names[2], placeholder="?, -999", max_chars=500
        )
        st.multiselect(
            "Columns that stay text", found.columns, format_func=shown, key=names[3],
            help="For codes such as postcodes, which are no quantities.",
        )  # fmt: skip
    st.caption(
        "Missing is: "
        + ", ".join(plain(repr(token)) for token in found.missing)
        + ". The word None and a question mark are "
        "values unless you say otherwise."
    )
    return look


def contents(look: TableLook) -> None:
    """Draw the first rows and what every column holds."""
    names = [shown(column.name, 100) for column in look.columns]
    first = pd.DataFrame([[shown(cell, 100) for cell in row] for row in look.sample], columns=range(len(names)))
    first.columns = pd.Index(names)
    st.caption("The first rows")
    table(first, "The first rows of the table", key="look-rows")
    with st.expander("What every column holds", key="look-columns", on_change="rerun") as box:
        if box.open:
            frame = pd.DataFrame(
                {
                    "column": names,
                    "kind": [column.kind for column in look.columns],
                    "missing": [column.missing / column.rows for column in look.columns],
                    "distinct": [column.distinct for column in look.columns],
                    "values": [", ".join(shown(top.value, 40) for top in column.top[:5]) for column in look.columns],
                }
            )
            settings = {
                "column": words("Column"),
                "kind": words("Kind"),
                "missing": share("Missing"),
                "distinct": count("Different values", ""),
                "values": words("Most frequent", wide=True),
            }
            table(frame, "What every column holds", settings, key="look-profile")
