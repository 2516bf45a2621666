"""One search for everything that can be gone to: pages, models, data sets, cases, entries of the ledger, and terms. Ctrl+K opens it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import streamlit as st

from governance.language import mark
from pages._ui import glossary, navigation, tongue, workspace
from pages._ui.text import plain, shown, spoken as as_words

MOST: Final = 8
"""Finds of one kind that are shown."""
Kind = Literal["page", "model", "data", "case", "entry", "term"]
HEADS: Final[Mapping[Kind, str]] = {
    "page": mark("Pages"),
    "case": mark("Cases"),
    "model": mark("Models"),
    "data": mark("Data sets"),
    "entry": mark("Entries of the ledger"),
    "term": mark("Terms"),
}
"""Kinds in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found."""

    kind: Kind
    title: str
    """Not escaped."""
    page: str = ""
    """Address of the page that shows it, "" for a term."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What its address holds."""
    words: str = ""
    """What a term means; "" for anything else."""


def find(words: str) -> tuple[Found, ...]:
    """Return what holds all of the words, whatever their case; a number is an entry, a part of a digest its model or data."""
    wanted = words.casefold().split()
    if not wanted:
        return ()
    found = (item for item in _everything() if all(word in _text(item) for word in wanted))
    return (*found, *_entry(words.strip()))


def _text(item: Found) -> str:
    return f"{item.title} {item.words} {' '.join(item.choices.values())}".casefold()


def _everything() -> Iterator[Found]:
    say = tongue.voice().say
    for page in navigation.ENTRIES:
        yield Found("page", say(page.title), page.key)
    views = workspace.views()
    for case in views.cases() if views else ():
        yield Found("case", case.title.shown, "case", {"case": case.case})
    for model in workspace.models():
        yield Found("model", f"{model.label} {model.digest}", "models", {"version": model.label})
    for data in workspace.data():
        yield Found("data", f"{data.label} {data.digest}", "datasets", {"data": data.label})
    for term in glossary.known():
        yield Found("term", as_words(term), words=glossary.about(term) or "")


def _entry(words: str) -> Iterator[Found]:
    views, number = workspace.views(), words.removeprefix("#")
    if views is None or not number.isascii() or not number.isdigit() or len(number) > 12:
        return
    if int(number) < views.head().size:
        yield Found("entry", f"{int(number)}", "ledger", {"entry": f"{int(number)}"})


def button() -> None:
    """Draw the button that opens the search; it has a key, so that no mouse is needed."""
    if st.button(
        tongue.voice().say("Search"), icon=":material/search:", shortcut="Ctrl+K", key="search", type="tertiary"
    ):
        _ask()


@st.dialog("Search · Suche")
def _ask() -> None:
    voice = tongue.voice()
    words = st.text_input(
        voice.say("A model, a case, the number of an entry, or a term"), key="search-words", max_chars=200
    )
    if not words.strip():
        st.caption(voice.say("Write and press Enter. Every word has to be found."))
        return
    found = find(words)
    if not found:
        st.markdown(voice.say("Nothing here is called that."))
    for kind, head in HEADS.items():
        mine = [item for item in found if item.kind == kind]
        if mine:
            st.markdown(f"**{voice.say(head)}**")
            for item in mine[:MOST]:
                _draw(item)
            if mine[MOST:]:
                st.caption(voice.count(len(mine) - MOST, "{n} more; add a word.", "{n} more; add a word."))


def _draw(item: Found) -> None:
    if item.kind == "term":
        st.markdown(f"{plain(item.title)}: {plain(item.words, 600)}")
        return
    label = item.choices.get("version") or item.choices.get("data") or item.title
    navigation.link(item.page, plain(shown(label, 90)), **item.choices)
