"""Audit, ledger: what has been recorded, by whom, and the proof of every line."""

from __future__ import annotations

import streamlit as st

from pages._ui import empty, headings, navigation, records, tongue, workspace
from pages._ui.text import short

EVERYTHING, EVERYBODY, ANY_CASE, PAGE = "Everything", "Everybody", "Any case or none", 25

# subject
headings.page(tongue.say("Ledger"), tongue.say("What has been recorded, by whom, and can every line be proven?"))

# read
views = workspace.views()
if views is None:
    empty.state(
        tongue.say("Nothing has been recorded yet."),
        tongue.say("Every registration, result, comment, vote and decision becomes one signed line here."),
        page="home",
        label=tongue.say("Begin on the home page"),
    )
    st.stop()
head = views.head()
headings.lead(records.standing(head))
headings.aside(
    tongue.say("Lines are only ever added. A line that was changed, left out or moved no longer fits the checkpoint.")
)

# controls
kinds = {records.happened(event): event for event in views.event_types()}
with st.container(horizontal=True, vertical_alignment="bottom"):
    what = st.selectbox(tongue.say("What happened"), [EVERYTHING, *kinds], key="what", bind="query-params")
    who = st.selectbox(tongue.say("Who acted"), [EVERYBODY, *views.actors()], key="who", bind="query-params")
    cases = [item.case for item in views.cases()]
    case = st.selectbox(tongue.say("Case"), [ANY_CASE, *cases], key="in-case", bind="query-params")
wanted = {
    "types": tuple(event for event in [kinds.get(what)] if event),
    "actor": records.option(who, EVERYBODY),
    "case": records.option(case, ANY_CASE),
}
matching = views.count(**wanted)
pages = max(1, -(-matching // PAGE))
page = st.number_input(tongue.say("Page"), 1, pages, key="page", width=160) if pages > 1 else 1

# draw
st.markdown(
    tongue.say(
        "{matching} of {size} entries, the newest first.",
        matching=tongue.voice().whole(matching),
        size=tongue.voice().whole(head.size),
    )
)
found = views.entries(**wanted, offset=PAGE * (int(page) - 1), limit=PAGE, newest_first=True)
records.listing(found, {item.case: item.title.shown for item in views.cases()})

st.subheader(tongue.say("One entry"), anchor=False)
newest = min(
    found[0].index if found else head.size - 1, head.size - 1
)  # an entry may have come since the head was read
index = st.number_input(tongue.say("Entry"), 0, head.size - 1, newest, key="entry", bind="query-params", width=160)
raw = views.raw_entry(min(max(int(index), 0), head.size - 1))
records.account(raw.record, views)
with st.expander(tongue.say("The signed line and its proof"), key="raw", on_change="rerun") as box:
    if box.open:
        records.proof(raw)

# act
st.subheader(tongue.say("To take away"), anchor=False)
st.markdown(
    tongue.say(
        "Keep a checkpoint outside this machine, on paper even: any later export must continue it. "
        "That is how a ledger that was cut short or written anew is noticed."
    )
)
if head.note is not None:
    with st.expander(tongue.say("The last checkpoint"), key="checkpoint", on_change="rerun") as note:
        if note.open:
            st.code(head.note.decode("utf-8"), language=None, wrap_lines=True)
    name = f"checkpoint-{head.checkpointed}-{short(head.origin.rpartition('/')[2])}"
    st.download_button(tongue.say("Keep this checkpoint"), head.note, name, icon=":material/download:")
with st.container(horizontal=True):
    for key in ("keys", "verify", "export"):
        navigation.link(key)
