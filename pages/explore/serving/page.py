"""Explore, serving: is what is served what was approved, and how fast does it answer?"""

from __future__ import annotations

import streamlit as st

from governance.workflow.serving import attestation, deployments
from governance.workflow.workspace import current_workspace
from pages._ui import empty, headings, subject, tongue
from pages.explore.serving import attestations, copies, latency

# subject
picked = subject.current()
headings.page(tongue.say("Serving"), tongue.say("Is what is served what was approved, and how fast does it answer?"))
if not picked.model:
    empty.state(
        tongue.say("Pick a model above."),
        tongue.say(
            "A model that is served somewhere is asked rows that visit every leaf and both sides of every split of the approved file."
        ),
        page="register",
        label=tongue.say("Register a model or data"),
    )
    st.stop()

# read
place = current_workspace.current()
places = deployments.listed(place, model=picked.model)
found = attestation.history(place, picked.model)
if not places:
    empty.state(
        tongue.say("No deployment of this model is registered yet."),
        tongue.say("A deployment is an address at which the model is said to be served."),
        page="deployments",
        label=tongue.say("Register a deployment"),
    )

# draw, and act
going = sum(not item.ended for item in places)
headings.lead(
    tongue.say("Nothing is known of where this model is served.")
    if not going
    else tongue.voice().count(
        going, "This model is said to be served in 1 place.", "This model is said to be served in {n} places."
    )
)
for deployment in reversed(places):
    attestations.card(deployment, attestations.newest(found, deployment.id), picked)
attestations.table(found)
latency.section(picked, [item.id for item in places if not item.ended])
copies.section(picked)
