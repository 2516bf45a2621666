"""Registry, models: which versions there are, who answers for them, and where they stand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import empty, inside, navigation, registered, sentence, tables
from pages._ui.badges import inline, verdict
from pages._ui.text import plain, short, shown

# subject
sentence.page("Models", "Which models are registered, who answers for them, and where do they stand?")

# read
known = registered.versions()
if not known:
    empty.state(
        "No model is registered yet.",
        "A registered version has a digest, an owner, an intended use and a risk tier; everything else refers to it.",
        page="register",
        label="Register your model",
    )
    st.stop()

# controls
reviewed = [item for item in known if item.case]
sentence.lead(
    f"{len(known)} model {'version is' if len(known) == 1 else 'versions are'} registered; "
    f"{len(reviewed) or 'none'} {'have' if len(reviewed) > 1 else 'has'} been put before the board."
)
frame = pd.DataFrame(
    {
        "name": [shown(item.name) for item in known],
        "version": [shown(item.version) for item in known],
        "status": [verdict(item.status).word if item.status else "No case yet" for item in known],
        "owner": [shown(item.owner) for item in known],
        "tier": [item.tier for item in known],
        "evidence": [item.evidence for item in known],
    }
)
tables.table(
    frame,
    "Registered model versions with owner, risk tier and state of review",
    {
        "name": tables.words("Model"),
        "version": tables.words("Version"),
        "status": tables.words("Review"),
        "owner": tables.words("Owner"),
        "tier": tables.words("Risk tier"),
        "evidence": tables.count("Results", "evidence"),
    },
)
labels = [item.label for item in known]
chosen = st.selectbox("Look at one version", labels, key="version", bind="query-params")
version = next(item for item in known if item.label == (chosen or labels[0]))
report = registered.inspection(version.digest)

# draw
st.subheader(plain(f"{version.name} {version.version}"), anchor=False)
st.markdown(
    f"{inline(version.status) if version.status else inline('draft', 'No case yet')} {plain(version.intended_use, 4000)}"
)
left, right = st.columns(2)
with left:
    st.markdown(
        f"- Owner: {plain(version.owner)}\n- Risk tier: {plain(version.tier)}\n"
        f"- Registered on {version.registered} by {plain(version.by)} (ledger entry {version.entry})\n"
        f"- Recorded results about it: {version.evidence}"
    )
with right:
    steps = registered.lineage(version, known)
    st.markdown(
        "Replaces: " + " → ".join(plain(step) for step in steps) if len(steps) > 1 else "It replaces no other version."
    )
    st.caption("Digest of the file (SHA-256)")
    st.code(version.digest, language=None, wrap_lines=True)
if report is not None:
    st.markdown(inside.summary(report))
    with st.expander("What is inside the file", key="inside", on_change="rerun") as box:
        if box.open:
            inside.details(report, short(version.digest))

# act
with st.container(horizontal=True):
    for key in ("performance", "explanations", "fairness", "drift"):
        navigation.link(key, model=version.label)
    if version.case:
        navigation.link("case", "Open its case", case=version.case)
    navigation.link("register", "Register another version")
