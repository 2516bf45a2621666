"""Signing: what is signed, in words and as digest, and the passphrase that opens the key for this act alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from governance.errors import GovernanceError
from pages._ui import errors, state
from pages._ui.text import plain
from storage.errors import StorageError

Act = Callable[[str], object]
"""Takes the passphrase; raises what can be mended."""


@st.dialog("Sign", width="large")
def ask(meaning: str, lines: Sequence[tuple[str, str]], digest: str, act: Act, after: Callable[[], None]) -> None:
    """Ask for the passphrase and act.

    Args:
        meaning: what the signature means, in words.
        lines: (label, words) of what is signed.
        digest: of the evidence that the act is about; "" when it is about none.
        act: what to do with the passphrase.
        after: what to do once it is recorded.
    """
    st.markdown(f"**{plain(meaning, 1000)}**")
    for label, words in lines:
        st.markdown(f"{label}: {plain(words, 4000) or 'none'}")
    if digest:
        st.caption("Digest of the evidence that you sign (SHA-256)")
        st.code(digest, language=None, wrap_lines=True)
    st.caption(f"Signed as {plain(state.visitor().name)}. The time of the signature is recorded with it.")
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
