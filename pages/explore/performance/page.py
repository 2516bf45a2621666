"""Explore, performance: how often is the model right, at this threshold and at any other."""

from __future__ import annotations

import streamlit as st

from governance.language import mark
from governance.performance import PerformanceReport, compare_words, words
from pages._ui import headings, subject, tables, tongue, views
from pages._ui.evidence import need, result
from pages._ui.text import plain
from pages.explore.performance import comparison, correctness, segments

# subject
picked = subject.current()
headings.page(tongue.say("Performance"), correctness.question(picked))

# read
evidence = need("performance.summary", picked)
report = result(evidence, PerformanceReport) if evidence else None
if evidence is None or report is None:
    st.stop()

# controls
headings.lead(words.lead(report, tongue.voice()))
headings.aside(" ".join(plain(notice, 1000) for notice in report.notices))
correctness.headline(report)
beside = comparison.found(picked)
if beside is not None:
    st.markdown(compare_words.lead(beside[1], tongue.voice()))

# draw
weak = segments.found(picked)
if weak is not None:
    segments.lead(picked, weak)
parts = [correctness.PART, *([segments.PART] if weak is not None else []), mark("All measures")]
parts += [comparison.PART] if beside is not None else []
part = views.pick(parts, "performance-part")
if part == correctness.PART:
    correctness.section(picked, report)
elif part == segments.PART and weak is not None:
    segments.section(picked, weak)
elif part == comparison.PART and beside is not None:
    comparison.section(*beside)
else:
    correctness.all_measures(report.measures, "Every measure with its interval", "all")

# act
tables.provenance(evidence)
