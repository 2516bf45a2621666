"""Registry, register: a model file is looked into and tried on five rows before anything is stored."""

from __future__ import annotations

import streamlit as st

from pages._ui import house, incoming, inside, navigation, registration, sentence

# subject
sentence.page("Register a model", "What is inside this file, and what does it say about five rows?")
if house.workspace() is None:
    registration.found()
    st.stop()

# controls
file = incoming.receive(
    "ONNX file",
    "model-file",
    "Other kinds of model are converted on your own machine: countersign convert SOURCE --out FILE --sample DATA.",
)
if file is None:
    st.markdown(
        "The file is opened in a process of its own, with limits on memory and time. You see what is inside and five answers; "
        "only then is it stored. Models are never unpickled: a scikit-learn, LightGBM or XGBoost model is converted first, on "
        "your own machine, with `countersign convert`."
    )
    navigation.link("datasets", "Register a data set instead")
    st.stop()

# read
report = incoming.inspected(file)
if report.refused:
    sentence.lead("This file is refused.")
    inside.refusals(report)
    st.stop()

# draw
sentence.lead("This file can be registered.")
st.markdown(inside.summary(report))
with st.expander("What is inside the file", key="inside", on_change="rerun") as box:
    if box.open:
        inside.details(report, "incoming")
st.subheader("Columns", anchor=False)
columns = registration.columns_of(report)
if columns is None:
    st.stop()
st.subheader("First answers", anchor=False)
look = registration.first_answers(file, columns)

# act
if look is not None:
    st.subheader("Register", anchor=False)
    registration.form(file, columns)
