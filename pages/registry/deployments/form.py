"""The table of deployments, and the forms with which members register one and say that one has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from governance.remote import Endpoint
from governance.workflow.serving import Deployment, deployments
from governance.workflow.workspace import current_workspace
from pages._ui import errors, headings, navigation, records, session, tables, tongue
from pages._ui.text import plain, shown


def table(found: Sequence[Deployment], names: Mapping[str, str]) -> None:
    """Draw every deployment, the newest first."""
    if not found:
        return
    frame = pd.DataFrame(
        {
            "deployment": [item.id for item in reversed(found)],
            "model": [shown(names.get(item.model, item.model[:16]), 90) for item in reversed(found)],
            "address": [shown(item.endpoint.address if item.endpoint else "(erased)", 200) for item in reversed(found)],
            "served": [shown(item.endpoint.model if item.endpoint else "", 90) for item in reversed(found)],
            "begun": [item.begun for item in reversed(found)],
            "state": [f"ended {records.moment(item.ended)}" if item.ended else "served" for item in reversed(found)],
        }
    )
    tables.table(
        frame, "Deployments, the newest first",
        {"deployment": tables.words("Deployment"), "model": tables.words("Model"), "address": tables.words("Address"),
         "served": tables.words("Name at the server"), "begun": tables.count("Attestations begun", ""),
         "state": tables.words("State")},
    )  # fmt: skip
    navigation.link("serving", tongue.say("Ask whether what is served is what was approved"))


def add(names: Mapping[str, str]) -> None:
    """Draw the form with which a member registers a deployment."""
    st.subheader(tongue.say("Register a deployment"), anchor=False)
    if not session.may_act(tongue.say("Members register deployments.")):
        return
    with st.form("deployment"):
        model = st.selectbox(
            tongue.say("Model"), list(names), format_func=lambda digest: names.get(digest, "?"), key="model-served"
        )
        name = st.text_input(
            tongue.say("Id"), help=tongue.say("Lowercase letters, digits and hyphens, for example branch-offices.")
        )
        address = st.text_input(
            tongue.say("Address"), help=tongue.say("http://host:port or https://host:port, without a name or password.")
        )
        served = st.text_input(tongue.say("Name of the model at the server"))
        version = st.text_input(
            tongue.say("Version at the server"), help=tongue.say("Leave it empty for the one that the server chooses.")
        )
        pin = st.text_input(
            tongue.say("Pin"),
            help=tongue.say("SHA-256 of the server's public key, hexadecimal; only with https. May be empty."),
        )
        sent = st.form_submit_button(tongue.say("Register"), type="primary", icon=":material/add_circle:")
    if sent:
        with errors.caught():
            where = Endpoint(address.strip(), served.strip(), version.strip(), pin.strip().lower())
            deployments.register(current_workspace.current(), name.strip(), str(model), where, actor=session.actor())
            st.rerun()
    headings.aside(
        tongue.say("The address is kept beside the ledger and can be erased; a token for the server is never kept.")
    )


def end(live: Sequence[Deployment]) -> None:
    """Draw the form with which a member says that a deployment has ended."""
    if not live or not session.visitor().member:
        return
    with st.expander(tongue.say("A deployment has ended"), key="end-deployment", on_change="rerun") as box:
        if not box.open:
            return
        with st.form("ended"):
            name = st.selectbox(tongue.say("Deployment"), [item.id for item in live])
            reason = st.text_input(tongue.say("Why"), help=tongue.say("One sentence; it becomes part of the record."))
            sent = st.form_submit_button(tongue.say("It has ended"), icon=":material/stop_circle:")
        if sent:
            with errors.caught():
                deployments.end(current_workspace.current(), str(name), reason, actor=session.actor())
                st.toast(plain(f"{name} has ended."))
                st.rerun()
