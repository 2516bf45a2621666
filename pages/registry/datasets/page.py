"""Registry, data sets: which tables there are, what their columns mean, and how another one comes in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import datasets, empty, headings, linked, navigation, records, session, tables, tongue
from pages._ui.text import plain, shown

# subject
headings.page(tongue.say("Data sets"), tongue.say("Which tables are registered, and what do their columns mean?"))

# read
known = datasets.tables()

# draw
if known:
    headings.lead(tongue.voice().count(len(known), "One data set is registered.", "{n} data sets are registered."))
    frame = pd.DataFrame(
        {
            "name": [shown(item.name) for item in known],
            "role": [item.role for item in known],
            "rows": [item.rows for item in known],
            "columns": [len(item.columns) for item in known],
            "registered": [item.registered for item in known],
            "evidence": [item.evidence for item in known],
        }
    )
    chosen = linked.pick_row(
        "data set",
        linked.Listing(
            [item.label for item in known],
            frame,
            "Registered data sets with role and size",
            {
                "name": tables.words("Data set"),
                "role": tables.words("Role"),
                "rows": tables.count("Rows"),
                "columns": tables.count("Columns", ""),
                "registered": tables.words("Registered on"),
                "evidence": tables.count("Results", "evidence"),
            },
        ),
        name="data",
    )
    if chosen is None:
        st.stop()
    found = next(item for item in known if item.label == chosen)
    st.subheader(plain(found.name), anchor=False)
    st.markdown(datasets.meaning(found.schema, found.columns))
    left, right = st.columns([3, 2])
    with left:
        tables.table(
            datasets.roles_frame(found),
            "Columns with type and role",
            {"column": tables.words("Column"), "type": tables.words("Type"), "role": tables.words("Role")},
            key="roles",
        )
    with right:
        st.markdown(
            tongue.say(
                "- Role: {role}\n- Rows: {rows}\n- Registered on {registered} by {by} (ledger entry {entry})\n- "
                "Recorded results that rest on it: {evidence}",
                role=plain(found.role),
                rows=tongue.voice().whole(found.rows),
                registered=found.registered,
                by=plain(records.called(found.by)),
                entry=found.entry,
                evidence=found.evidence,
            )
        )
        st.caption(tongue.say("Digest of the stored table (SHA-256)"))
        st.code(found.digest, language=None, wrap_lines=True)
        if found.original_digest != found.digest:
            st.caption(tongue.say("Digest of the file that was given"))
            st.code(found.original_digest, language=None, wrap_lines=True)
        navigation.link("quality", tongue.say("Check its quality"), data=found.label)
else:
    empty.state(
        tongue.say("No data set is registered yet."),
        tongue.say(
            "A registered table has a digest, and every column has a role that a person confirmed. Models are judged on it."
        ),
    )

# act
if session.may_act(tongue.say("Members register data.")):
    navigation.link("register", tongue.say("Register a data set"))
