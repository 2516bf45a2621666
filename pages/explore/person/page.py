"""Explore, single case: why the model says what it says about one person, and what would change it."""

from __future__ import annotations

import streamlit as st

from governance.data import spoken
from governance.explain import GlobalParameters, LocalExplanation, LocalParameters
from governance.language import mark
from pages._ui import attributions, datasets, dictionary, evidence, headings, subject, tongue, views
from pages._ui.text import plain
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
    order = st.segmented_control(
        tongue.say("Order"),
        orders,
        default=orders[0],
        key="order",
        label_visibility="collapsed",
        format_func=tongue.say,
    )
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
voice = tongue.voice()
called = f" ({plain(result.identifier)})" if result.identifier else ""
about = " " + voice.say("for {target}", target=plain(result.target)) if result.target else ""
said = spoken(result, dictionary.of(picked))
strongest = said.values[0]
headings.lead(
    voice.say(
        "Row {row}: the model says **{score}**{about}. **{column}** ({value}) raises it most."
        if strongest.attribution > 0
        else "Row {row}: the model says **{score}**{about}. **{column}** ({value}) lowers it most.",
        row=f"{row}{called}",
        score=voice.number(result.prediction),
        about=about,
        column=plain(strongest.feature),
        value=plain(strongest.value),
    )
    + person.against_line(picked, result)
)
people.decided(predicted, row)
other_model.section(picked, result)
person.limits(picked, row)

# act
tabs = {
    mark("Why"): lambda: person.why(picked, found, result, said),
    mark("What if"): lambda: person.explore(everyone, result, known),
    mark("LIME"): lambda: person.lime(everyone, result),
    mark("Nearest other outcome"): lambda: alternatives.neighbours(everyone, row),
    mark("What would change it"): lambda: alternatives.counterfactuals(everyone, row, tuple(known.columns)),
    mark("Reason codes"): lambda: reason_codes.reasons(everyone, row),
}
if len(people.classes(predicted)) != people.TWO:  # only a model with two classes has one outcome and another
    tabs = {name: draw for name, draw in tabs.items() if name in ("Why", "What if", "LIME")}
tabs[views.pick(list(tabs), "view")]()
