"""Audit, members and keys: who may act, with which key, and who keeps watch outside."""

from __future__ import annotations

import streamlit as st

from pages._ui import empty, house, navigation, seats, sentence

# subject
sentence.page("Members and keys", "Who may act, with which key, and who keeps watch outside?")

# read
place = house.workspace()
if place is None:
    empty.state(
        "There is no workspace yet.",
        "Its first entries are a root key, which admits members and keys, and the service's own key.",
        page="home",
        label="Begin on the home page",
    )
    st.stop()
views, witnesses = place.read(), place.witnesses()
current, keys = views.members(), views.keys()
sentence.lead(seats.standing(current, witnesses))
sentence.aside("A key is valid by its place in the ledger: what it signed before it was revoked stays signed.")

# controls
removed = st.toggle("Show removed members", key="removed", bind="query-params")

# draw
seats.people(views.members(removed=bool(removed)))
st.subheader("Keys", anchor=False)
seats.all_keys(keys)
st.subheader("What an auditor pins", anchor=False)
st.markdown(
    "These keys tell an outsider that a checkpoint is this ledger's. Send them on another way than the export itself: "
    "in a letter, on a web page, by telephone."
)
seats.pins(place.checkpoint_keys(), witnesses)

# act
st.subheader("Change who may act", anchor=False)
st.markdown("The root key signs each of these changes; its passphrase is asked for every time and kept nowhere.")
enrol, rotate, revoke, witness = st.tabs(
    ["Enrol a member", "Replace a key", "Revoke a key", "Add a witness"], key="acts", on_change="rerun"
)
if enrol.open:
    with enrol:
        seats.enrol()
if rotate.open:
    with rotate:
        seats.rotate(current)
if revoke.open:
    with revoke:
        seats.revoke(keys)
if witness.open:
    with witness:
        seats.trust_witness()
navigation.link("ledger")
