"""Named cohorts on every page: look at some rows, keep them under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

import streamlit as st

from governance.data import Comparison, Condition, Every, IsMissing, condition_text, kind_of_column
from governance.evidence import CountersignError
from governance.workflow.workspace import cohorts, current_workspace
from pages._ui import attributions, errors, session, subject, tongue
from pages._ui.choices import Picked
from pages._ui.text import plain

UNKNOWN: Final = "unknown"
"""How a report writes a missing value."""
_CLICKED: Final = "countersign.cohorts.clicked."


def both(cohort: str, rows: str) -> str:
    """Return the filter for rows that lie in a cohort and satisfy another filter; "" is all rows."""
    return " and ".join(f"({part})" for part in (cohort, rows)) if cohort and rows else cohort or rows


def kept(picked: Picked) -> tuple[cohorts.Cohort, ...]:
    """Return the named cohorts of the data that are looked at."""
    return cohorts.kept(current_workspace.current(), picked.data) if picked.data else ()


def rows_of(picked: Picked, group: Mapping[str, str]) -> str:
    """Return the filter for the rows of a group; the values are read as the columns of the data hold them.

    Args:
        picked: what is looked at.
        group: column -> value as a report writes it: a name, a number, a band as in "18 to 29", or "unknown" for a missing value.
    """
    known = attributions.values(picked.data, tuple(group))
    parts = [part for name, value in group.items() for part in _conditions(name, value, kind_of_column(known[name]))]
    return condition_text(parts[0] if len(parts) == 1 else Every(tuple(parts)))


def _conditions(column: str, value: str, kind: str) -> tuple[Condition, ...]:
    if value == UNKNOWN:
        return (IsMissing(column),)
    if kind == "boolean":
        return (Comparison(column, "=", value == str(True)),)
    if kind not in ("integer", "number"):
        return (Comparison(column, "=", value),)
    low, _, high = value.partition(" to ")
    if not high:
        return (Comparison(column, "=", float(low)),)
    return Comparison(column, ">=", float(low)), Comparison(column, "<=", float(high))


def choose(picked: Picked, rows: Mapping[str, str], clicked: Sequence[str | None], *, key: str) -> None:
    """Draw a select box of sets of rows that follows clicks on marks, and what can be done with the rows that it names.

    Args:
        picked: what is looked at.
        rows: filter -> what it is called; the first is chosen where nobody clicked. Nothing is drawn for none.
        clicked: of each chart, the filter of the mark that was clicked last, None for none.
        key: unique on the page; of the select box.
    """
    if not rows:
        return
    before = st.session_state.get(_CLICKED + key, ())
    now = tuple(clicked)
    new = next((text for text, old in zip_longest(now, before[: len(now)]) if text and text != old), None)
    st.session_state[_CLICKED + key] = now
    if new in rows:
        st.session_state[key] = new
    elif st.session_state.get(key) not in rows:
        st.session_state[key] = next(iter(rows))
    found = st.selectbox(
        tongue.say("Rows of"),
        list(rows),
        key=key,
        format_func=rows.__getitem__,
        help=tongue.say("Click a mark of the chart, or choose here."),
    )
    offer(picked, both(picked.cohort, found or ""), key=key)


def offer(picked: Picked, rows: str, *, key: str) -> None:
    """Draw what can be done with some rows: look at them alone, and keep them under a name.

    Args:
        picked: what is looked at now.
        rows: the filter, the cohort of now included.
        key: unique on the page.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            tongue.say("Look at these rows alone"), key=f"look-{key}", icon=":material/filter_alt:", on_click=subject.narrow, args=(rows,),
            disabled=rows == picked.cohort, help=tongue.say("Every page then speaks of these rows, and the address keeps them."),
        )  # fmt: skip
        with st.popover(
            tongue.say("Keep as a cohort"),
            icon=":material/bookmark_add:",
            type="tertiary",
            key=f"keep-{key}",
            on_change="rerun",
        ) as box:
            if box.open:
                _keep(picked, rows, key)


def _keep(picked: Picked, rows: str, key: str) -> None:
    if not session.may_act(tongue.say("A member keeps cohorts.")):
        return
    st.markdown(tongue.say("Rows with {rows}", rows=plain(rows, 2000)))
    name = st.text_input(tongue.say("Name of the cohort"), key=f"name-{key}", max_chars=cohorts.LONGEST_NAME)
    if st.button(tongue.say("Keep it"), key=f"kept-{key}", type="primary"):
        try:
            found = cohorts.keep(current_workspace.current(), picked.data, name=name, rows=rows, actor=session.actor())
        except CountersignError as error:
            errors.advise(error)
            return
        st.success(tongue.say("Kept as {name}. Everybody finds it on the page Cohorts.", name=plain(found.name)))
