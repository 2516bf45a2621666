"""Explore, cohorts: rows with a name, made from choices, kept for everybody who looks at the same data."""

from __future__ import annotations

import streamlit as st

from governance.language import mark
from pages._ui import cohorts, empty, headings, subject, tongue, views
from pages._ui.text import plain
from pages.explore.cohorts import builder, named, words

# subject
picked = subject.current()
headings.page(
    tongue.say("Cohorts"),
    tongue.say("Which rows are worth a look of their own, who has kept them, and what are the columns called?"),
)
if not picked.data:
    empty.state(
        tongue.say("Pick evaluation data above."),
        tongue.say("A cohort is a part of its rows."),
        page="register",
        label=tongue.say("Register data"),
    )
    st.stop()

view = views.pick((mark("Cohorts"), mark("Words")), "view")
if view == "Words":
    words.section(picked)
    st.stop()

# read
kept = cohorts.kept(picked)

# draw
count = f"**{len(kept)}** cohort{' is' if len(kept) == 1 else 's are'} kept" if kept else "No cohort is kept"
now = f" Every page speaks of the rows with **{plain(picked.cohort)}** now." if picked.cohort else ""
headings.lead(f"{count} for {plain(picked.data_label)}.{now}")
if picked.cohort:
    st.button(
        tongue.say("Look at all rows again"), icon=":material/filter_alt_off:", on_click=subject.narrow, args=("",)
    )
named.table(picked, kept)

# act
st.subheader(tongue.say("Build a cohort"), anchor=False)
builder.draw(picked)
