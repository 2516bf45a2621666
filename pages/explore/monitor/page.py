"""Does the model still hold on the windows that came after its evaluation."""

from __future__ import annotations

import streamlit as st

from governance.workflow.monitoring import alerts, chronicle
from governance.workflow.monitoring.timeline import timeline
from governance.workflow.workspace import current_workspace
from pages._ui import empty, headings, linked, subject, tongue
from pages._ui.text import shown
from pages.explore.monitor import false_alarms, monitoring

# What is looked at.
picked = subject.current()
headings.page(
    tongue.say("Monitor"),
    tongue.say("Does the model still hold on the data that came after its evaluation, and who must act?"),
)
if not picked.model or not picked.data:
    empty.state(
        tongue.say("Pick a model and its evaluation data above."),
        tongue.say("Later windows of data are held against the evaluation data here, one row each."),
        page="register",
        label=tongue.say("Register a model or data"),
    )
    st.stop()

# What is recorded about every window.
place = current_workspace.current()
windows = timeline(place, picked.model, picked.data)
steps = alerts.history(place, picked.model)
if not windows:
    empty.state(
        tongue.say("No later window is registered yet."),
        tongue.say("Register new data with the role monitoring; labels may be missing."),
        page="datasets",
        label=tongue.say("Register a window"),
    )
    st.stop()

# The answer.
headings.lead(monitoring.lead(windows))
headings.aside(
    tongue.say("Each window is held against the evaluation data picked above. Alerts are recorded in the ledger.")
)
monitoring.over_time(windows)

# One window, and what can be done about it.
st.subheader(tongue.say("One window from near"), anchor=False)
by_name = {item.data.dataset: item for item in reversed(windows)}
name = linked.pick(tongue.say("Window"), {key: shown(item.data.name) for key, item in by_name.items()}, name="window")
if name is not None:
    monitoring.window(by_name[name], picked)

# What is promised, and what has been recorded.
false_alarms.section(picked, windows[-1].data.rows)
st.subheader(tongue.say("Alerts in the record"), anchor=False)
monitoring.history(steps, windows)
monitoring.story(chronicle(place, picked.model, picked.data))
