"""Explore, explanations: what moves the model, over all rows of the cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from governance.explain.report import GlobalExplanation
from governance.explain.spec import GlobalParameters
from governance.explain.summary import importance_of
from pages._ui import attributions, evidence, sentence, subject, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, plain, shown

# subject
picked = subject.current()
sentence.page("Explanations", "Which columns move the model's score, by how much, and how far can that be trusted?")

# read
found = evidence.need("explain.global", attributions.everyone(picked), GlobalParameters())
if found is None:
    st.stop()
result = evidence.result(found, GlobalExplanation)
if result is None:
    st.stop()
stored = attributions.stored(found, picked)
importance = importance_of(stored.table, stored.rows)
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

st.subheader("Row by row", anchor=False)
positions = attributions.dots(stored)
shares = stored.shares(positions)
rows = attributions.values(picked.data, stored.names).iloc[positions].reset_index(drop=True)
top = [item.feature for item in importance[:8]]
swarm = charts.swarm_frame(rows, shares, top)
sentence.aside(
    f"Each dot is a row ({len(positions):,} are drawn). Right of zero the column raised the score, left of zero it lowered it. "
    "Orange dots have high values, blue ones low values, grey ones words."
)
base.draw(charts.swarm(swarm, units), "Attribution of each row, by column", swarm.drop(columns="shift"), "swarm")

# controls
st.subheader("One column", anchor=False)
left, right = st.columns(2)
names = [item.feature for item in importance if item.feature in rows.columns]
labels = {shown(name, 90): name for name in names}
column = labels[left.selectbox("Column", list(labels), key="column", bind="query-params") or shown(names[0], 90)]
others = {label: name for label, name in labels.items() if name != column} or labels
by = others[right.selectbox("Coloured by", list(others), key="by", bind="query-params") or next(iter(others))]
jitter = np.random.default_rng(0).uniform(-1, 1, len(rows))
numeric = {name: pd.api.types.is_numeric_dtype(rows[name].dtype) for name in (column, by)}
detail = pd.DataFrame(
    {
        "value": rows[column] if numeric[column] else rows[column].map(shown).astype(str),
        "attribution": shares[column],
        "other": rows[by] if numeric[by] else rows[by].map(shown).astype(str),
        "jitter": jitter,
    }
)
base.draw(
    charts.dependence(detail, column, by, units),
    f"Attribution of {shown(column)} against its value, coloured by {shown(by)}",
    detail.drop(columns="jitter"),
    "dependence",
)

if stored.cohort:
    st.subheader("This cohort against all rows", anchor=False)
    everybody = {item.feature: item.mean_abs for item in importance_of(stored.table)}
    pairs = pd.DataFrame(
        [
            {"column": shown(item.feature, 60), "rows": label, "mean |attribution|": value}
            for item in importance[:10]
            for label, value in (("this cohort", item.mean_abs), ("all rows", everybody[item.feature]))
        ]
    )
    base.draw(charts.cohorts(pairs, units), "Importance in this cohort and over all rows", pairs, "cohorts")

# act
attributions.trust(result.certificate)
tables.provenance(found)
