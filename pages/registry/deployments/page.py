"""Registry, deployments: where the registered models are served."""

from __future__ import annotations

import streamlit as st

from governance.workflow.serving import deployments
from governance.workflow.workspace import current_workspace
from pages._ui import empty, headings, tongue, workspace
from pages.registry.deployments import form

# read
headings.page(tongue.say("Deployments"), tongue.say("Where are the registered models served?"))
known = workspace.models()
if not known:
    empty.state(
        tongue.say("No model is registered yet."),
        tongue.say("A deployment says at which address a registered model is served."),
        page="register",
        label=tongue.say("Register your model"),
    )
    st.stop()
place = current_workspace.current()
found = deployments.listed(place)
names = {item.digest: item.label for item in known}

# draw
live = [item for item in found if not item.ended]
headings.lead(
    tongue.voice().count(
        len(live),
        "1 place is registered at which models are served.",
        "{n} places are registered at which models are served.",
    )
    if found
    else tongue.say("No deployment is registered yet.")
)
form.table(found, names)

# act
form.add(names)
form.end(live)
