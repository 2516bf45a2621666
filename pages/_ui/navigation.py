"""The map of the screens, grouped by job. A page that is not in `ENTRIES` cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from governance.evidence import unknown_choice
from pages._ui import tongue

PAGES: Final = Path(__file__).resolve().parents[1]
_ARRIVING: Final = "countersign.arriving"
_START: Final = "start"
"""What Streamlit wants to tell the start page by; nobody sees it, for that page has the app's own address."""
_SHOWN: Final = "countersign.shown"
"""The page whose job the menu has opened last, in the session."""


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
    Entry("models", "Models", "Registry", "registry/models/page.py", ":material/deployed_code:"),
    Entry("datasets", "Data sets", "Registry", "registry/datasets/page.py", ":material/table:"),
    Entry("deployments", "Deployments", "Registry", "registry/deployments/page.py", ":material/dns:"),
    Entry("register", "Register", "Registry", "registry/register/page.py", ":material/add_circle:"),
    Entry("performance", "Performance", "Explore", "explore/performance/page.py", ":material/target:", subject=True),
    Entry(
        "explanations", "Explanations", "Explore", "explore/explanations/page.py", ":material/lightbulb:", subject=True
    ),
    Entry("person", "Single case", "Explore", "explore/person/page.py", ":material/person_search:", subject=True),
    Entry("fairness", "Fairness", "Explore", "explore/fairness/page.py", ":material/balance:", subject=True),
    Entry("drift", "Drift", "Explore", "explore/drift/page.py", ":material/trending_up:", subject=True),
    Entry("monitor", "Monitor", "Explore", "explore/monitor/page.py", ":material/monitor_heart:", subject=True),
    Entry("norms", "Norms over time", "Explore", "explore/norms/page.py", ":material/balance:", subject=True),
    Entry("cohorts", "Cohorts", "Explore", "explore/cohorts/page.py", ":material/groups:", subject=True),
    Entry("quality", "Data quality", "Explore", "explore/quality/page.py", ":material/fact_check:", subject=True),
    Entry("robustness", "Robustness", "Explore", "explore/robustness/page.py", ":material/bolt:", subject=True),
    Entry("serving", "Serving", "Explore", "explore/serving/page.py", ":material/speed:", subject=True),
    Entry("cases", "Cases", "Review", "review/cases/page.py", ":material/folder_open:"),
    Entry("case", "Case", "Review", "review/case/page.py", ":material/forum:"),
    Entry("charter", "Charter", "Review", "review/charter/page.py", ":material/gavel:"),
    Entry("ledger", "Ledger", "Audit", "audit/ledger/page.py", ":material/receipt_long:"),
    Entry("keys", "Members and keys", "Audit", "audit/keys/page.py", ":material/key:"),
    Entry("verify", "Verify", "Audit", "audit/verify/page.py", ":material/verified_user:"),
    Entry("export", "Export", "Audit", "audit/export/page.py", ":material/ios_share:"),
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
    """Return Streamlit's page for an entry; the start page has the app's own address."""
    first = item is ENTRIES[0]
    return st.Page(
        PAGES / item.file, title=item.title, icon=item.icon, url_path=_START if first else item.key, default=first
    )


def grouped() -> dict[str, list[Page]]:
    """Return the pages under their headings, in order, and the start page once more at its name, for those who type it."""
    found: dict[str, list[Page]] = {}
    for item in ENTRIES:
        found.setdefault(item.group, []).append(page(item))
    start = ENTRIES[0]
    found[start.group].append(
        st.Page(PAGES / start.file, title=start.title, icon=start.icon, url_path=start.key, visibility="hidden")
    )
    return found


def groups() -> tuple[str, ...]:
    """Return the names of the jobs, in order; the start page stands above them."""
    return tuple(dict.fromkeys(item.group for item in ENTRIES if item.group))


def menu(here: str) -> None:
    """Draw the map: the start page, then one drawer for each job, of which the job of the page `here` is open."""
    group = entry(here).group if here else ""
    if st.session_state.get(_SHOWN) != here:  # whoever arrives finds their own job open and the others closed
        st.session_state[_SHOWN] = here
        for name in groups():
            st.session_state[f"job-{name}"] = name == group
    link(ENTRIES[0].key)
    for name in groups():
        with st.expander(tongue.voice().say(name), key=f"job-{name}", on_change="rerun", type="compact") as drawer:
            if drawer.open:
                for item in ENTRIES:
                    if item.group == name:
                        link(item.key)


def link(key: str, label: str = "", **choices: str) -> None:
    """Draw a link to a page; `choices` go into its address (for example `case="..."`)."""
    item = entry(key)
    st.page_link(
        page(item), label=label or tongue.voice().say(item.title), icon=item.icon, query_params=choices or None
    )


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
