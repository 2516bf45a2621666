"""Review, charter: the rules that the board gave itself, and how it adopts them."""

from __future__ import annotations

import streamlit as st

from pages._ui import empty, headings, navigation, tongue, workspace
from pages.review.charter import form

# subject
headings.page(tongue.say("Charter"), tongue.say("By which rules does this board decide, and who has signed them?"))

# read
views, board = workspace.views(), workspace.board()
if views is None:
    empty.state(
        tongue.say("There is no workspace yet."),
        tongue.say("A board adopts its charter before it judges anything."),
        page="home",
        label=tongue.say("Begin on the home page"),
    )
    st.stop()

# draw
headings.lead(form.lead(board))
if board.charter is not None:
    form.rules(board.charter)
form.proposals(board)

# act
st.subheader(tongue.say("Sign a charter"), anchor=False)
st.markdown(
    tongue.say(
        "A charter is in force once more than half of the board's members have signed the same text. Change it here and every "
        "member signs the new text; cases that are open keep the rules under which they were opened."
    )
)
form.sign(board)
navigation.link("keys", tongue.say("Members and keys"))
