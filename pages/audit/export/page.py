"""Audit, export: take the record away in a form that others verify without us."""

from __future__ import annotations

import streamlit as st

from governance.dossier import zip_bytes
from governance.workflow.audit import export as exports
from pages._ui import empty, errors, headings, linked, navigation, session, tongue, workspace
from pages._ui.text import shown

# subject
headings.page(tongue.say("Export"), tongue.say("How do I take the record away so that others can check it?"))

# read
place = workspace.workspace()
if place is None:
    empty.state(
        tongue.say("There is no ledger yet."),
        tongue.say("An export is a copy of the ledger with what is needed to check it."),
    )
    st.stop()
titles = {"": tongue.say("The whole ledger")} | {item.case: shown(item.title.shown) for item in place.read().cases()}

# controls
headings.lead(
    tongue.say(
        "Choose what to take. The file holds the signed record, the evidence, reports for people, and its own verifier."
    )
)
scope = linked.pick(tongue.say("1. What to take"), titles, name="case")
if scope is None:
    st.stop()
texts = st.toggle(
    tongue.say("2. With long and personal texts"),
    value=True,
    key="texts",
    help=tongue.say(
        "Questions, reasons, comments and names. Without them the export verifies just the same; only their digests are in it."
    ),
)

# act
if session.may_act(tongue.say("Members make exports.")) and st.button(
    tongue.say("3. Make the export"), type="primary", icon=":material/ios_share:"
):
    with errors.caught(), st.spinner(tongue.say("Signing a checkpoint and packing")):
        made = exports.pack(place, case=scope or None, texts=texts)
        packed = zip_bytes(made.files, made.name)
        exports.note(place, made, actor=session.actor())
        st.markdown(
            tongue.say(
                "`{name}.zip` with {files} files is ready. That it was made is in the ledger now.",
                name=made.name,
                files=len(made.files),
            )
        )
        with st.container(horizontal=True):
            st.download_button(
                tongue.say("Download the export"),
                packed,
                f"{made.name}.zip",
                "application/zip",
                type="primary",
                on_click="ignore",
                icon=":material/download:",
            )
            st.download_button(
                tongue.say("The checkpoint, to keep for next time"),
                made.checkpoint,
                f"{made.name}.checkpoint",
                on_click="ignore",
            )

# draw
st.subheader(tongue.say("For the auditor, on another way"), anchor=False)
st.markdown(
    tongue.say(
        "The trust file says whose keys to believe. Hand it over apart from the exports, once: on paper, in a contract, in person. "
        "Whoever gives away both together could have made up both."
    )
)
with errors.caught():
    st.download_button("trust.json", exports.trust(place), "trust.json", "application/json", icon=":material/key:")
navigation.link("verify", tongue.say("Verify an export"))
