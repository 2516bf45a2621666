"""Registry, register: a model and its table come in together or apart; nothing is stored before a person has looked at both."""

from __future__ import annotations

import streamlit as st

from pages._ui import errors, headings, session, tongue, workspace
from pages.registry.register import draft, files, finish, founding, matching, public_sets

# subject
headings.page(
    tongue.say("Register"),
    tongue.say(
        "What is inside this model, what do the columns of this table mean, and what does one say about the other?"
    ),
)
if workspace.workspace() is None:
    founding.found()
    st.stop()
if not session.may_act(tongue.say("Models and data are registered by members.")):
    st.stop()
draft.resume()

# controls
given = files.receive()
if given.table is None:
    public_sets.offer()
if given.model is None and given.table is None:
    st.markdown(
        tongue.say(
            "Bring a model, a table, or both. You see what is inside and five answers; only then is anything stored. "
            "What you answer is kept "
            "while you look elsewhere. Models are opened in a process of their own, with limits on memory and time, and never unpickled: a "
            "scikit-learn, LightGBM or XGBoost model is converted first, on your own machine, with `countersign convert`."
        )
    )
    st.stop()

# draw
checked = matching.model(given)
table = None
with errors.caught():
    table = matching.table(given, checked)
model = matching.answers(given, checked, table)

# act
if (given.model is None or model is not None) and (given.table is None or table is not None):
    st.subheader(tongue.say("Register"), anchor=False)
    finish.act(table, model)
