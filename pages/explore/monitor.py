"""Does the model still hold on the windows that came after its evaluation."""

from __future__ import annotations

import streamlit as st

from governance.workflow import alert_book, places
from governance.workflow.chronicle import chronicle
from governance.workflow.timeline import timeline
from pages._ui import empty, false_alarms, monitoring, sentence, subject
from pages._ui.text import shown

# What is looked at.
picked = subject.current()
sentence.page("Monitor", "Does the model still hold on the data that came after its evaluation, and who must act?")
if not picked.model or not picked.data:
    empty.state(
        "Pick a model and its evaluation data above.",
        "Later windows of data are held against the evaluation data here, one row each.",
        page="register",
        label="Register a model or data",
    )
    st.stop()

# What is recorded about every window.
place = places.current()
windows = timeline(place, picked.model, picked.data)
steps = alert_book.history(place, picked.model)
if not windows:
    empty.state(
        "No later window is registered yet.",
        "Register new data with the role monitoring; labels may be missing.",
        page="register",
        label="Register a window",
    )
    st.stop()

# The answer.
sentence.lead(monitoring.lead(windows))
sentence.aside("Each window is held against the evaluation data picked above. Alerts are recorded in the ledger.")
monitoring.over_time(windows)

# One window, and what can be done about it.
st.subheader("One window from near", anchor=False)
by_name = {item.data.dataset: item for item in reversed(windows)}
name = st.selectbox(
    "Window", list(by_name), format_func=lambda key: shown(by_name[key].data.name), key="window", bind="query-params"
)
monitoring.window(by_name.get(name, windows[-1]), picked)

# What is promised, and what has been recorded.
false_alarms.section(picked, windows[-1].data.rows)
st.subheader("Alerts in the record", anchor=False)
monitoring.history(steps, windows)
monitoring.story(chronicle(place, picked.model, picked.data))
