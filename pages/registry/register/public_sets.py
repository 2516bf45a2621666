"""Public data sets on their way in: what there is, under which licence, and the fetching, in a process of its own."""

from __future__ import annotations

import tempfile
from concurrent.futures import BrokenExecutor, TimeoutError as Late
from pathlib import Path
from typing import Final

import streamlit as st

from governance.data import PUBLIC, PublicSet, fetch
from governance.evidence import RefusedInputError
from governance.runs import executor
from pages._ui import errors, tongue
from pages._ui.text import plain
from pages.registry.register import files

_PATIENCE: Final = 300.0
"""Seconds until the page stops waiting."""


@st.cache_resource
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="countersign-public-", ignore_cleanup_errors=True)


def offer() -> None:
    """Draw the offer; what was fetched becomes the table of the registration."""
    with st.expander(tongue.say("Fetch a public data set"), key="public", on_change="rerun") as box:
        if not box.open:
            return
        chosen = st.selectbox(
            tongue.say("Public data set"), [item.title for item in PUBLIC], index=None, key="public-set",
            placeholder="choose", help=tongue.say("Nothing is downloaded before the button below is pressed."),
        )  # fmt: skip
        found = next((item for item in PUBLIC if item.title == chosen), None)
        if found is None:
            return
        st.markdown(about(found))
        if st.button(tongue.say("Fetch it"), key="public-fetch", icon=":material/download:"):
            with errors.caught(), st.spinner(tongue.say("Fetching, in a process of its own")):
                files.give("table", fetched(found))
                st.rerun()


def about(item: PublicSet) -> str:
    """Return what a person should know before fetching, as markdown."""
    return (
        f"- Licence: {plain(item.licence)}\n- Source: {plain(item.source)}\n- Rows as published: {item.rows:,}\n"
        f"- Note: {plain(item.note)}"
    )


def fetched(item: PublicSet) -> Path:
    """Return the fetched table, a Parquet file; a second question for the same set fetches nothing.

    Raises:
        RefusedInputError: it cannot be fetched; the words say why and what to do.
    """
    home = Path(_folder().name)
    place = home / f"{item.name}.parquet"
    if place.exists():
        return place
    part = place.with_suffix(".part")
    try:
        executor().submit(fetch, item.name, part, home / "cache").result(timeout=_PATIENCE)
    except Late as error:
        raise RefusedInputError(
            f"{item.title} has not arrived after {_PATIENCE / 60:.0f} minutes.",
            "The network may be slow or closed; try again later, or bring a file of your own.",
        ) from error
    except BrokenExecutor as error:
        raise RefusedInputError(
            f"The process that fetched {item.title} ended before it was done.",
            "The table may be too large for this machine; try another one, or bring a file of your own.",
        ) from error
    part.replace(place)
    return place
