"""The first screen of an empty workspace: look around in the demo, or bring a model of one's own."""

from __future__ import annotations

import streamlit as st

from pages._ui import navigation, sentence


def offer() -> None:
    """Draw the two ways to begin."""
    sentence.lead("This workspace is empty. There are two ways to begin.")
    look, own = st.columns(2)
    with look, st.container(border=True, height="stretch"):
        st.markdown("**Look around in the demo**")
        st.markdown(
            "A simulated consumer-credit portfolio with planted problems, two competing models and a half-finished "
            "review; and the real diabetes data of scikit-learn, too small for firm answers. It is made on this machine."
        )
    with own, st.container(border=True, height="stretch"):
        st.markdown("**Register your own model**")
        st.markdown(
            "An ONNX file and a table (CSV or Parquet). Both are inspected before anything is stored, and you see "
            "five predictions first."
        )
        navigation.link("register", "Register your model")
