"""Signing: what is signed, in words and as digest, and the passphrase that opens the key for this act alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from governance.errors import GovernanceError
from governance.workflow import clock
from pages._ui import errors, state
from pages._ui.text import paragraphs, plain
from storage.errors import StorageError

Act = Callable[[str], object]
"""Takes the passphrase; raises what can be mended."""


@st.dialog("Sign", width="large")
def ask(
    meaning: str,
    lines: Sequence[tuple[str, str]],
    digest: str,
    act: Act,
    after: Callable[[], None],
    about: str = "the evidence",
) -> None:
    """Ask for the passphrase and act.

    Args:
        meaning: what the signature means, in words.
        lines: (label, words) of what is signed.
        digest: SHA-256 of what the act is about; "" when it is about nothing that has one.
        act: what to do with the passphrase.
        after: what to do once it is recorded.
        about: what the digest is of, in words.
    """
    st.caption("What your signature means")
    st.markdown(f"**{plain(meaning, 1000)}**")
    for label, words in lines:
        st.markdown(f"{plain(label)}: {paragraphs(words) or 'none'}")
    if digest:
        st.caption(
            f"Digest of {about} (SHA-256): the record names it, so that nobody can put something else in its place"
        )
        st.code(digest, language=None, wrap_lines=True)
    st.caption(
        f"Signed as **{plain(state.visitor().name)}**, today, {clock.now():%Y-%m-%d} (UTC); name, time and meaning become part of "
        "the record and cannot be taken back."
    )
    with st.form("sign", border=False):
        passphrase = st.text_input("Your passphrase", type="password", autocomplete="off")
        pressed = st.form_submit_button("Sign and record", type="primary", icon=":material/draw:")
    if pressed:
        _do(act, passphrase, after)


def _do(act: Act, passphrase: str, after: Callable[[], None]) -> None:
    try:
        act(passphrase)
    except (GovernanceError, StorageError) as error:
        errors.advise(error)
        return
    after()
    st.rerun()
