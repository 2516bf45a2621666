"""Review, one case: the brief from frozen evidence, what changed since, the ballot, and what follows from the decision."""

from __future__ import annotations

import streamlit as st

from governance.review import judges_alone, standing
from governance.workflow.review import appeals, brief
from governance.workflow.workspace import current_workspace
from pages._ui import case_file, case_summary, headings, navigation, pictures, session, tongue, workspace
from pages.review.case import ballot_box, changes, deciding, discussion, record, steps

# subject
voice = tongue.voice()
headings.page(
    voice.say("Case"), voice.say("What am I asked to sign, what speaks for it and against it, and what do we not know?")
)
chosen = case_file.choose("case")
views, board = workspace.views(), workspace.board()
if chosen is None or views is None:
    st.stop()
case, file = chosen
headings.tab(f"{voice.say('Case')}: {file.title.shown}")

# read
visitor = session.visitor()
alone = judges_alone(board, case, visitor.id, workspace.now())
comments, decisions = views.comments(case.id), views.decisions(case.id)
filed = appeals.of_case(current_workspace.current(), case.id)
cast = () if alone else views.votes(case.id)
stands, held = standing(case), case_summary.report(case)
changed = changes.of(case.id)
told = brief.case_brief(current_workspace.current(), case.id, voice)
labels = {item.digest: item.label for item in (*workspace.models(), *workspace.data())}

# draw
headings.lead(case_summary.lead(board, case, stands, case_summary.ruling(filed, decisions)))
steps.draw(case, voting=alone or (case.status == "in_review" and visitor.id in case.ballots))
case_summary.asked(case, file)
st.subheader(voice.say("The brief"), anchor="brief")
if told is None:
    st.caption(voice.say("No evidence is frozen yet: there is nothing to read."))
else:
    pictures.draw(told)
    pictures.sides(told)
unknown, since = st.columns(2, gap="large")
with unknown:
    case_summary.unknowns(case, held)
with since:
    changes.draw(changed, labels)

st.subheader(voice.say("What members say"), anchor="discussion")
case_summary.objections(case, cast, comments)
discussion.thread(case, comments)
if case.status == "in_review" and visitor.member:
    if session.chosen("about") and "compose" not in st.session_state:
        st.session_state["compose"] = True
    with st.expander(voice.say("Write a comment"), key="compose", on_change="rerun") as box:
        if box.open:
            discussion.compose(case)

st.subheader(voice.say("Votes"), anchor="votes")
cast_so_far, still_missing = st.columns(2, gap="large")
with cast_so_far:
    if alone:
        st.caption(
            voice.say(
                "{voted} of {quorum} votes are in. You see them once you have voted, so that you judge by yourself; the ledger holds "
                "them openly.",
                voted=len(stands.voted),
                quorum=stands.quorum,
            )
        )
    else:
        case_file.votes(cast, case)
if case.status == "in_review":
    with still_missing:
        case_summary.missing(stands)
    st.subheader(voice.say("Your vote"), anchor="your-vote")
    ballot_box.draw(board, case, changed)

# act
st.subheader(voice.say("Decision"), anchor="decision")
if case.status == "in_review" and not alone:
    deciding.record(case, stands)
elif decisions:
    case_file.decision(decisions[-1], cast, filed)
    st.subheader(voice.say("Conditions"), anchor="conditions")
    deciding.conditions(board, case, views.conditions(case.id))
    st.subheader(voice.say("Appeal"), anchor="appeal")
    deciding.appeal(board, case)
    deciding.retirement(board, case)
else:
    st.caption(voice.say("No decision has been recorded."))

st.subheader(voice.say("The record behind it"), anchor="record")
record.draw(case, held, views, board)
navigation.link("export", voice.say("Take the record of this case away"), case=case.id)
