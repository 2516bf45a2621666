"""The cohorts that are kept: look at one, give it another name, forget it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError
from governance.workflow.workspace import cohorts as verbs, current_workspace
from pages._ui import attributions, errors, session, subject, tables, tongue
from pages._ui.choices import Picked
from pages._ui.text import plain, shown


def table(picked: Picked, kept: tuple[verbs.Cohort, ...]) -> None:
    """Draw the kept cohorts and what can be done with one of them."""
    if not kept:
        return
    frame = pd.DataFrame(
        {
            "name": [shown(item.name) for item in kept],
            "rows": [shown(item.rows, 300) for item in kept],
            "count": [_count(picked, item) for item in kept],
            "actor": [item.actor for item in kept],
            "saved": [item.saved for item in kept],
        }
    )
    columns = {
        "name": tables.words("Cohort", "cohort"),
        "rows": tables.words("Rows with", wide=True),
        "count": tables.count("Rows"),
        "actor": tables.words("Kept by"),
        "saved": tables.words("When"),
    }
    tables.table(frame, "The cohorts that are kept for these data", columns, key="kept-cohorts")
    by_name = {item.name: item for item in kept}
    chosen = by_name.get(
        st.selectbox(tongue.say("Cohort"), list(by_name), format_func=shown, key="kept-cohort") or "", kept[0]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            tongue.say("Look at these rows alone"), icon=":material/filter_alt:", key="look-kept", on_click=subject.narrow,
            args=(chosen.rows,), disabled=chosen.rows == picked.cohort,
        )  # fmt: skip
        with st.popover(
            tongue.say("Another name, or forget it"), type="tertiary", key="change-kept", on_change="rerun"
        ) as box:
            if box.open:
                _change(picked, chosen)


def _count(picked: Picked, cohort: verbs.Cohort) -> int | None:
    try:
        return len(attributions.positions(picked, cohort.rows))
    except CountersignError:
        return None


def _change(picked: Picked, chosen: verbs.Cohort) -> None:
    if not session.may_act(tongue.say("A member changes cohorts.")):
        return
    st.markdown(f"**{plain(chosen.name)}**")
    new = st.text_input(
        tongue.say("New name"), value=chosen.name, max_chars=verbs.LONGEST_NAME, key=f"rename-{chosen.name}"
    )
    place, actor = current_workspace.current(), session.actor()
    left, right = st.columns(2)
    if left.button(tongue.say("Rename"), key="do-rename"):
        with errors.changed():
            verbs.rename(place, picked.data, old=chosen.name, new=new, actor=actor)
    if right.button(
        tongue.say("Forget it"),
        key="do-forget",
        help=tongue.say("Links and evidence hold the filter itself and stay as they are."),
    ):
        with errors.changed():
            verbs.delete(place, picked.data, name=chosen.name, actor=actor)
