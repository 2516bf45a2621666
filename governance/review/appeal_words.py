"""An appeal with its words, as screens and reports tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from governance.review.appeal import Heard
from governance.review.events import TextRef


@dataclass(frozen=True, slots=True)
class AppealLine:
    """An appeal against a decision, and what the panel ruled on it."""

    by: str
    """Id of the member who asks that others look again."""
    time: str
    """RFC 3339 time of its entry."""
    index: int
    """Its entry in the ledger."""
    text: str
    """Why others should look again."""
    panel: tuple[str, ...]
    """Ids of those who may rule; empty before the first of them has signed."""
    signed: tuple[str, ...]
    """Who has signed the ruling that most of the panel have signed so far, in order."""
    outcome: str
    """What it rules: approved, conditional, rejected or deferred; "" before the first signature."""
    rationale: str
    """Why, in the panel's words; "" before the first signature."""
    ruled_index: int | None
    """Entry of the signature with which the ruling holds, None while it does not."""
    ruled_time: str
    """Time of that signature, "" while the ruling does not hold."""


def appeal_line(item: Heard, words: Callable[[TextRef], str]) -> AppealLine:
    """Return an appeal with its words; `words` gives those behind a reference, or says that they are not there."""
    ruling, last = item.ruling, item.signatures[-1] if item.holds else None
    return AppealLine(
        by=item.filed.actor,
        time=item.filed.time,
        index=item.filed.index,
        text=words(item.filed.body.text),
        panel=ruling.panel if ruling else (),
        signed=tuple(entry.actor for entry in item.signatures),
        outcome=ruling.outcome if ruling else "",
        rationale=words(ruling.rationale) if ruling else "",
        ruled_index=last.index if last else None,
        ruled_time=last.time if last else "",
    )
