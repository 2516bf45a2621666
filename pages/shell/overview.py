"""The board at a glance: cases by stage, models by standing, and what ends when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from governance.language import mark
from governance.review import BoardState, Case, Deadline, deadlines, docket_words
from governance.workflow.review import portfolio
from pages._ui import case_summary, duties, navigation, tongue, workspace
from pages._ui.badges import inline
from pages._ui.text import plain, short, shown

STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    mark("In preparation"): ("draft", "ready"),
    mark("In review"): ("in_review",),
    mark("Decided"): ("approved", "conditional", "rejected", "deferred", "suspended", "retired"),
}
"""Heading of a column -> the states of the cases in it."""
MOST: Final = 6
"""Deadlines that are shown; the pages of the cases show all of theirs."""


def stages(board: BoardState, titles: Mapping[str, str]) -> None:
    """Draw the cases in three columns, by stage."""
    for column, (name, states) in zip(st.columns(3), STAGES.items(), strict=True):
        found = [case for case in board.cases.values() if case.status in states and case.id in titles]
        with column:
            st.markdown(f"**{tongue.voice().say(name)}** ({len(found)})")
            for case in reversed(found):
                _card(case, titles[case.id])


def _card(case: Case, title: str) -> None:
    voice = tongue.voice()
    with st.container(border=True):
        st.markdown(f"**{plain(title)}**  \n{case_summary.marks(case)}")
        if case.status == "in_review" and case.review is not None:
            st.caption(voice.say("Votes until {day}", day=voice.day(case.review.deadline)))
        navigation.link("case", voice.say("Open the case"), case=case.id)


def models(found: tuple[portfolio.ModelStanding, ...]) -> None:
    """Draw the models with where each stands and what has been learnt since."""
    for item in found:
        label = shown(f"{item.model.name} {item.model.version} ({short(item.model.digest)})", 90)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(item.model.name)} {plain(item.model.version)}** {standing(item)}", width="content")
            navigation.link("models", tongue.voice().say("Look at it"), version=label)


def standing(item: portfolio.ModelStanding) -> str:
    """Return where a model stands as badges: its review, alerts, what is newer than its evidence, and when its approval ends."""
    voice = tongue.voice()
    said = [inline(item.status) if item.status else inline("draft", voice.say("No case yet"))]
    if item.appealed:
        said.append(inline("appealed"))
    if any(change.kind == "harm" for change in item.alerts):
        said.append(inline("damaged", voice.say("Harm confirmed")))
    elif item.alerts:
        said.append(inline("alert"))
    newer = [change for change in item.changes if change.kind in ("evidence", "data")]
    if newer:
        said.append(inline("waiting", voice.count(len(newer), "1 newer result", "{n} newer results")))
    if item.expires:
        said.append(f":small[{voice.say('until {day}', day=voice.day(item.expires))}]")
    return " ".join(said)


def ends(board: BoardState, titles: Mapping[str, str]) -> None:
    """Draw what ends by itself, the earliest first."""
    found = deadlines(board)
    now = workspace.now()
    for item in found[:MOST]:
        st.markdown(_end(item, titles.get(item.case, item.case), late=item.due < now))
    if found[MOST:]:
        st.caption(tongue.voice().say("{n} more lie further ahead.", n=len(found) - MOST))


def _end(item: Deadline, title: str, *, late: bool) -> str:
    voice = tongue.voice()
    day = voice.day(item.due)
    when = inline("late", voice.say("since {day}", day=day)) if late else day
    said = docket_words.end(item, f"**{plain(title)}**", voice)
    words = duties.condition(item.case, item.what) if item.kind == "condition" else ""
    return f"- {when}: {said}" + (f": “{plain(words, 120)}”" if words else "")
