"""Explore, data quality: can these data be relied on, and who is in them?"""

from __future__ import annotations

import streamlit as st

from governance.quality import AuditParameters, AuditReport, QualityReport, words
from pages._ui import datasets, evidence, headings, subject, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.text import plain
from pages.explore.quality import charts, check_results, contract

# subject
picked = subject.current()
headings.page(tongue.say("Data quality"), tongue.say("Can these data be relied on, and who is in them?"))

# read
version = contract.in_force(picked)
stored = evidence.need("quality.checks", picked, contract.asked(version))
report = evidence.result(stored, QualityReport) if stored is not None else None
if stored is None or report is None:
    st.stop()

# draw
headings.lead(words.lead(report, tongue.voice()))
headings.aside(plain(f"Expectations: {report.source}.", 1000))
gaps = charts.missing_frame(report)
if len(gaps):
    base.draw(
        laid(charts.missing, gaps),
        "Bars: share of missing values by column, the largest first",
        gaps,
        "missing",
        {"column": tables.words("Column"), "missing": tables.figures("Missing, %", digits=1)},
    )
else:
    st.markdown(tongue.say("No column has a missing value."))
check_results.section(report, "failed", "What a person should look at")
check_results.section(report, "not_run", "could not be run")
check_results.section(report, "passed", "passed")
check_results.columns(report)
tables.provenance(stored, "quality")
contract.section(picked, version)

# who is in the data
st.subheader(tongue.say("Who is in the data"), anchor=False)
if not datasets.schema_of(picked.data).sensitive:
    st.markdown(
        tongue.say("No column of these data has the role *sensitive*, so groups of people cannot be told apart.")
    )
    st.stop()
shares = check_results.benchmark(datasets.schema_of(picked.data).sensitive)
counted = evidence.need("data.audit", picked, AuditParameters(benchmark=shares))
audit = evidence.result(counted, AuditReport) if counted is not None else None
if counted is None or audit is None:
    st.stop()
headings.lead(words.audit_lead(audit, tongue.voice()))
rates = charts.label_frame(audit)
if len(rates):
    base.draw(
        laid(charts.labels, rates, f"{audit.label}, % of rows" if audit.is_rate else audit.label),
        f"Dots with 95 % intervals: {audit.label} by group",
        rates,
        "labels",
        {"group": tables.words("Group"), "rows": tables.count("Rows")},
    )
links = charts.proxy_frame(audit)
if len(links):
    st.markdown(
        tongue.say(
            "Which columns give a sensitive attribute away, even when the attribute itself is left out of a model?"
        )
    )
    base.draw(
        laid(charts.proxies, links),
        "Bars: how much each column tells about a sensitive attribute",
        links,
        "proxies",
        {"pair": tables.words("Column → attribute"), "information": tables.figures("Adjusted mutual information")},
    )
check_results.groups(audit)
tables.provenance(counted, "audit")
