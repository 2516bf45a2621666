"""The promise about false alarms on the monitor page: in words, as a table, and the form that asks for another one."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import SIGNS, Calibration, CalibrationParameters
from governance.workflow.monitoring import calibrate
from governance.workflow.workspace import current_workspace
from pages._ui import errors, headings, runs, session, tables, tongue, workspace
from pages._ui.choices import Picked
from pages._ui.text import shown
from storage import Run

_GOING: Final = "countersign.false-alarms.run"
_NAMES: Final = {
    "column": "A column moved",
    "score": "The model answers otherwise",
    "estimated": "Worse, as expected without labels",
    "realised": "Worse with labels",
    "subgroup": "Worse for a group",
}


def section(picked: Picked, rows: int) -> None:
    """Draw what is promised for the picked model and evaluation data.

    Args:
        picked: model and evaluation data.
        rows: rows of the latest window, offered in the form.
    """
    st.subheader(tongue.say("How many false alarms?"), anchor=False)
    found = calibrate.in_force(current_workspace.current(), picked.model, picked.data)
    if found is None:
        st.markdown(
            tongue.say(
                "Nothing is promised yet: rules alarm from what matters in practice on, however small a window is."
            )
        )
    else:
        st.markdown(words(found.calibration))
        _table(found.calibration)
        headings.aside(
            tongue.say(
                "In force since {time}, ledger entry {index}. A column that the model needs and a window lacks always alarms.",
                time=found.time[:10],
                index=found.index,
            )
        )
    _follow()
    _form(picked, rows)


def words(found: Calibration) -> str:
    """Return the promise and what it costs as markdown."""
    return (
        f"**At most {found.false_alarms_per_month:g} false alarms a month** are expected with {found.windows_per_month:g} windows of "
        f"{found.rows:,} rows a month. {found.resamples:,} windows were drawn from the evaluation data themselves, so that nothing had "
        f"changed: without these thresholds {found.alarms_before:,} of them would have shown a sign beyond what matters, with them "
        f"{found.alarms_after:,}."
    )


def _table(found: Calibration) -> None:
    frame = pd.DataFrame(
        {
            "rule": [_NAMES[item.rule] for item in found.rules],
            "sign": [SIGNS[item.rule] for item in found.rules],
            "threshold": [item.threshold for item in found.rules],
            "reached": [item.reached for item in found.rules],
        }
    )
    tables.table(
        frame, "Rules and what their sign has to pass.",
        {"rule": tables.words("Rule"), "sign": tables.words("Its sign", wide=True),
         "threshold": tables.figures("Alarms above"), "reached": tables.figures("Chance reached at most")},
        key="false-alarms",
    )  # fmt: skip
    missing = [_NAMES[item.rule].lower() for item in found.rules if item.threshold is None]
    if missing:
        headings.aside(
            tongue.say(
                "The evaluation data cannot show: {missing}. These rules are not held back.",
                missing=shown(", ".join(missing)),
            )
        )


def _follow() -> None:
    key = st.session_state.get(_GOING)
    run = workspace.run(key, session.person()) if key else None
    if run is None or run.state == "done":
        st.session_state.pop(_GOING, None)
        return
    runs.follow(run, "The promise about false alarms")


def _form(picked: Picked, rows: int) -> None:
    with st.expander(
        tongue.say("Find thresholds that promise few false alarms"), key="promise", on_change="rerun"
    ) as box:
        if not box.open:
            return
        if not session.may_act(tongue.say("Members put thresholds to use.")):
            return
        with st.form("promise-form", border=False):
            first, second, third = st.columns(3)
            allowed = first.number_input(tongue.say("False alarms a month, at most"), 0.05, 30.0, 1.0, 0.25)
            windows = second.number_input(tongue.say("Windows a month"), 0.25, 1000.0, 4.0, 1.0)
            size = third.number_input(tongue.say("Rows of a window"), 30, 1_000_000, max(rows, 30), 100)
            asked = st.form_submit_button(tongue.say("Find the thresholds"), icon=":material/tune:")
        if asked:
            with errors.caught():
                parameters = CalibrationParameters(
                    rows=int(size), windows_per_month=float(windows), false_alarms_per_month=float(allowed)
                )
                actor = session.actor()
                answer = calibrate.put(current_workspace.current(), picked.model, picked.data, parameters, actor=actor)
                if isinstance(answer, Run):
                    st.session_state[_GOING] = answer.key
                    st.rerun()
                said = answer.evidence.read(Calibration)
                st.info(getattr(said, "reason", "These thresholds are in force already."), icon=":material/info:")
