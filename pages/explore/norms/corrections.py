"""Corrections of a broken norm as cards, the fewest decisions changed first: who gains, who loses, and what the other norms say."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Final

import pandas as pd
import streamlit as st

from governance.fairness import PatchCandidate
from governance.workflow.monitoring import LoopStanding, Proposal, Proposed, propose
from pages._ui import badges, errors, headings, navigation, runs, session, tables, tongue
from pages._ui.text import plain, short, shown
from storage import Workspace

WAITING: Final = "A breach is confirmed by a member before anything is made of it."


def section(place: Workspace, model: str, found: LoopStanding) -> None:
    """Draw, for each broken norm that nobody has put aside, the corrections that there are and the way to make some."""
    for item in found.alerts:
        if item.alert is None or item.alert.state == "overridden":
            continue
        st.subheader(tongue.say("Corrections for {norm}", norm=plain(item.norm)), anchor=False)
        made = propose.latest(place, model, item.norm)
        if made is not None:
            _cards(made)
        if propose.going(place, model, item.norm):
            _wait(place, model, item.norm)
        elif item.alert.state == "observed":
            headings.aside(WAITING)
        else:
            _make(place, model, item.norm, made)


def _make(place: Workspace, model: str, norm: str, made: Proposal | None) -> None:
    reason = propose.refused(place, model, norm)
    if reason:
        st.warning(plain(reason, 1000), icon=":material/info:")
    label = "Make corrections" if made is None else "Make corrections anew"
    if session.may_act(tongue.say("Members make corrections.")) and st.button(
        label, key=f"correct-{norm}", icon=":material/tune:"
    ):
        with errors.caught():
            propose.begin(place, model, norm, actor=session.actor())
            st.rerun()


@st.fragment(run_every=runs.EVERY)
def _wait(place: Workspace, model: str, norm: str) -> None:
    if not propose.going(place, model, norm):
        st.rerun()
    with st.container(border=True, key=f"polling-correct-{norm}"):
        st.markdown(tongue.say("**Corrections** are being made and shown on people whom they were not fitted on."))


def _cards(made: Proposal) -> None:
    headings.aside(
        tongue.say(
            "Fitted on windows since the breach began, shown on {rows} people of a later one. Nothing is applied: each "
            "is a version of its own, and the board decides.",
            rows=tongue.voice().whole(made.report.rows),
        )
    )
    for letter, item in zip(ascii_uppercase, made.candidates, strict=False):
        with st.container(border=True):
            _card(letter, item)
    for notice in made.report.notices:
        headings.aside(plain(notice, 1000))


def _card(letter: str, item: Proposed) -> None:
    one = item.candidate
    with st.container(horizontal=True):
        voice = tongue.voice()
        changed = voice.count(one.people, "1 decision changes", "{n} decisions change")
        st.markdown(f"**{letter}: {changed} ({voice.percent(one.changed, 2)})**")
        badges.badge(
            "met" if one.within_budget else "not_met",
            voice.say("Within the budget" if one.within_budget else "Over the budget"),
        )
        if one.needs_group:
            badges.badge("blocking", tongue.say("Asks who somebody is"))
    moved = voice.say("Gain: {gains}. Lose: {losses}.", gains=_people(one.gains), losses=_people(one.losses))
    st.markdown(f"{one.title}. {moved}{_accuracy(one)}")
    rows = [
        {"norm": shown(effect.id, 40), "before": effect.before, "after": effect.after, "low": effect.low, "high": effect.high,
         "limit": effect.limit, "kept": {True: "kept", False: "not kept", None: "cannot judge"}[effect.kept]}
        for effect in one.norms
    ]  # fmt: skip
    tables.table(
        pd.DataFrame(rows), f"What candidate {letter} would mean for every norm.",
        {"norm": tables.words("Norm"), "before": tables.figures("Gap before"), "after": tables.figures("Gap after"),
         "low": tables.figures("From"), "high": tables.figures("To"), "limit": tables.words("Limit"),
         "kept": tables.words("After it")},
        key=f"effects-{one.digest[:16]}",
    )  # fmt: skip
    if item.model:
        st.caption(tongue.say("Registered as version `{model}`.", model=short(item.model)))
        navigation.link("cases", tongue.say("Open a case about it"), proposed=item.model)
    else:
        st.caption(tongue.say("Not registered: {reason}.", reason=plain(item.reason)))


def _people(found: object) -> str:
    assert isinstance(found, dict)
    return ", ".join(f"{plain(group)} {people:,}" for group, people in found.items()) or "nobody"


def _accuracy(one: PatchCandidate) -> str:
    if one.accuracy_before is None or one.accuracy_after is None:
        return " Without labels, what it does to accuracy is not known."
    return f" Accuracy {one.accuracy_before:.3f} before, {one.accuracy_after:.3f} after."
