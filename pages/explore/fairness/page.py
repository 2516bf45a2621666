"""Explore, fairness: for whom is the model worse, by how much, and whom can nobody judge."""

from __future__ import annotations

import streamlit as st

from governance.data import spoken
from governance.fairness import ByGroup, FairnessReport, SweepReport, words
from governance.statistics import title
from pages._ui import dictionary, headings, subject, tables, tongue, views as parts
from pages._ui.evidence import need, result
from pages._ui.text import plain
from pages.explore.fairness import candidates, groups, impact, sweep

# subject
picked = subject.current()
headings.page(
    tongue.say("Fairness"), tongue.say("For whom is the model worse, by how much, and whom can nobody judge?")
)

# read
first = need("fairness.by_group", picked)
report = result(first, FairnessReport) if first else None
if first is None or report is None:
    st.stop()

# controls
said = dictionary.of(picked)
offered = groups.references(report)
with st.container(horizontal=True, vertical_alignment="bottom"):
    rule = st.selectbox(
        tongue.say("Compared with"),
        list(offered),
        key="against",
        bind="query-params",
        help=tongue.say("The group that all others are held against."),
    )
    sets = groups.attribute_choices(spoken(report, said))
    by = st.selectbox(tongue.say("Groups by"), list(sets), key="by", bind="query-params")
    titles = {title(name): name for name in groups.metric_names(report)}
    measure = st.selectbox(tongue.say("Measured by"), list(titles), key="metric", bind="query-params")
evidence = first
if offered.get(rule or "", "largest") != report.reference:
    chosen = need("fairness.by_group", picked, ByGroup(reference=offered[rule or ""]))
    report = result(chosen, FairnessReport) if chosen else None
    if chosen is None or report is None:
        st.stop()
    evidence = chosen
own, report = report, spoken(report, said)
sets = groups.attribute_choices(report)
names = sets.get(by or "", next(iter(sets.values())))
own_names = tuple(name for name in own.sensitive if said.label(name) in names)
metric = titles.get(measure or "", next(iter(titles.values())))

# draw
headings.lead(words.lead(report, tongue.voice()))
headings.aside(" ".join(plain(notice, 1000) for notice in report.notices))
clicked = groups.by_group(report, report.groups(names), metric, "single")
groups.look_alone(picked, own.groups(own_names), report.groups(names), clicked)
tables.provenance(evidence)
candidates.versus(picked)
views = groups.views(report)
view = parts.pick(views, "view")
if view == "Disparities":
    groups.disparities(report, " & ".join(names))
    headings.aside(groups.limits_sentence(report))
if view == "Combinations":
    groups.worst_combinations(report, metric)
if view == "Who cannot be judged":
    groups.unjudged(report)
if view == "Thresholds" and (swept := need("fairness.sweep", picked)):
    moved = result(swept, SweepReport)
    if moved is not None:
        if parts.pick(sweep.PARTS, "sweep-part") == sweep.PARTS[0]:
            sweep.section(spoken(moved, said), names)
        else:
            sweep.frontier(moved, next((name for name in own.sensitive if said.label(name) == names[0]), names[0]))
        tables.provenance(swept, "sweep")
if view == "Impact ratios":
    impact.section(picked)
if view == "Candidates":
    candidates.section(picked, own.sensitive)

# act
headings.aside(
    tongue.say(
        "A difference is a fact about numbers. Whether it is justified is for people to decide: put it before the board."
    )
)
