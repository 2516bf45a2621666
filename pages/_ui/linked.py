"""A choice that travels in the address by its id: a link opens what it names, or says that there is no such thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from pages._ui import tables, tongue
from pages._ui.text import plain

if TYPE_CHECKING:
    import pandas as pd

_KEPT: Final = "countersign.linked.kept."
_WIDGET: Final = "countersign.linked.widget."
_CLICKED: Final = "countersign.linked.clicked."
_SHORT: Final = 5
"""Rows that are looked through without a search."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Things in a table, one to a row."""

    ids: Sequence[str]
    """What the address holds, row by row."""
    frame: pd.DataFrame
    alt: str
    """What the table shows, for screen readers."""
    columns: Mapping[str, Any]
    """As in `pages._ui.tables.table`."""


def pick(label: str, titles: Mapping[str, str], *, name: str) -> str | None:
    """Draw a select box whose choice is the id in the address, and return that id.

    An id that a link brings and that is not among the choices is said, and nothing else is offered in its place: whoever follows a
    link to one thing must never read, or sign, another.

    Args:
        label: of the select box.
        titles: id -> what is shown of it; the first is chosen where nothing is asked for, and always where its id is "".
        name: of the parameter in the address.

    Returns:
        The id, or None after the address has been refused.
    """
    asked, kept = st.query_params.get(name), st.session_state.get(_KEPT + name)
    if is_refused(label, titles, name=name):
        return None
    first = next(iter(titles))
    before = kept if first and kept in titles else first
    st.session_state[_WIDGET + name] = asked if asked in titles else before
    words = distinct(titles)
    picked = st.selectbox(
        label, list(titles), format_func=words.__getitem__, key=_WIDGET + name, on_change=_follow, args=(name,)
    )
    st.session_state[_KEPT + name] = picked
    if picked and picked != asked:
        st.query_params[name] = picked
    elif not picked and asked is not None:
        _forget(name)
    return picked


def kept(name: str) -> str:
    """Return the id that was chosen last, "" where nothing was."""
    return str(st.session_state.get(_KEPT + name) or "")


def pick_row(label: str, rows: Listing, *, name: str) -> str | None:
    """Draw a table whose rows are things to look at, with a search above a long one, and return the id of the one that was clicked.

    The id stands in the address as with `pick`. A click on any cell chooses its row, and so do the arrow keys.

    Args:
        label: what one row is, for the words of a refused link.
        rows: what is listed.
        name: of the parameter in the address.

    Returns:
        The id, or None after the address has been refused, or where the search finds nothing.
    """
    if is_refused(label, rows.ids, name=name):
        return None
    sought = ""
    if len(rows.ids) > _SHORT:
        sought = (
            st.text_input(tongue.say("Search {ids} rows", ids=len(rows.ids)), key=f"search-{name}", max_chars=200)
            .strip()
            .lower()
        )
    texts = rows.frame.astype(str).agg(" ".join, axis=1).str.lower()
    found = [at for at, text in enumerate(texts) if sought in text]
    if not found:
        st.caption(tongue.say("Nothing here holds “{sought}”.", sought=plain(sought, 100)))
        return None
    clicked = tables.table_to_click(rows.frame.iloc[found], rows.alt, rows.columns, key=f"rows-{name}-{sought}")
    if clicked is not None and clicked != st.session_state.get(_CLICKED + name):
        st.session_state[_CLICKED + name] = clicked
        st.query_params[name] = rows.ids[found[min(clicked, len(found) - 1)]]
    asked, kept = st.query_params.get(name), st.session_state.get(_KEPT + name)
    chosen: str = next((str(item) for item in (asked, kept) if item in rows.ids), rows.ids[found[0]])
    st.session_state[_KEPT + name] = chosen
    if chosen != asked:
        st.query_params[name] = chosen
    return chosen


def is_refused(label: str, known: Container[str], *, name: str) -> bool:
    """Say whether the address names what is not here, after drawing that it does."""
    asked = st.query_params.get(name)
    if asked is None or asked in known or asked == st.session_state.get(_KEPT + name):
        return False
    _refuse(label, asked, name)
    return True


def distinct(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the titles with the id behind those that two ids share: a select box tells choices apart by what it shows."""
    often = Counter(titles.values())
    return {key: title if often[title] == 1 else f"{title} ({key})" for key, title in titles.items()}


def _follow(name: str) -> None:
    st.query_params[name] = st.session_state[_WIDGET + name]


def _forget(name: str) -> None:
    st.query_params.pop(name, None)


def _refuse(label: str, asked: str, name: str) -> None:
    with st.container(border=True):
        st.markdown(
            tongue.say(
                "**This link names something that is not here: {what} “{asked}”.**", what=label, asked=plain(asked, 120)
            )
        )
        st.markdown(
            tongue.say("It may come from another workspace, or be cut short. Nothing else is shown in its place.")
        )
        st.button(tongue.say("See what is here"), on_click=_forget, args=(name,), key=f"instead-{name}")
