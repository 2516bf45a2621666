"""Audit, verify: an auditor brings an export, and checks it without trusting this server's word."""

from __future__ import annotations

import streamlit as st

from pages._ui import headings, navigation, tongue
from pages.audit.verify import checking

# subject
headings.page(
    tongue.say("Verify"), tongue.say("Is this export complete, unchanged, and decided by the board's own rules?")
)
headings.lead(
    tongue.say("Bring an export and the trust file. An older checkpoint that you kept finds a rewritten history.")
)

# controls
with st.form("verify"):
    export = st.file_uploader(tongue.say("Export (.zip)"), type="zip")
    left, right = st.columns(2)
    trust = left.file_uploader(
        tongue.say("trust.json, received on another way than the export"), type="json", max_upload_size=1
    )
    old = right.file_uploader(
        tongue.say("Checkpoints that you kept (optional)"), accept_multiple_files=True, max_upload_size=1
    )
    authority = st.file_uploader(
        tongue.say("Certificate (PEM) of a time-stamping authority that you trust (optional)"),
        type="pem",
        max_upload_size=1,
    )
    pressed = st.form_submit_button(tongue.say("Verify"), type="primary", icon=":material/verified_user:")

# draw
if pressed and export is not None and trust is not None:
    with st.spinner(tongue.say("Hashing every line and recomputing the rules")):
        pem = authority.getvalue() if authority is not None else b""
        answer = checking.check(export.getvalue(), trust.getvalue(), [item.getvalue() for item in old], pem)
    checking.draw(answer, len(old))
elif pressed:
    st.warning(tongue.say("An export and a trust file are needed."), icon=":material/info:")
st.caption(
    tongue.say(
        "This page runs on the same machine as the ledger. If you do not trust that machine, run the verifier on your own: take it "
        "from the project's release (verify*.py), not out of an export. It needs Python and the package cryptography, and answers alike."
    )
)
navigation.link("export", tongue.say("Take an export"))
