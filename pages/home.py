"""Home, the docket: what waits for me, and where everything stands."""

from __future__ import annotations

import streamlit as st

from governance.review import deadlines, waiting
from governance.workflow.review import portfolio
from pages._ui import duties, empty, headings, navigation, reminders, runs, session, tongue, workspace
from pages.shell import overview, tour, welcome

# subject
visitor, voice = session.visitor(), tongue.voice()
headings.page(voice.say("Docket"), voice.say("What waits for me, and where does everything stand?"))

# read
place, views, board = workspace.workspace(), workspace.views(), workspace.board()
cases = {item.case: item.title.shown for item in views.cases()} if views else {}
mine = waiting(board, visitor.id, workspace.now())
under_way = workspace.runs_under_way()

# draw
if place is None or views is None or not views.models():
    welcome.offer()
elif not visitor.member:
    headings.lead(voice.say("You are a guest: you can look at everything, and nothing waits for you."))
elif mine:
    headings.lead(voice.count(len(mine), "One thing waits for you.", "{n} things wait for you."))
else:
    headings.lead(voice.say("Nothing waits for you."))
for duty in mine:
    duties.row(duty, cases.get(duty.case, duty.case))
tour.draw()

duties.alerts()
reminders.section()

if cases:
    st.subheader(voice.say("Cases"), anchor="cases")
    overview.stages(board, cases)
elif place is not None and views is not None and views.models():
    empty.state(
        voice.say("No case has been opened."),
        voice.say("A case puts one question about a model before the board."),
        page="cases",
    )

if place is not None and views is not None and views.models():
    st.subheader(voice.say("Models"), anchor="models")
    overview.models(portfolio.portfolio(place))
if deadlines(board):
    st.subheader(voice.say("What ends when"), anchor="deadlines")
    overview.ends(board, cases)

if under_way:
    st.subheader(voice.say("Being computed"), anchor=False)
    runs.overview(under_way)

if views is not None and views.models():
    st.subheader(voice.say("Look around"), anchor=False)
    with st.container(horizontal=True):
        for key in ("models", "performance", "fairness", "drift", "ledger"):
            navigation.link(key)
