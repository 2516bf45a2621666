"""Review, decide: what the votes lead to, the conditions, and an appeal."""

from __future__ import annotations

import streamlit as st

from governance.review.ballot import standing
from pages._ui import brief, deciding, house, navigation, papers, sentence

# subject
sentence.page("Decide", "What do the votes lead to, and what follows from the decision?")
chosen = papers.choose("case")
views = house.views()
if chosen is None or views is None:
    st.stop()
case, file = chosen

# read
stands = standing(case)
cast = views.votes(case.id)
decisions = views.decisions(case.id)
conditions = views.conditions(case.id)

# draw
sentence.lead(brief.lead(house.board(), case, stands))
brief.asked(case, file)
navigation.link("case", "Read the case", case=case.id)

# act
if case.status == "in_review":
    st.subheader("Record the decision", anchor=False)
    deciding.record(case, stands)
if decisions:
    st.subheader("The decision", anchor=False)
    papers.decision(decisions[-1], cast)
    st.subheader("Conditions", anchor=False)
    deciding.conditions(case, conditions)
st.subheader("Appeal", anchor=False)
deciding.appeal(house.board(), case)
if decisions:
    navigation.link("export", "Take the record of this case away", case=case.id)
