"""The map of the screens, grouped by job. A page that is not in `ENTRIES` cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from governance.errors import unknown_choice

PAGES: Final = Path(__file__).resolve().parents[1]
_ARRIVING: Final = "countersign.arriving"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page."""

    key: str
    """Its address: the last part of the URL ("" is the start page's own)."""
    title: str
    group: str
    """The job it serves; the heading in the navigation."""
    file: str
    """Path below `pages/`."""
    icon: str
    subject: bool = False
    """Whether the page looks at a subject: the picker is drawn above it."""


ENTRIES: Final = (
    Entry("home", "Home", "", "home.py", ":material/home:"),
    Entry("models", "Models", "Registry", "registry/models.py", ":material/deployed_code:"),
    Entry("datasets", "Data sets", "Registry", "registry/datasets.py", ":material/table:"),
    Entry("register", "Register", "Registry", "registry/register.py", ":material/add_circle:"),
    Entry("performance", "Performance", "Explore", "explore/performance.py", ":material/target:", subject=True),
    Entry("explanations", "Explanations", "Explore", "explore/explanations.py", ":material/lightbulb:", subject=True),
    Entry("person", "Single case", "Explore", "explore/case.py", ":material/person_search:", subject=True),
    Entry("fairness", "Fairness", "Explore", "explore/fairness.py", ":material/balance:", subject=True),
    Entry("drift", "Drift", "Explore", "explore/drift.py", ":material/trending_up:", subject=True),
    Entry("monitor", "Monitor", "Explore", "explore/monitor.py", ":material/monitor_heart:", subject=True),
    Entry("quality", "Data quality", "Explore", "explore/quality.py", ":material/fact_check:", subject=True),
    Entry("cases", "Cases", "Review", "review/cases.py", ":material/folder_open:"),
    Entry("case", "Case", "Review", "review/case.py", ":material/forum:"),
    Entry("decide", "Decide", "Review", "review/decide.py", ":material/how_to_vote:"),
    Entry("charter", "Charter", "Review", "review/charter.py", ":material/gavel:"),
    Entry("ledger", "Ledger", "Audit", "audit/ledger.py", ":material/receipt_long:"),
    Entry("keys", "Members and keys", "Audit", "audit/keys.py", ":material/key:"),
    Entry("verify", "Verify", "Audit", "audit/verify.py", ":material/verified_user:"),
    Entry("export", "Export", "Audit", "audit/export.py", ":material/ios_share:"),
)


def entry(key: str) -> Entry:
    """Return the entry at an address.

    Raises:
        RefusedInputError: there is none.
    """
    for item in ENTRIES:
        if item.key == key:
            return item
    raise unknown_choice("page", key, tuple(item.key for item in ENTRIES))


def page(item: Entry) -> Page:
    """Return Streamlit's page for an entry."""
    return st.Page(
        PAGES / item.file, title=item.title, icon=item.icon, url_path=item.key, default=item.key == ENTRIES[0].key
    )


def grouped() -> dict[str, list[Page]]:
    """Return the pages under their headings, in order."""
    groups: dict[str, list[Page]] = {}
    for item in ENTRIES:
        groups.setdefault(item.group, []).append(page(item))
    return groups


def link(key: str, label: str = "", **choices: str) -> None:
    """Draw a link to a page; `choices` go into its address (for example `case="..."`)."""
    item = entry(key)
    st.page_link(page(item), label=label or item.title, icon=item.icon, query_params=choices or None)


def go(key: str, **choices: str) -> None:
    """Leave for another page, with `choices` in its address.

    A choice that a widget of this page holds cannot be set while the page is drawn; it is handed to `arrive` instead.
    """
    try:
        st.switch_page(page(entry(key)), query_params=choices or None)
    except StreamlitAPIException:
        st.session_state[_ARRIVING] = choices
        st.switch_page(page(entry(key)))


def arrive() -> None:
    """Give the widgets of the page the choices that `go` could not put into its address; before any widget is drawn."""
    for name, value in st.session_state.pop(_ARRIVING, {}).items():
        st.session_state[name] = value
