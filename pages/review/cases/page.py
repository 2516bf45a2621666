"""Review, cases: what is before the board, and the way to put a model before it."""

from __future__ import annotations

import streamlit as st

from pages._ui import case_summary, duties, empty, headings, session, workspace
from pages.review.cases import form

# subject
headings.page("Cases", "What is before the board, and what has it decided?")

# read
views, board = workspace.views(), workspace.board()
files = tuple(reversed(views.cases())) if views else ()
waiting = sum(board.cases[item.case].status == "in_review" for item in files)

# draw
if files:
    headings.lead(f"{len(files)} {'case' if len(files) == 1 else 'cases'}, {waiting or 'none'} in review.")
    for item in files:
        duties.case_row(item.case, item.title.shown, case_summary.marks(board.cases[item.case]))
else:
    empty.state(
        "No case has been opened.",
        "A case puts one question about a model before the board, with the evidence frozen at that moment.",
        page=None if views is not None and views.models() else "register",
        label="Register a model first",
    )

# act
if views is not None and views.models():
    st.subheader("Prepare a case", anchor=False)
    if not session.may_act("Members put cases before the board."):
        st.stop()
    asked = session.chosen("evidence") or session.chosen("proposed")
    if asked and "new" not in st.session_state:
        st.session_state["new"] = True
    with st.expander("Put a model before the board", key="new", on_change="rerun") as box:
        if box.open:
            form.register(views, board)
    with st.expander("Freeze evidence and open the review", key="freeze", on_change="rerun") as opening:
        if opening.open:
            form.open_review(views, board)
