"""Norms on a screen: what is in force in words, what is signed and not in force yet, and the form that signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError
from governance.fairness import NormSet, norms as room
from governance.review import BoardState
from governance.workflow.monitoring import norms
from governance.workflow.workspace import current_workspace
from pages._ui import drafts, errors, session, signing, tables, tongue
from pages._ui.text import join, plain, short, shown

MEANING: Final = "I adopt these norms as a member of the board."


def in_force(held: norms.Adopted) -> None:
    """Draw the norms in force, in words."""
    st.subheader(tongue.say("The norms in force"), anchor=False)
    st.markdown(
        tongue.say(
            "**{title}** (`{digest}`), signed by {signers}.",
            title=plain(held.norms.title),
            digest=short(held.digest, 12),
            signers=plain(join(held.signers)),
        )
    )
    demands(held.norms)


def demands(found: NormSet) -> None:
    """Draw what each norm asks."""
    for item in found.norms:
        why = f" {plain(item.why, 600)}" if item.why else ""
        st.markdown(f"- **{plain(item.id)}**: {plain(room.words.demand(item), 1000)}{why}")
    use = "may" if found.group_at_use == "allowed" else "may not"
    st.caption(
        tongue.say(
            "A group is judged from {least_rows} rows on. Norms about labels count a window once {least_labelled} of "
            "its rows have one. A correction may change at most {most_changed} of the decisions and {use} ask who "
            "somebody is.",
            least_rows=tongue.voice().whole(found.least_rows),
            least_labelled=found.least_labelled,
            most_changed=found.most_changed,
            use=use,
        )
    )


def proposals(found: Sequence[norms.Adopted], board: BoardState) -> None:
    """Draw who has signed which norms that are not in force yet."""
    rows = [
        {"norms": shown(item.norms.title, 60), "digest": short(item.digest, 12), "signed": join(item.signers),
         "missing": len(board.board) // 2 + 1 - len(board.norms_signed[item.digest])}
        for item in found
        if item.digest in board.norms_signed and item.index > (board.norms_index or -1)
    ]  # fmt: skip
    if not rows:
        return
    st.subheader(tongue.say("Signed and not in force yet"), anchor=False)
    tables.table(
        pd.DataFrame(rows), "Norms that some members have signed.",
        {"norms": tables.words("Norms"), "digest": tables.words("Digest"), "signed": tables.words("Signed by", wide=True),
         "missing": "Signatures missing"},
        key="norms-proposals",
    )  # fmt: skip


def sign(board: BoardState) -> None:
    """Draw the text of norms and the way to sign it."""
    st.subheader(tongue.say("Sign norms"), anchor=False)
    visitor = session.visitor()
    if visitor.id not in board.board:
        st.caption(tongue.say("Only members of the board sign norms."))
        return
    st.markdown(
        tongue.say(
            "Norms are in force once more than half of the board's members have signed the same text. Windows that are registered after "
            "that are held against them."
        )
    )
    titles = dict(room.norm.TEMPLATES)
    start = str(
        st.selectbox(tongue.say("Text to start from"), list(titles), format_func=titles.__getitem__, key="norms-start")
    )
    said = st.container()
    with st.expander(tongue.say("The text itself, to read or to change (TOML)"), key="norms-text"):
        text = drafts.area(tongue.say("Norms (TOML)"), "norms", f"text-{start}", height=320, default=room.norm.template(start),
                           followed=True)  # fmt: skip
    found = _read(text)
    if found is None:
        return
    with said:
        demands(found)
    reason = st.text_input(tongue.say("Why"), key="norms-why", help=tongue.say("It becomes part of the record."))
    st.caption(
        tongue.say(
            "Digest of these norms: `{digest}`; the whole of it is shown when you sign.", digest=short(found.digest, 12)
        )
    )
    if st.button(tongue.say("Sign these norms"), type="primary", icon=":material/draw:"):
        if not reason.strip():
            st.warning(tongue.say("A reason is needed: why these norms?"), icon=":material/info:")
            return
        signing.ask(
            MEANING,
            (
                ("Norms", shown(found.title)),
                *((item.id, room.words.demand(item)) for item in found.norms),
                ("Why", reason),
            ),
            found.digest,
            lambda secret: norms.adopt(
                current_workspace.current(), found, reason, member=visitor.id, passphrase=secret
            ),
            lambda: drafts.sent("norms", f"text-{start}"),
            about="the norms",
        )


def _read(text: str) -> NormSet | None:
    """Return the norms, or draw what is wrong with the text and return None."""
    try:
        return room.norm.from_toml(text)
    except CountersignError as error:
        errors.advise(error)
        return None
