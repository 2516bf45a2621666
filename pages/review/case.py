"""Review, one case: what is asked, what nobody knows, what others object, the evidence, and the ballot."""

from __future__ import annotations

import streamlit as st

from governance.review.ballot import standing
from pages._ui import ballot_box, brief, copying, freezing, house, navigation, papers, sentence, state, talk

# subject
sentence.page("Case", "What am I asked to sign, what do we not know, and what do the others object?")
chosen = papers.choose("case")
views, board = house.views(), house.board()
if chosen is None or views is None:
    st.stop()
case, file = chosen

# read
comments = views.comments(case.id)
cast = views.votes(case.id)
decisions = views.decisions(case.id)
stands = standing(case)
held = brief.report(case)

# draw
sentence.lead(brief.lead(board, case, stands))
brief.asked(case, file)
brief.unknowns(case, held)
brief.objections(case, cast, comments)
if case.status == "in_review":
    brief.missing(stands)

st.subheader("What the policy asks", anchor=False)
papers.gate(case, held)
st.subheader("The evidence", anchor=False)
papers.evidence(case)
papers.look_around(case)
with st.expander("Model card", key="card", on_change="rerun") as reading:
    if reading.open:
        copying.card(case.id)
if case.status in ("draft", "ready", "in_review"):
    with st.expander("Prepare: evidence, policy, waivers", key="prepare", on_change="rerun") as preparing:
        if preparing.open:
            freezing.prepare(views, board, case.id)

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
    ballot_box.draw(board, case)

st.subheader("Decision", anchor=False)
papers.decision(decisions[-1] if decisions else None, cast)
navigation.link("decide", "Decide, conditions, appeal", case=case.id)
with st.expander("Report, model card and bill of materials to take away", key="copies", on_change="rerun") as taking:
    if taking.open:
        copying.files(case.id)
with st.expander("History", key="history", on_change="rerun") as past:
    if past.open:
        papers.history(case.id)
