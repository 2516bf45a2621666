"""Has the world moved since the reference, and does it matter."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from governance.drift import Correction, DriftParameters, DriftReport, words
from pages._ui import cost_estimate, empty, evidence, headings, recommendation, subject, tables, tongue, views
from pages.explore.drift import group_drift, other_model, over_time, sections, sequential

# What is looked at.
picked = subject.current()
headings.page(
    tongue.say("Drift"),
    tongue.say("Has the world moved since the reference, did decisions get worse, for whom, and what should be done?"),
)

if picked.data and picked.data == picked.reference:
    empty.state(
        tongue.say("There is nothing to compare with: the data and their reference are the same table."),
        tongue.say(
            "Every comparison of a table with itself finds no drift. Register the training data or an earlier window, and choose them "
            "under *Change*, *Compared with*."
        ),
        page="datasets",
        label=tongue.say("Register a reference"),
    )
    st.stop()

# How it is asked.
METHOD = {True: "drift.harm", False: "drift.columns"}[bool(picked.model)]
WORDS: dict[Correction, str] = {
    "bh": "few false alarms among the alarms",
    "holm": "hardly any false alarm",
    "none": "no correction",
}
controls = st.container(horizontal=True)
with controls.popover(tongue.say("How strict?"), icon=":material/tune:", type="tertiary"):
    correction = st.selectbox(
        tongue.say("Correction for many columns"),
        list(WORDS),
        format_func=WORDS.__getitem__,
        key="correction",
        bind="query-params",
    )
    tolerance = st.number_input(
        tongue.say("A metric may get worse by"), 0.0, 0.2, 0.02, 0.01, key="tolerance", bind="query-params"
    )
with controls.popover(tongue.say("What does it cost?"), icon=":material/payments:", type="tertiary"):
    costs = cost_estimate.asked()
strictness = replace(
    DriftParameters(), correction=correction, tolerance=min(max(float(tolerance), 0.0), 0.2), costs=costs
)

# The stored answer, or the run that will give it.
found = evidence.need(METHOD, picked, strictness, early=sections.early(picked, strictness))
report = evidence.result(found, DriftReport) if found else None

# The answer, harm first.
if found and report:
    headings.lead(words.lead(report, tongue.voice()))
    recommendation.action(report.action)
    other_model.section(picked, METHOD, strictness, report)
    part = views.pick(sections.PARTS, "drift-part")
    names = [item.name for item in report.columns]
    if part == sections.HARM:
        sections.performance(report.performance)
        sections.harm(report.harm)
        sections.groups(report.harm)
        sequential.section(report.harm)
    elif part == sections.MOVED:
        sections.columns(report)
        sections.reached(report)
    else:
        name = st.selectbox(
            tongue.say("Column"), names, key="column", bind="query-params", help=tongue.say("Most pressing first.")
        )
        name = name if name in names else names[0]
        if part == sections.NEAR:
            near = report.column(name)
            sections.level(picked, near, sections.column(near))
            group_drift.section(report, name)
        else:
            over_time.section(picked, name)
    tables.provenance(found)
