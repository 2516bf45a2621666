"""Audit, export: take the record away in a form that others verify without us."""

from __future__ import annotations

import streamlit as st

from governance.dossier import zip_bytes
from governance.workflow.audit import export as exports
from pages._ui import empty, errors, headings, linked, navigation, session, workspace
from pages._ui.text import shown

# subject
headings.page("Export", "How do I take the record away so that others can check it?")

# read
place = workspace.workspace()
if place is None:
    empty.state("There is no ledger yet.", "An export is a copy of the ledger with what is needed to check it.")
    st.stop()
titles = {"": "The whole ledger"} | {item.case: shown(item.title.shown) for item in place.read().cases()}

# controls
headings.lead(
    "Choose what to take. The file holds the signed record, the evidence, reports for people, and its own verifier."
)
scope = linked.pick("What", titles, name="case")
if scope is None:
    st.stop()
texts = st.toggle(
    "2. With long and personal texts",
    value=True,
    key="texts",
    help="Questions, reasons, comments and names. Without them the export verifies just the same; only their digests are in it.",
)

# act
if session.may_act("Members make exports.") and st.button(
    "3. Make the export", type="primary", icon=":material/ios_share:"
):
    with errors.caught(), st.spinner("Signing a checkpoint and packing"):
        made = exports.pack(place, case=scope or None, texts=texts)
        packed = zip_bytes(made.files, made.name)
        exports.note(place, made, actor=session.actor())
        st.markdown(f"`{made.name}.zip` with {len(made.files)} files is ready. That it was made is in the ledger now.")
        with st.container(horizontal=True):
            st.download_button(
                "Download the export",
                packed,
                f"{made.name}.zip",
                "application/zip",
                type="primary",
                on_click="ignore",
                icon=":material/download:",
            )
            st.download_button(
                "The checkpoint, to keep for next time", made.checkpoint, f"{made.name}.checkpoint", on_click="ignore"
            )

# draw
st.subheader("For the auditor, on another way", anchor=False)
st.markdown(
    "The trust file says whose keys to believe. Hand it over apart from the exports, once: on paper, in a contract, in person. "
    "Whoever gives away both together could have made up both."
)
with errors.caught():
    st.download_button("trust.json", exports.trust(place), "trust.json", "application/json", icon=":material/key:")
navigation.link("verify", "Verify an export")
