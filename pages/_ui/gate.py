"""The identity gate: who is sitting here?"""

from __future__ import annotations

import streamlit as st

from pages._ui import house, state
from pages._ui.text import plain, shown


def _name(visitor: state.Visitor) -> str:
    roles = f" ({', '.join(visitor.roles)})" if visitor.roles else ""
    return shown(f"{visitor.name}{roles}")


def ask() -> None:
    """Draw the gate and nothing else."""
    members = {member.id: member for member in house.members()}
    with st.container(width=560):
        st.title("Who is sitting here?", anchor=False)
        st.markdown(
            "Countersign keeps a record of what an ethics board saw and decided. Your name decides what is waiting for "
            "you. It is no proof of who you are: every vote and every comment is signed with your own passphrase."
        )
        if members:
            options = [*members, state.GUEST]
            who = st.selectbox(
                "I am",
                options,
                index=None,
                placeholder="Choose your name",
                format_func=lambda key: _name(members.get(key, state.ANALYST)),
            )
            st.button("Come in", type="primary", on_click=state.sit, args=(who,), disabled=who is None)
        else:
            st.markdown("Nobody is a member yet. A guest analyst can look at everything and sign nothing.")
            st.button("Come in as guest analyst", type="primary", on_click=state.sit, args=(state.GUEST,))


def seat() -> None:
    """Draw who sits here, with the way out."""
    visitor = state.visitor()
    roles = f"  \n{plain(', '.join(visitor.roles))}" if visitor.roles else ""
    st.markdown(f"Sitting here:  \n**{plain(visitor.name)}**{roles}")
    st.button("Someone else", on_click=state.stand, type="tertiary", icon=":material/switch_account:")
