"""The gate: who is sitting here, shown by a passphrase; or a guest, who reads."""

from __future__ import annotations

import streamlit as st

from governance.workflow.demo import passphrase_on_screen
from governance.workflow.review import requests
from governance.workflow.workspace import current_workspace
from pages._ui import errors, own_key, session, tongue, workspace
from pages._ui.choices import GUEST, Visitor
from pages._ui.text import plain, shown
from pages.shell import clock


def _name(visitor: Visitor) -> str:
    roles = f" ({', '.join(visitor.roles)})" if visitor.roles else ""
    return shown(f"{visitor.name}{roles}")


def ask() -> None:
    """Draw the gate and nothing else."""
    members = {member.id: member for member in workspace.members()}
    with st.container(width=560):
        tongue.choose()
        st.title(tongue.say("Who is sitting here?"), anchor=False)
        st.markdown(
            tongue.say(
                "Countersign keeps a record of what an ethics board saw and decided. Your passphrase shows that you are who you say, "
                "until this evening; votes and comments are signed with it once more. A guest reads, asks for numbers, and changes nothing."
            )
        )
        if members:
            _choose(members)
        else:
            st.markdown(tongue.say("Nobody is a member yet."))
            st.button(tongue.say("Come in as guest analyst"), type="primary", on_click=_guest)
        if workspace.workspace() is not None:
            with st.expander(tongue.say("Ask to become a member"), key="ask", on_change="rerun") as box:
                if box.open:
                    _ask_to_join()
        if members:
            with st.expander(tongue.say("I have lost my passphrase"), key="lost", on_change="rerun") as box:
                if box.open:
                    own_key.form(list(members))


def _guest() -> None:
    session.sit(GUEST, "")


def _choose(members: dict[str, Visitor]) -> None:
    who = st.selectbox(
        tongue.say("I am"),
        [*members, GUEST],
        index=None,
        placeholder=tongue.say("Choose your name"),
        format_func=lambda key: _name(members.get(key, session.ANALYST)),
    )
    if who == GUEST:
        st.button(tongue.say("Come in"), type="primary", on_click=_guest)
        return
    printed = passphrase_on_screen(current_workspace.current())
    if printed:
        st.caption(
            tongue.say("This is the demonstration: every seat opens with the passphrase `{printed}`.", printed=printed)
        )
    announced = clock.announce()
    with st.form("come-in", border=False):
        secret = st.text_input(tongue.say("Your passphrase"), type="password", autocomplete="off")
        pressed = st.form_submit_button(tongue.say("Come in"), type="primary", disabled=who not in members)
    if pressed and who in members:
        with errors.caught():
            session.sit(str(who), secret)
            if announced:
                clock.confirm(session.actor())
            st.rerun()


def _ask_to_join() -> None:
    """Draw the form with which a person makes a key of their own and asks to be admitted."""
    st.caption(
        tongue.say(
            "You make your key here, under a passphrase that nobody else learns. Whoever keeps the root key then admits you."
        )
    )
    with st.form("join", border=False):
        member = st.text_input(
            tongue.say("Id"), help=tongue.say("1 to 64 of a-z, 0-9 and hyphen; it stays for ever."), max_chars=64
        )
        name = st.text_input(
            tongue.say("Printed name"),
            help=tongue.say("It stands beside each signature; the text can be erased later."),
        )
        first, second = own_key.new_passphrase(tongue.say("A passphrase of your own"))
        pressed = st.form_submit_button(tongue.say("Make my key and ask"), icon=":material/person_add:")
    if not pressed:
        return
    own_key.asked(first, second, lambda: requests.ask(current_workspace.current(), member, name, passphrase=first))


def seat() -> None:
    """Draw who sits here, with the way out."""
    visitor = session.visitor()
    roles = f" ({plain(', '.join(visitor.roles))})" if visitor.roles else ""
    st.markdown(f"{tongue.voice().say('Sitting here:')} **{plain(visitor.name)}**{roles}")
    tongue.choose()
    st.button(
        tongue.voice().say("Someone else"), on_click=session.stand, type="tertiary", icon=":material/switch_account:"
    )
