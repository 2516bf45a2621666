"""Review, one case: the question, the evidence, what is said about it, and the ballot."""

from __future__ import annotations

import streamlit as st

from governance.review.ballot import standing
from pages._ui import ballot_box, house, navigation, papers, sentence, state, talk

# subject
sentence.page("Case", "What is the board asked, what does the evidence say, and who has voted?")
chosen = papers.choose("case")
views = house.views()
if chosen is None or views is None:
    st.stop()
case, file = chosen

# read
comments = views.comments(case.id)
cast = views.votes(case.id)
decisions = views.decisions(case.id)
stands = standing(case)

# draw
sentence.lead(papers.lead(case, stands))
papers.head(case, file)
if case.status == "in_review":
    papers.standing(stands)

st.subheader("What the policy asks", anchor=False)
papers.gate(case)
st.subheader("The evidence", anchor=False)
papers.evidence(case)
papers.look_around(case)

st.subheader("Comments", anchor=False)
talk.thread(case, comments)
if case.status == "in_review" and state.visitor().member:
    with st.expander("Write a comment", key="compose", on_change="rerun") as box:
        if box.open:
            talk.compose(case)

st.subheader("Votes", anchor=False)
papers.votes(cast, case)

# act
if case.status == "in_review":
    st.subheader("Your vote", anchor=False)
    ballot_box.draw(house.board(), case)

st.subheader("Decision", anchor=False)
papers.decision(decisions[-1] if decisions else None, cast)
navigation.link("decide", "Decide, conditions, appeal", case=case.id)
with st.expander("History", key="history", on_change="rerun") as past:
    if past.open:
        papers.history(case.id)
