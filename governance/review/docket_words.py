"""What waits for somebody, and what ends when, in words: the same on the docket, in a reminder and in a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from governance.evidence import Escape
from governance.language import mark, speaking
from governance.review.docket import Deadline, Duty, Kind

DUTIES: Final[Mapping[Kind, str]] = {
    "vote": mark("Vote on {case}"),
    "decide": mark("Record the decision on {case}: nothing is missing"),
    "answer": mark("Answer a blocking comment on {case}"),
    "fulfil": mark("Fulfil the condition “{what}” of {case}"),
    "accept": mark("Check whether the condition “{what}” of {case} has been fulfilled"),
    "rule": mark("Rule on the appeal against {case}"),
    "panel": mark("An appeal against {case} waits for a panel: two board members who did not decide it"),
    "suspended": mark("The approval of {case} is suspended"),
    "expires": mark("The approval of {case} ends"),
    "freeze": mark("Freeze the evidence for {case}"),
    "open": mark("Open the review of {case}"),
}
"""Kind of a duty -> what is to be done."""
ENDS: Final = {
    "vote": mark("Voting on {case} closes"),
    "condition": mark("A condition of {case} is due"),
    "approval": mark("The approval of {case} ends"),
    "waiver": mark("A waiver in {case} ends"),
}
"""Kind of a deadline -> what happens then."""
_ABOUT: Final = ("fulfil", "accept")
"""Duties that name what they are about."""


def duty(item: Duty, case: str, what: str, escape: Escape = str) -> str:
    """Return what is to be done, without its date.

    Args:
        item: the duty.
        case: title of the case, safe for the place where the sentence is shown.
        what: the words of the condition, the same way.
        escape: a voice says it in its language.
    """
    voice, text = speaking(escape), DUTIES[item.kind]
    return voice.say(text, case=case, what=what) if item.kind in _ABOUT else voice.say(text, case=case)


def end(item: Deadline, case: str, escape: Escape = str) -> str:
    """Return what ends, without its date; `case` is the title of the case, safe for the place where it is shown."""
    return speaking(escape).say(ENDS[item.kind], case=case)
