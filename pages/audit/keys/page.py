"""Audit, members and keys: who may act, with which key, and who keeps watch outside."""

from __future__ import annotations

import streamlit as st

from governance.workflow.review import requests
from pages._ui import empty, headings, navigation, session, tongue, workspace
from pages.audit.keys import member_forms

# subject
headings.page(tongue.say("Members and keys"), tongue.say("Who may act, with which key, and who keeps watch outside?"))

# read
place = workspace.workspace()
if place is None:
    empty.state(
        tongue.say("There is no workspace yet."),
        tongue.say("Its first entries are a root key, which admits members and keys, and the service's own key."),
        page="home",
        label=tongue.say("Begin on the home page"),
    )
    st.stop()
views, witnesses = place.read(), place.witnesses()
current, keys = views.members(), views.keys()
headings.lead(member_forms.standing(current, witnesses))
headings.aside(
    tongue.say("A key is valid by its place in the ledger: what it signed before it was revoked stays signed.")
)

# controls
removed = st.toggle(tongue.say("Show removed members"), key="removed", bind="query-params")

# draw
member_forms.people(views.members(removed=bool(removed)))
member_forms.failed(current)
st.subheader(tongue.say("Keys"), anchor=False)
member_forms.all_keys(keys)
st.subheader(tongue.say("What an auditor pins"), anchor=False)
st.markdown(
    tongue.say(
        "These keys tell an outsider that a checkpoint is this ledger's. Send them on another way than the export itself: "
        "in a letter, on a web page, by telephone."
    )
)
member_forms.pins(place.checkpoint_keys(), witnesses)

# act
st.subheader(tongue.say("Change who may act"), anchor=False)
st.markdown(
    tongue.say("The root key signs each of these changes; its passphrase is asked for every time and kept nowhere.")
)
if current and not session.may_act(tongue.say("Members change who may act.")):
    navigation.link("ledger")
    st.stop()
admit, rotate, revoke, remove, witness = st.tabs(
    ["Admit a person or key", "Replace a key", "Revoke a key", "Remove a member", "Add a witness"],
    key="acts",
    on_change="rerun",
)
if admit.open:
    with admit:
        member_forms.admit(requests.waiting(place))
if remove.open:
    with remove:
        member_forms.remove(current)
if rotate.open:
    with rotate:
        member_forms.rotate(session.visitor().id if session.visitor().member else "")
if revoke.open:
    with revoke:
        member_forms.revoke(keys)
if witness.open:
    with witness:
        member_forms.trust_witness()
navigation.link("ledger")
