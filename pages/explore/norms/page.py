"""Explore, norms over time: does the model keep what the board asks of groups, and since when does it not?"""

from __future__ import annotations

import streamlit as st

from governance.workflow.monitoring import loop, norms
from governance.workflow.workspace import current_workspace
from pages._ui import empty, headings, subject, tongue, workspace
from pages.explore.norms import adoption, corrections, other_norms, standing

# subject
picked = subject.current()
headings.page(
    tongue.say("Norms over time"),
    tongue.say("Does the model keep what the board asks of groups of people, and since when does it not?"),
)
if workspace.views() is None:
    empty.state(
        tongue.say("There is no workspace yet."),
        tongue.say("A board signs norms before anybody looks; then every window is held against them."),
        page="home",
        label=tongue.say("Begin on the home page"),
    )
    st.stop()

# read
place = current_workspace.current()
held, board = norms.in_force(place), workspace.board()
found = loop.latest(place, picked.model) if held is not None and picked.model else None

# draw
headings.lead(standing.lead(held, found, model=bool(picked.model)))
if found is not None:
    standing.over_time(found)
    standing.breaches(found)
    standing.counted(found, place)
if held is not None:
    adoption.in_force(held)

# act
if held is not None and picked.model:
    if found is not None:
        corrections.section(place, picked.model, found)
    standing.count_windows(place, picked.model, found)
    other_norms.section(place, picked.model, held)
adoption.proposals(norms.history(place), board)
adoption.sign(board)
