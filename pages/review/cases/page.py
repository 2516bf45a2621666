"""Review, cases: what is before the board, and the way to put a model before it."""

from __future__ import annotations

import streamlit as st

from pages._ui import case_summary, duties, empty, headings, session, tongue, workspace
from pages.review.cases import form

# subject
headings.page(tongue.say("Cases"), tongue.say("What is before the board, and what has it decided?"))

# read
views, board = workspace.views(), workspace.board()
files = tuple(reversed(views.cases())) if views else ()
waiting = sum(board.cases[item.case].status == "in_review" for item in files)

# draw
if files:
    voice = tongue.voice()
    cases = voice.count(len(files), "One case", "{n} cases")
    headings.lead(voice.say("{cases}, {waiting} in review.", cases=cases, waiting=waiting or voice.say("none")))
    for item in files:
        duties.case_row(item.case, item.title.shown, case_summary.marks(board.cases[item.case]))
else:
    empty.state(
        tongue.say("No case has been opened."),
        tongue.say("A case puts one question about a model before the board, with the evidence frozen at that moment."),
        page=None if views is not None and views.models() else "register",
        label=tongue.say("Register a model first"),
    )

# act
if views is not None and views.models():
    st.subheader(tongue.say("Prepare a case"), anchor=False)
    if not session.may_act(tongue.say("Members put cases before the board.")):
        st.stop()
    asked = session.chosen("evidence") or session.chosen("proposed")
    if asked and "new" not in st.session_state:
        st.session_state["new"] = True
    with st.expander(tongue.say("Put a model before the board"), key="new", on_change="rerun") as box:
        if box.open:
            form.register(views, board)
    with st.expander(tongue.say("Freeze evidence and open the review"), key="freeze", on_change="rerun") as opening:
        if opening.open:
            form.open_review(views, board)
