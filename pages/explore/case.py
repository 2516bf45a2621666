"""Explore, single case: why the model says what it says about one person, and what would change it."""

from __future__ import annotations

import streamlit as st

from governance.explain.report import LocalExplanation
from governance.explain.spec import GlobalParameters, LocalParameters
from pages._ui import (
    alternatives,
    attributions,
    certificate,
    datasets,
    evidence,
    people,
    person,
    reason_codes,
    sentence,
    subject,
    tables,
)
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import number, plain

# subject
picked = subject.current()
everyone = attributions.everyone(picked)
sentence.page("Single case", "Why does the model say what it says about one person, and what would change it?")

# read
predicted = evidence.need("models.predict", everyone)
explained = evidence.need("explain.global", everyone, GlobalParameters()) if predicted is not None else None
if predicted is None or explained is None:
    st.stop()
target = str(explained.result.get("target", ""))
stored = attributions.stored(explained, picked)
score = people.score_of(predicted, target)
known = attributions.values(picked.data, stored.columns)

# controls
with st.expander("Pick a person", expanded="row" not in st.query_params, key="pick"):
    off = people.disagreement(picked, score, target)
    orders = people.orders(datasets.schema_of(picked.data).positive, known=off is not None)
    order = st.segmented_control("Order", orders, default=orders[0], key="order", label_visibility="collapsed")
    among = people.within(known, score, stored.rows)
    rows = people.ordered(score, among, order or people.ORDERS[0], attributions.threshold(picked), off)
    if not rows:
        sentence.aside("Nobody lies within these ranges.")
    chosen = people.listing(known, score, rows)
address = st.query_params.get("row", "")
first = rows[0] if rows else int(stored.rows[0]) if len(stored.rows) else 0
row = chosen if chosen is not None else int(address) if address.isdigit() and int(address) < len(score) else first
st.query_params["row"] = str(row)

found = evidence.need("explain.local", everyone, LocalParameters(row=row))
result = evidence.result(found, LocalExplanation) if found is not None else None
if found is None or result is None:
    st.stop()

# draw
name = f"Row {row}" + (f" ({plain(result.identifier)})" if result.identifier else "")
about = f" for {plain(result.target)}" if result.target else ""
strongest = result.values[0]
sentence.lead(
    f"{name}: the model says **{number(result.prediction)}**{about}. **{plain(strongest.feature)}** "
    f"({plain(strongest.value)}) {'raises' if strongest.attribution > 0 else 'lowers'} it most."
)
person.limits(picked, row)
steps = charts.waterfall_frame(result)
sentence.aside(
    f"From the average answer ({number(result.base_value)}) to this row's ({number(result.model_output)}), in "
    f"{result.certificate.units}. Orange raises, blue lowers."
)
base.draw(
    charts.waterfall(
        steps, charts.ends_frame(result.base_value, result.model_output), len(steps), result.certificate.units
    ),
    "From the average answer to this row's answer, column by column",
    charts.readable_steps(steps),
    "waterfall",
)
certificate.trust(found, result.certificate, result.background, picked)
tables.provenance(found)

# act
tabs = {
    "What if": lambda: person.what_if(everyone, result, known),
    "LIME": lambda: person.lime(everyone, result),
    "Nearest other outcome": lambda: alternatives.neighbours(everyone, row),
    "What would change it": lambda: alternatives.counterfactuals(everyone, row, tuple(known.columns)),
    "Reason codes": lambda: reason_codes.reasons(everyone, row),
}
view = st.segmented_control("Look closer", list(tabs), default="What if", key="view", bind="query-params")
tabs[view or "What if"]()
