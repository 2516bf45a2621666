"""Registry, models: which versions there are, who answers for them, and where they stand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import empty, headings, linked, model_inspection, navigation, records, tables, tongue
from pages._ui.badges import inline
from pages._ui.text import plain, short, shown
from pages.registry.models import profile, versions

# subject
headings.page(
    tongue.say("Models"), tongue.say("Which models are registered, who answers for them, and where do they stand?")
)

# read
known = versions.versions()
if not known:
    empty.state(
        tongue.say("No model is registered yet."),
        tongue.say(
            "A registered version has a digest, an owner, an intended use and a risk tier; everything else refers to it."
        ),
        page="register",
        label=tongue.say("Register your model"),
    )
    st.stop()

# controls
reviewed = [item for item in known if item.case]
voice = tongue.voice()
there = voice.count(len(known), "One model version is registered", "{n} model versions are registered")
put = voice.count(len(reviewed), "one has been put before the board", "{n} have been put before the board")
headings.lead(f"{there}; {put if reviewed else voice.say('none has been put before the board')}.")
frame = pd.DataFrame(
    {
        "name": [shown(item.name) for item in known],
        "version": [shown(item.version) for item in known],
        "status": [versions.words(item) for item in known],
        "since": [versions.learnt(item) for item in known],
        "owner": [shown(item.owner) for item in known],
        "tier": [item.tier for item in known],
        "evidence": [item.evidence for item in known],
    }
)
chosen = linked.pick_row(
    "model version",
    linked.Listing(
        [item.label for item in known],
        frame,
        "Registered model versions with owner, risk tier and state of review",
        {
            "name": tables.words("Model"),
            "version": tables.words("Version"),
            "status": tables.words("Review"),
            "since": tables.words("Learnt since", width=180),
            "owner": tables.words("Owner"),
            "tier": tables.words("Risk tier"),
            "evidence": tables.count("Results", "evidence"),
        },
    ),
    name="version",
)
if chosen is None:
    st.stop()
version = next(item for item in known if item.label == chosen)
report = versions.inspection(version.digest)

# draw
st.subheader(plain(f"{version.name} {version.version}"), anchor=False)
st.markdown(
    f"{inline(version.status) if version.status else inline('draft', 'No case yet')}"
    f"{' ' + inline('appealed') if version.appealed else ''} {plain(version.intended_use, 4000)}"
)
for item in version.changes:
    st.markdown(
        f"- {inline('alert' if item.kind in ('harm', 'alert') else 'waiting', item.kind)} {plain(item.words, 600)}"
    )
profile.draw(version.digest, version.label)
left, right = st.columns(2)
with left:
    st.markdown(
        tongue.say(
            "- Owner: {owner}\n- Risk tier: {tier}\n- Registered on {registered} by {by} (ledger entry {entry})\n- "
            "Recorded results about it: {evidence}",
            owner=plain(version.owner),
            tier=plain(version.tier),
            registered=version.registered,
            by=plain(records.called(version.by)),
            entry=version.entry,
            evidence=version.evidence,
        )
    )
with right:
    steps = versions.lineage(version, known)
    st.markdown(
        tongue.say("Replaces: {versions}", versions=" → ".join(plain(step) for step in steps))
        if len(steps) > 1
        else tongue.say("It replaces no other version.")
    )
    st.caption(tongue.say("Digest of the file (SHA-256)"))
    st.code(version.digest, language=None, wrap_lines=True)
if report is not None:
    st.markdown(model_inspection.summary(report))
    with st.expander(tongue.say("What is inside the file"), key="inside", on_change="rerun") as box:
        if box.open:
            model_inspection.details(report, short(version.digest))

# act
with st.container(horizontal=True):
    for key in ("performance", "explanations", "fairness", "drift"):
        navigation.link(key, model=version.label)
    if version.case:
        navigation.link("case", tongue.say("Open its case"), case=version.case)
    navigation.link("register", tongue.say("Register another version"))
