"""What to do about a window: the recommendation of a drift comparison, its reason, and what is not known."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.drift import Action, Recommendation, words as drift_words
from governance.evidence import sentence_case
from pages._ui import badges, cost_estimate, headings, tongue
from pages._ui.text import plain

_LOOK: Final[dict[Recommendation, str]] = {
    "none": "met",
    "watch": "waiting",
    "collect_labels": "late",
    "investigate": "alert",
    "recalibrate": "alert",
    "retrain": "alert",
    "stop": "not_met",
}
"""Recommendation -> badge."""


def recommended(recommendation: Recommendation) -> str:
    """Return a recommendation in the words of the screens."""
    return sentence_case(tongue.say(drift_words.RECOMMENDATIONS[recommendation]))


def action(found: Action) -> None:
    """Draw the recommendation, its reason, and what is not known."""
    with st.container(border=True):
        badges.badge(_LOOK[found.recommendation], recommended(found.recommendation))
        st.markdown(plain(tongue.say(found.reason), 1000))
        cost_estimate.answer(found)
        headings.aside(
            tongue.say("A recommendation, not a decision.")
            + (
                " " + tongue.say("Not known: {what}.", what=plain("; ".join(found.unknown), 1500))
                if found.unknown
                else ""
            )
        )
