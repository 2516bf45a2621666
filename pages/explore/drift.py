"""Has the world moved since the reference, and does it matter."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from governance.drift.report import Correction, DriftReport
from governance.drift.spec import DriftParameters
from pages._ui import drift, evidence, one_by_one, over_time, pricing, sentence, subject, tables, within

# What is looked at.
picked = subject.current()
sentence.page(
    "Drift", "Has the world moved since the reference, did decisions get worse, for whom, and what should be done?"
)

# How it is asked.
METHOD = {True: "drift.harm", False: "drift.columns"}[bool(picked.model)]
WORDS: dict[Correction, str] = {
    "bh": "few false alarms among the alarms",
    "holm": "hardly any false alarm",
    "none": "no correction",
}
controls = st.container(horizontal=True)
with controls.popover("How strict?", icon=":material/tune:", type="tertiary"):
    correction = st.selectbox(
        "Correction for many columns", list(WORDS), format_func=WORDS.__getitem__, key="correction", bind="query-params"
    )
    tolerance = st.number_input("A metric may get worse by", 0.0, 0.2, 0.02, 0.01, key="tolerance", bind="query-params")
with controls.popover("What does it cost?", icon=":material/payments:", type="tertiary"):
    costs = pricing.asked()
strictness = replace(
    DriftParameters(), correction=correction, tolerance=min(max(float(tolerance), 0.0), 0.2), costs=costs
)

# The stored answer, or the run that will give it.
found = evidence.need(METHOD, picked, strictness)
report = evidence.result(found, DriftReport) if found else None

# The answer, harm first.
if found and report:
    sentence.lead(drift.headline(report))
    drift.action(report.action)
    drift.performance(report.performance)
    drift.harm(report.harm)
    drift.groups(report.harm)
    one_by_one.section(report.harm)
    drift.columns(report)
    drift.reached(report)

    # One column from near.
    st.subheader("One column from near", anchor=False)
    names = [item.name for item in report.columns]
    name = st.selectbox("Column", names, key="column", bind="query-params", help="Most pressing first.")
    name = name if name in names else names[0]
    drift.column(report.column(name))
    within.section(report, name)
    tables.provenance(found)
    over_time.section(picked, name)
