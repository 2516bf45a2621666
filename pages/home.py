"""Home, the docket: what waits for me."""

from __future__ import annotations

import streamlit as st

from governance.review.docket import waiting
from pages._ui import duties, empty, house, navigation, runs, sentence, start, state

# subject
visitor = state.visitor()
sentence.page("Docket", "What waits for me?")

# read
views = house.views()
board = house.board()
cases = {item.case: item.title.shown for item in views.cases()} if views else {}
mine = waiting(board, visitor.id, house.now())
under_way = house.runs_under_way()

# draw
if views is None or not views.models():
    start.offer()
elif not visitor.member:
    sentence.lead("You are a guest: you can look at everything, and nothing waits for you.")
elif mine:
    sentence.lead("One thing waits for you." if len(mine) == 1 else f"{len(mine)} things wait for you.")
else:
    sentence.lead("Nothing waits for you.")
for duty in mine:
    duties.row(duty, cases.get(duty.case, duty.case))

duties.alerts()

if cases:
    st.subheader("Cases", anchor=False)
    for case, title in cases.items():
        duties.case_row(case, title, board.cases[case].status)
elif views is not None and views.models():
    empty.state("No case has been opened.", "A case puts one question about a model before the board.", page="cases")

if under_way:
    st.subheader("Being computed", anchor=False)
    runs.overview(under_way)

if views is not None and views.models():
    st.subheader("Look around", anchor=False)
    with st.container(horizontal=True):
        for key in ("models", "performance", "fairness", "drift", "ledger"):
            navigation.link(key)
