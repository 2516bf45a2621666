"""Review, cases: what is before the board, and the way to put a model before it."""

from __future__ import annotations

import streamlit as st

from pages._ui import case_form, duties, empty, house, sentence

# subject
sentence.page("Cases", "What is before the board, and what has it decided?")

# read
views, board = house.views(), house.board()
files = tuple(reversed(views.cases())) if views else ()
waiting = sum(board.cases[item.case].status == "in_review" for item in files)

# draw
if files:
    sentence.lead(f"{len(files)} {'case' if len(files) == 1 else 'cases'}, {waiting or 'none'} in review.")
    for item in files:
        duties.case_row(item.case, item.title.shown, board.cases[item.case].status)
else:
    empty.state(
        "No case has been opened.",
        "A case puts one question about a model before the board, with the evidence frozen at that moment.",
        page="register",
        label="Register a model first",
    )

# act
if views is not None and views.models():
    st.subheader("Prepare a case", anchor=False)
    with st.expander("Put a model before the board", key="new", on_change="rerun") as box:
        if box.open:
            case_form.register(views, board)
    with st.expander("Freeze evidence and open the review", key="freeze", on_change="rerun") as opening:
        if opening.open:
            case_form.open_review(views, board)
