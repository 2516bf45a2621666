"""A verdict is a word, an icon and a colour, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages._ui import tongue
from pages._ui.text import plain

Colour = Literal["green", "red", "orange", "gray", "blue"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one outcome looks everywhere."""

    word: str
    icon: str
    colour: Colour


VERDICTS: dict[str, Verdict] = {
    "met": Verdict("Met", ":material/check_circle:", "green"),
    "not_met": Verdict("Not met", ":material/cancel:", "red"),
    "not_assessed": Verdict("Not assessed", ":material/help:", "gray"),
    "not_applicable": Verdict("Not applicable", ":material/do_not_disturb_on:", "gray"),
    "waived": Verdict("Waived", ":material/gavel:", "orange"),
    "passed": Verdict("Passed", ":material/check_circle:", "green"),
    "failed": Verdict("Failed", ":material/cancel:", "red"),
    "not_run": Verdict("Not run", ":material/help:", "gray"),
    "alert": Verdict("Alert", ":material/warning:", "orange"),
    "no_alert": Verdict("No alert", ":material/check_circle:", "green"),
    "approved": Verdict("Approved", ":material/verified:", "green"),
    "approve": Verdict("Approve", ":material/thumb_up:", "green"),
    "approve_with_conditions": Verdict("Approve with conditions", ":material/rule:", "orange"),
    "conditional": Verdict("Approved with conditions", ":material/rule:", "orange"),
    "rejected": Verdict("Rejected", ":material/block:", "red"),
    "reject": Verdict("Reject", ":material/thumb_down:", "red"),
    "abstain": Verdict("Abstain", ":material/do_not_disturb_on:", "gray"),
    "deferred": Verdict("Deferred", ":material/schedule:", "gray"),
    "suspended": Verdict("Suspended", ":material/pause_circle:", "orange"),
    "retired": Verdict("Retired", ":material/inventory_2:", "gray"),
    "draft": Verdict("Draft", ":material/edit_note:", "gray"),
    "ready": Verdict("Ready for review", ":material/inventory:", "gray"),
    "in_review": Verdict("In review", ":material/how_to_vote:", "blue"),
    "running": Verdict("Running", ":material/progress_activity:", "blue"),
    "waiting": Verdict("Waiting", ":material/hourglass_empty:", "gray"),
    "done": Verdict("Done", ":material/check_circle:", "green"),
    "cancelled": Verdict("Cancelled", ":material/cancel:", "gray"),
    "left": Verdict("Not waiting", ":material/notifications_off:", "gray"),
    "interrupted": Verdict("Interrupted", ":material/power_off:", "orange"),
    "verified": Verdict("Verified", ":material/verified:", "green"),
    "not_verified": Verdict("Not verified yet", ":material/help:", "gray"),
    "damaged": Verdict("Damaged", ":material/gpp_bad:", "red"),
    "appealed": Verdict("Appeal open", ":material/balance:", "orange"),
    "for": Verdict("For", ":material/add_circle:", "green"),
    "against": Verdict("Against", ":material/do_not_disturb_on:", "orange"),
    "open": Verdict("Open", ":material/help:", "gray"),
    "simulated": Verdict("Simulated data", ":material/science:", "blue"),
    "late": Verdict("Late", ":material/alarm:", "orange"),
    "identical": Verdict("Identical", ":material/verified:", "green"),
    "equal_within": Verdict("Equal up to rounding", ":material/verified:", "green"),
    "different": Verdict("Another model", ":material/report:", "red"),
    "blocking": Verdict("Blocking", ":material/front_hand:", "orange"),
}


def verdict(outcome: str) -> Verdict:
    """Return how an outcome looks; an outcome without a look of its own shows its own word in grey."""
    return VERDICTS.get(outcome, Verdict(outcome.replace("_", " ").capitalize(), ":material/label:", "gray"))


def said(outcome: str) -> str:
    """Return the word of an outcome in the visitor's language, not escaped."""
    return tongue.voice().say(verdict(outcome).word)


def badge(outcome: str, words: str | None = None) -> None:
    """Draw an outcome; `words` replaces its usual word (shown letter by letter)."""
    look = verdict(outcome)
    st.badge(plain(words or said(outcome)), icon=look.icon, color=look.colour)


def inline(outcome: str, words: str | None = None) -> str:
    """Return the badge as markdown, for use inside a sentence."""
    look = verdict(outcome)
    return f":{look.colour}-badge[{look.icon} {plain(words or said(outcome))}]"
