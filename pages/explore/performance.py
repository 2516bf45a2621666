"""Explore, performance: how often is the model right, at this threshold and at any other."""

from __future__ import annotations

import streamlit as st

from governance.performance.report import PerformanceReport
from pages._ui import rightness, sentence, subject, tables
from pages._ui.evidence import need, result
from pages._ui.text import plain

# subject
picked = subject.current()
sentence.page(
    "Performance",
    "How often is the model right, at this threshold and at any other, and are its scores to be believed?",
)

# read
evidence = need("performance.summary", picked)
report = result(evidence, PerformanceReport) if evidence else None
if evidence is None or report is None:
    st.stop()

# controls
sentence.lead(rightness.lead(report))
sentence.aside(" ".join(plain(notice, 1000) for notice in report.notices))
rightness.headline(report)

# draw
if report.binary is not None:
    st.subheader("Errors at a threshold", anchor=False)
    rightness.threshold(report.binary)
    st.subheader("Are the scores to be believed?", anchor=False)
    rightness.calibration(report.binary)
if report.multiclass is not None:
    rightness.many_classes(report.multiclass)
if report.regression is not None:
    rightness.errors(report.regression)
st.subheader("All measures", anchor=False)
rightness.all_measures(report.measures, "Every measure with its interval", "all")

# act
tables.provenance(evidence)
