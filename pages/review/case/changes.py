"""What changed since the evidence was frozen: read before a vote, and ticked off."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.language import mark
from governance.workflow.review import since
from governance.workflow.workspace import current_workspace
from pages._ui import navigation, tongue
from pages._ui.badges import inline

MARKS: Final = {
    "harm": ("damaged", mark("Harm")),
    "alert": ("alert", mark("Alert")),
    "waiver": ("late", mark("Waiver ended")),
    "evidence": ("waiting", mark("Newer result")),
    "data": ("waiting", mark("Newer data")),
}
"""Kind of change -> the look and the word of its badge."""
_PAGES: Final = {
    "performance.summary": "performance",
    "fairness.by_group": "fairness",
    "explain.global": "explanations",
    "quality.checks": "quality",
}
"""Method -> the page that shows its newer result."""


def draw(found: tuple[since.Change, ...], labels: dict[str, str]) -> None:
    """Draw the changes with the way to each; `labels` gives the picker's label of models and data by digest."""
    voice = tongue.voice()
    st.subheader(voice.say("What changed since the freeze"), anchor="since")
    if not found:
        nothing = voice.say("Nothing: no alert stands, and no newer result or data have been recorded.")
        st.markdown(f":material/check_circle: {nothing}")
        return
    for number, item in enumerate(found):
        look, word = MARKS[item.kind]
        day = voice.day(item.time)
        when = voice.say("entry {index}, {day}", index=item.index, day=day) if item.index >= 0 else day
        told = voice(since.told(item, voice.language))
        with st.container(gap="xxsmall", key=f"change-{number}"):
            st.markdown(f"{inline(look, voice.say(word))} {told} ({when})")
            _way(item, labels)


def _way(item: since.Change, labels: dict[str, str]) -> None:
    page = "monitor" if item.kind in ("harm", "alert") else _PAGES.get(item.method, "drift")
    if item.model in labels and item.kind != "waiver":
        choices = {"model": labels[item.model]}
        if page != "monitor" and item.data in labels:
            choices["data"] = labels[item.data]
        navigation.link(page, tongue.voice().say("Look at it"), **choices)


def last(found: tuple[since.Change, ...]) -> int:
    """Return the entry up to which somebody has read who has read all of them; -1 where the ledger tells none."""
    return max((item.index for item in found), default=-1)


def words(found: tuple[since.Change, ...]) -> str:
    """Return the changes for the dialog that signs, one a line."""
    return "\n".join(since.told(item, tongue.language()) for item in found)


def ticked(case: str, found: tuple[since.Change, ...]) -> bool:
    """Draw the box with which a member says that they have read the changes; True where there is nothing to read."""
    if not found:
        return True
    return st.checkbox(
        tongue.voice().count(
            len(found),
            "I have read the change listed above.",
            "I have read the {n} changes listed above.",
        ),
        key=f"seen-{case}-{last(found)}-{len(found)}",
    )


def of(case: str) -> tuple[since.Change, ...]:
    """Return what changed since the evidence of a case was frozen."""
    return since.since(current_workspace.current(), case)
