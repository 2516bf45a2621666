"""Explore, single case: why the model says what it says about one person, and what would change it."""

from __future__ import annotations

import streamlit as st

from governance.explain.report import LocalExplanation
from governance.explain.spec import GlobalParameters, LocalParameters
from pages._ui import attributions, datasets, evidence, person, sentence, subject, tables
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
stored = attributions.stored(explained, picked)
score = person.score_of(predicted, str(explained.result.get("target", "")))
people = attributions.values(picked.data, stored.names)

# controls
with st.expander("Pick a person", expanded="row" not in st.query_params, key="pick"):
    orders = person.orders(datasets.schema_of(picked.data).positive)
    order = st.segmented_control("Order", orders, default=orders[0], key="order", label_visibility="collapsed")
    rows = person.ordered(score, stored.rows, order or person.ORDERS[0], attributions.threshold(picked))
    chosen = person.listing(people, score, rows)
address = st.query_params.get("row", "")
row = chosen if chosen is not None else int(address) if address.isdigit() and int(address) < len(score) else rows[0]
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
person.limits(result)
steps = charts.waterfall_frame(result)
sentence.aside(
    f"From the average answer ({number(result.base_value)}) to this row's ({number(result.model_output)}), in "
    f"{result.certificate.units}. Orange raises, blue lowers."
)
base.draw(
    charts.waterfall(steps, result),
    "From the average answer to this row's answer, column by column",
    steps[["step", "attribution", "from", "to", "effect"]],
    "waterfall",
)
attributions.trust(result.certificate)
tables.provenance(found)

# act
tabs = {
    "What if": lambda: person.what_if(everyone, result, people),
    "LIME": lambda: person.lime(everyone, result),
    "Nearest other outcome": lambda: person.neighbours(everyone, row),
    "What would change it": lambda: person.counterfactuals(everyone, row),
    "Reason codes": lambda: person.reasons(everyone, row),
}
view = st.segmented_control("Look closer", list(tabs), default="What if", key="view", bind="query-params")
tabs[view or "What if"]()
