"""Signing: what is signed, in words and as digest, and the passphrase that opens the key for this act alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from governance.evidence import CountersignError
from governance.language import mark
from governance.workflow.workspace import clock
from pages._ui import errors, session, tongue
from pages._ui.text import paragraphs, plain

Act = Callable[[str], object]
"""Takes the passphrase; raises what can be mended."""


@st.dialog("Sign", width="large")
def ask(
    meaning: str,
    lines: Sequence[tuple[str, str]],
    digest: str,
    act: Act,
    after: Callable[[], None],
    about: str = mark("the evidence"),
) -> None:
    """Ask for the passphrase and act.

    Args:
        meaning: what the signature means, in the English words that are signed; a visitor of another language reads both.
        lines: (label, words) of what is signed.
        digest: SHA-256 of what the act is about; "" when it is about nothing that has one.
        act: what to do with the passphrase.
        after: what to do once it is recorded.
        about: what the digest is of, in words.
    """
    voice = tongue.voice()
    st.caption(voice.say("What your signature means"))
    st.markdown(f"**{plain(meaning, 1000)}**")
    if voice.language != "en":
        told = plain(voice.say(meaning), 1000)
        st.markdown(
            f"{told}  \n:small[{voice.say('The English sentence above is the signed one; this is its translation.')}]"
        )
    for label, words in lines:
        st.markdown(f"{plain(label)}: {paragraphs(words) or voice.say('none')}")
    if digest:
        st.caption(
            voice.say(
                "Digest of {about} (SHA-256): the record names it, so that nobody can put something else in its place",
                about=voice.say(about),
            )
        )
        st.code(digest, language=None, wrap_lines=True)
    st.caption(
        voice.say(
            "Signed as **{name}**, today, {day} (UTC); name, time and meaning become part of the record and cannot be taken back.",
            name=voice(session.visitor().name),
            day=voice.day(f"{clock.now():%Y-%m-%d}"),
        )
    )
    with st.form("sign", border=False):
        passphrase = st.text_input(voice.say("Your passphrase"), type="password", autocomplete="off")
        pressed = st.form_submit_button(voice.say("Sign and record"), type="primary", icon=":material/draw:")
    if pressed:
        _do(act, passphrase, after)


def _do(act: Act, passphrase: str, after: Callable[[], None]) -> None:
    try:
        act(passphrase)
    except CountersignError as error:
        errors.advise(error)
        return
    after()
    st.rerun()
