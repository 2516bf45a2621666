"""Named cohorts on every page: look at some rows, keep them under a name."""

from __future__ import annotations

import streamlit as st

from governance.evidence import CountersignError
from governance.workflow.workspace import cohorts, current_workspace
from pages._ui import errors, session, subject
from pages._ui.choices import Picked
from pages._ui.text import plain


def both(cohort: str, rows: str) -> str:
    """Return the filter for rows that lie in a cohort and satisfy another filter; "" is all rows."""
    return " and ".join(f"({part})" for part in (cohort, rows)) if cohort and rows else cohort or rows


def kept(picked: Picked) -> tuple[cohorts.Cohort, ...]:
    """Return the named cohorts of the data that are looked at."""
    return cohorts.kept(current_workspace.current(), picked.data) if picked.data else ()


def offer(picked: Picked, rows: str, *, key: str) -> None:
    """Draw what can be done with some rows: look at them alone, and keep them under a name.

    Args:
        picked: what is looked at now.
        rows: the filter, the cohort of now included.
        key: unique on the page.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Look at these rows alone", key=f"look-{key}", icon=":material/filter_alt:", on_click=subject.narrow, args=(rows,),
            disabled=rows == picked.cohort, help="Every page then speaks of these rows, and the address keeps them.",
        )  # fmt: skip
        with st.popover(
            "Keep as a cohort", icon=":material/bookmark_add:", type="tertiary", key=f"keep-{key}", on_change="rerun"
        ) as box:
            if box.open:
                _keep(picked, rows, key)


def _keep(picked: Picked, rows: str, key: str) -> None:
    if not session.may_act("A member keeps cohorts."):
        return
    st.markdown(f"Rows with {plain(rows, 2000)}")
    name = st.text_input("Name of the cohort", key=f"name-{key}", max_chars=cohorts.LONGEST_NAME)
    if st.button("Keep it", key=f"kept-{key}", type="primary"):
        try:
            found = cohorts.keep(current_workspace.current(), picked.data, name=name, rows=rows, actor=session.actor())
        except CountersignError as error:
            errors.advise(error)
            return
        st.success(f"Kept as {plain(found.name)}. Everybody finds it on the page Cohorts.")
