"""Explore, explanations: what moves the model, over all rows of the cohort."""

from __future__ import annotations

import streamlit as st

from governance.explain.report import GlobalExplanation
from governance.explain.spec import GlobalParameters
from pages._ui import attributions, certificate, evidence, global_views, sentence, subject, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, plain

# subject
picked = subject.current()
sentence.page("Explanations", "Which columns move the model's score, by how much, and how far can that be trusted?")

# read
target = global_views.pick_class(picked)
found = evidence.need("explain.global", attributions.everyone(picked), GlobalParameters(target=target))
if found is None:
    st.stop()
result = evidence.result(found, GlobalExplanation)
if result is None:
    st.stop()
stored = attributions.stored(found, picked)
importance = attributions.importance(stored)
if not importance:
    sentence.lead("None of the rows of this cohort has been explained.")
    st.stop()
units = result.certificate.units
about = f" for **{plain(result.target)}**" if result.target else ""
sentence.lead(
    f"{join([f'**{plain(item.feature)}**' for item in importance[:3]])} move the score{about} most; the first by "
    f"{importance[0].mean_abs:.3g} {units} on average."
)
sentence.aside(
    f"{'Exact' if result.exact else 'Sampled'} Shapley values ({result.method}) of {len(stored.rows):,} rows in {units}. "
    f"Average answer over the {result.background.rows:,} background rows: {result.base_value:.3g}."
)

# draw
frame = charts.importance_frame(importance)
base.draw(
    charts.importance_bars(frame, units), "Mean absolute attribution of each column with 95 % intervals", frame, "bars"
)
certificate.trust(found, result.certificate, result.background, picked)
tables.provenance(found)

st.subheader("Row by row", anchor=False)
positions = attributions.dots(stored)
shares = stored.shares(positions)
rows = attributions.values(picked.data, stored.names).iloc[positions].reset_index(drop=True)
swarm = charts.swarm_frame(rows, shares, [item.feature for item in importance[:8]])
sentence.aside(
    f"Each dot is a row ({len(positions):,} are drawn). Right of zero the column raised the score, left of zero it lowered it. "
    "Orange dots have high values, blue ones low values, grey ones words."
)
base.draw(charts.swarm(swarm, units), "Attribution of each row, by column", swarm.drop(columns="shift"), "swarm")

# controls
st.subheader("One column", anchor=False)
names = [item.feature for item in importance if item.feature in rows.columns]
together = global_views.pairs(picked, target)
global_views.one_column(rows, shares, names, together, units)

# act
if together is not None:
    global_views.ranking(together)
global_views.per_class(result, units)
global_views.cohorts(picked, stored, units)
global_views.together(picked, names, target)
