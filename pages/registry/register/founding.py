"""The making of a workspace where there is none yet: its organisation, and its first member with one passphrase."""

from __future__ import annotations

from typing import Final, get_args

import streamlit as st

from governance.review import Role
from governance.workflow.demo import demo_making
from governance.workflow.review import founding
from pages._ui import errors, headings, session, tongue

ROLES: Final = get_args(Role)


def found() -> None:
    """Draw the form; afterwards whoever filled it in is a member and signed in."""
    headings.lead(tongue.say("There is no workspace yet. It takes your name and one passphrase."))
    with st.form("found", border=True):
        organisation = st.text_input(
            tongue.say("Organisation"), max_chars=100, help=tongue.say("It becomes part of the ledger's name.")
        )
        name = st.text_input(
            tongue.say("Your name"), max_chars=200, help=tongue.say("It is printed beside what you sign.")
        )
        roles = st.multiselect(
            tongue.say("What you do"), ROLES, default=["chair"], help=tongue.say("Owners and developers never vote.")
        )
        first = st.text_input(
            tongue.say("Your passphrase"),
            type="password",
            help=tongue.say("At least 8 characters. It cannot be recovered."),
        )
        second = st.text_input(tongue.say("The same once more"), type="password")
        st.caption(
            tongue.say(
                "It opens your own key and the root key, which admits further members. Either can be given another passphrase later."
            )
        )
        sent = st.form_submit_button(tongue.say("Create the workspace"), type="primary", icon=":material/add_home:")
    if not sent:
        return
    if not organisation.strip() or len(first) < 8 or first != second:
        st.warning(
            tongue.say("Give a name, and twice the same passphrase of at least 8 characters."), icon=":material/edit:"
        )
        return
    with errors.caught():
        _, member = founding.found(
            organisation.strip(), name.strip(), tuple(role for role in ROLES if role in roles), passphrase=first
        )
        demo_making.withdraw()
        session.sit(member, first)
        st.rerun()
