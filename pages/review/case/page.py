"""Review, one case: the brief from frozen evidence, what changed since, the ballot, and what follows from the decision."""

from __future__ import annotations

import streamlit as st

from governance.review import judges_alone, standing
from governance.workflow.review import appeals, brief
from governance.workflow.workspace import current_workspace
from pages._ui import case_file, case_summary, headings, pictures, session, tongue, workspace
from pages.review.case import ballot_box, changes, deciding, discussion, record, steps

# subject
voice = tongue.voice()
head, choice = st.columns([3, 2], gap="large", vertical_alignment="bottom")
with head:
    headings.page(
        voice.say("Case"),
        voice.say("What am I asked to sign, what speaks for it and against it, and what do we not know?"),
    )
with choice:
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
voted = case.status == "in_review" and visitor.id in case.ballots
undecided = case.status == "in_review" and (alone or bool(stands.missing))
changed = changes.of(case.id)
told = brief.case_brief(current_workspace.current(), case.id, voice)
labels = {item.digest: item.label for item in (*workspace.models(), *workspace.data())}

# draw
headings.lead(case_summary.lead(board, case, stands, case_summary.ruling(filed, decisions)))
steps.draw(case, voting=alone or voted)
case_summary.asked(case, file)
st.subheader(voice.say("The brief"), anchor="brief")
if told is None:
    st.caption(voice.say("No evidence is frozen yet: there is nothing to read."))
else:
    pictures.draw(told)
speaks_for, speaks_against = st.columns(2, gap="large")
with speaks_for:
    if told is not None:
        pictures.side(told, "for")
    case_summary.unknowns(case, held)
with speaks_against:
    if told is not None:
        pictures.side(told, "against")
    changes.draw(changed, labels)

others, own = st.columns(2, gap="large")
with others:
    st.subheader(voice.say("What members say"), anchor="discussion")
    case_summary.objections(case, cast, comments)
    discussion.drawers(case, comments)
    st.subheader(voice.say("Votes"), anchor="votes")
    case_summary.votes(case, stands, cast, alone=alone)
with own:
    if case.status == "in_review":
        st.subheader(voice.say("Your vote"), anchor="your-vote")
        ballot_box.draw(board, case, changed)
    if undecided:
        st.subheader(voice.say("Decision"), anchor="decision")
        case_summary.missing(stands)

# act
if not undecided:
    st.subheader(voice.say("Decision"), anchor="decision")
if case.status == "in_review" and not undecided:
    deciding.record(case, stands)
elif decisions and not undecided:
    case_file.decision(decisions[-1], cast, filed)
    st.subheader(voice.say("Conditions"), anchor="conditions")
    deciding.conditions(board, case, views.conditions(case.id))
    st.subheader(voice.say("Appeal"), anchor="appeal")
    deciding.appeal(board, case)
    deciding.retirement(board, case)
elif not undecided:
    st.caption(voice.say("No decision has been recorded."))

record.draw(case, held, views, board)
