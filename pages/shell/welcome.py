"""The first screen of an empty workspace: look around in the demo, or bring a model of one's own."""

from __future__ import annotations

import streamlit as st

from governance.workflow.demo import demo_making
from governance.workflow.workspace import current_workspace
from pages._ui import headings, navigation, tongue
from pages._ui.text import plain


def offer() -> None:
    """Draw the two ways to begin."""
    if demo_making.state() is not None:
        _follow()
        return
    demo_making.prepare()
    headings.lead(tongue.say("This workspace is empty. There are two ways to begin."))
    look, own = st.columns(2)
    with look, st.container(border=True, height="stretch"):
        st.markdown(tongue.say("**Look around in the demo**"))
        st.markdown(
            tongue.say(
                "A simulated consumer-credit portfolio with planted problems, two competing models and a half-finished "
                "review; and the real diabetes data of scikit-learn, too small for firm answers. It is made on this machine."
            )
        )
        if current_workspace.exists():
            st.caption(
                tongue.say("The demo needs an empty folder of its own: start the app on another workspace to see it.")
            )
        elif st.button(tongue.say("Open the demo workspace"), type="primary", icon=":material/science:"):
            demo_making.begin()
            st.rerun()
    with own, st.container(border=True, height="stretch"):
        st.markdown(tongue.say("**Register your own model**"))
        st.markdown(
            tongue.say(
                "An ONNX file and a table (CSV or Parquet). Both are inspected before anything is stored, and you see "
                "five predictions first."
            )
        )
        navigation.link("register", tongue.say("Register your model"))


@st.fragment(run_every="1s")
def _follow() -> None:
    making = demo_making.state()
    if making is None:
        st.rerun()
    elif making.error:
        st.error(plain(making.error, 2000), icon=":material/error:")
        st.button(tongue.say("Try again"), on_click=demo_making.begin, icon=":material/refresh:")
    else:
        headings.lead(tongue.say("The demo workspace is being made."))
        part = making.step.done / making.step.of if making.step.of else 0.0
        st.progress(min(1.0, part), text=plain(making.step.phase))
        st.caption(tongue.say("Everything in the credit portfolio is simulated. It takes less than a minute."))
