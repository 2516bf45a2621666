"""Explore, explanations: what moves the model, over all rows of the cohort."""

from __future__ import annotations

import streamlit as st

from governance.data import spoken
from governance.evidence import sentence_case
from governance.explain import GlobalExplanation, GlobalParameters, how
from governance.language import mark
from pages._ui import against, attributions, certificate, dictionary, evidence, headings, subject, tables, tongue, views
from pages._ui.charts import base, explanation as charts
from pages._ui.charts.layouts import laid
from pages._ui.text import plain
from pages.explore.explanations import both_models, global_views

# subject
picked = subject.current()
headings.page(
    tongue.say("Explanations"),
    tongue.say("Which columns move the model's score, by how much, and how far can that be trusted?"),
)

# read
target = global_views.pick_class(picked)
everyone = attributions.everyone(picked)
found = evidence.need(
    "explain.global", everyone, GlobalParameters(target=target), early=global_views.early(picked, target)
)
scale = global_views.pick_scale(picked, found) if found is not None else "raw"
if found is not None and scale == "probability":
    found = evidence.need("explain.global", everyone, GlobalParameters(target=target, scale="probability"))
if found is None:
    st.stop()
result = evidence.result(found, GlobalExplanation)
if result is None:
    st.stop()
stored = attributions.stored(found, picked)
words = dictionary.of(picked)
importance = spoken(attributions.importance(stored), words)
if not importance:
    headings.lead(tongue.say("None of the rows of this cohort has been explained."))
    st.stop()
units = result.certificate.units
voice = tongue.voice()
headings.lead(
    voice.say(
        "{columns} move the score for **{target}** most; the first by {size} {units} on average."
        if result.target
        else "{columns} move the score most; the first by {size} {units} on average.",
        columns=voice.join([f"**{plain(item.feature)}**" for item in importance[:3]]),
        target=plain(result.target),
        size=voice.figures(f"{importance[0].mean_abs:.3g}"),
        units=units,
    )
)
headings.aside(
    voice.say(
        "{how} Shapley values ({method}) of {rows} rows in {units}. Average answer over the {background} background rows: {average}.",
        how=sentence_case(voice.say(how(exact=result.exact))),
        method=result.method,
        rows=voice.whole(len(stored.rows)),
        units=units,
        background=voice.whole(result.background.rows),
        average=voice.figures(f"{result.base_value:.3g}"),
    )
)

# draw
frame = charts.importance_frame(importance)
bars = laid(charts.bars_to_click, frame, units)
alt_text = "Mean absolute attribution of each column with 95 % intervals"
clicked = base.draw_to_click(bars, alt_text, frame, "bars", field="column")
certificate.trust(found, result.certificate, result.background, picked)
tables.provenance(found)


# controls
own = {words.label(name): name for name in stored.names}
names = [item.feature for item in importance if item.feature in own]
parts = {
    both_models.PART: lambda: both_models.section(picked, found, scale),
    mark("One column"): lambda: global_views.column(picked, stored, names, target=target, units=units),
    mark("Row by row"): lambda: global_views.swarm(picked, stored, importance, units),
    mark("Columns that act together"): lambda: global_views.ranking(global_views.pairs(picked, target), words),
    mark("Class by class"): lambda: global_views.per_class(spoken(result, words), units),
    mark("Cohort against cohort"): lambda: global_views.cohorts(picked, stored, units),
    mark("Columns as one"): lambda: global_views.together(picked, [own[name] for name in names], target),
}
if len(result.per_class) < 2:
    del parts["Class by class"]
if against.other(picked) is None:
    del parts[both_models.PART]
if global_views.follow(clicked, names):
    st.session_state["explanations-part"] = "One column"

# act
parts[views.pick(list(parts), "explanations-part")]()
