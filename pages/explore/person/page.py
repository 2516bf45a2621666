"""Explore, single case: why the model says what it says about one person, and what would change it."""

from __future__ import annotations

import streamlit as st

from governance.data import spoken
from governance.explain import GlobalParameters, LocalExplanation, LocalParameters
from pages._ui import attributions, datasets, dictionary, evidence, headings, subject, tongue, views
from pages._ui.text import number, plain
from pages.explore.person import alternatives, other_model, people, person, reason_codes

# subject
picked = subject.current()
everyone = attributions.everyone(picked)
headings.page(
    tongue.say("Single case"),
    tongue.say("Why does the model say what it says about one person, and what would change it?"),
)

# read
predicted = evidence.need("models.predict", everyone)
asked = people.pick_class(predicted) if predicted is not None else ""
explained = evidence.need("explain.global", everyone, GlobalParameters(target=asked)) if predicted is not None else None
if predicted is None or explained is None:
    st.stop()
target = str(explained.result.get("target", ""))
stored = attributions.stored(explained, picked)
score = people.score_of(predicted, target)
known = attributions.values(picked.data, stored.columns)

# controls
with st.expander(tongue.say("Pick a person"), expanded="row" not in st.query_params, key="pick"):
    off = people.disagreement(picked, score, target)
    orders = people.orders(datasets.schema_of(picked.data, picked.label).positive, known=off is not None)
    order = st.segmented_control("Order", orders, default=orders[0], key="order", label_visibility="collapsed")
    among = people.within(known, score, stored.rows)
    rows = people.ordered(score, among, order or people.ORDERS[0], attributions.threshold(picked), off)
    if not rows:
        headings.aside(tongue.say("Nobody lies within these ranges."))
    chosen = people.listing(known, score, rows)
address = st.query_params.get("row", "")
first = rows[0] if rows else int(stored.rows[0]) if len(stored.rows) else 0
row = chosen if chosen is not None else int(address) if address.isdigit() and int(address) < len(score) else first
st.query_params["row"] = str(row)

found = evidence.need("explain.local", everyone, LocalParameters(row=row, target=asked))
result = evidence.result(found, LocalExplanation) if found is not None else None
if found is None or result is None:
    st.stop()

# draw
name = f"Row {row}" + (f" ({plain(result.identifier)})" if result.identifier else "")
about = f" for {plain(result.target)}" if result.target else ""
said = spoken(result, dictionary.of(picked))
strongest = said.values[0]
headings.lead(
    f"{name}: the model says **{number(result.prediction)}**{about}. **{plain(strongest.feature)}** "
    f"({plain(strongest.value)}) {'raises' if strongest.attribution > 0 else 'lowers'} it most.{person.against_line(picked, result)}"
)
people.decided(predicted, row)
other_model.section(picked, result)
person.limits(picked, row)

# act
tabs = {
    "Why": lambda: person.why(picked, found, result, said),
    "What if": lambda: person.explore(everyone, result, known),
    "LIME": lambda: person.lime(everyone, result),
    "Nearest other outcome": lambda: alternatives.neighbours(everyone, row),
    "What would change it": lambda: alternatives.counterfactuals(everyone, row, tuple(known.columns)),
    "Reason codes": lambda: reason_codes.reasons(everyone, row),
}
if len(people.classes(predicted)) != people.TWO:  # only a model with two classes has one outcome and another
    tabs = {name: draw for name, draw in tabs.items() if name in ("Why", "What if", "LIME")}
tabs[views.pick(list(tabs), "view")]()
