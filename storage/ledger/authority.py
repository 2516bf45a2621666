"""Whose key signs which event: asked before a record is written, and again of every line that is checked."""

from __future__ import annotations

from typing import Final, Literal

Purpose = Literal["root", "record", "member"]

ROOT_EVENTS: Final = frozenset({"ledger.created", "key.added", "key.revoked", "member.added", "member.removed"})
"""Events that a root key signs, and no other."""
MEMBER_EVENTS: Final = frozenset(
    {
        "charter.adopted",
        "conflict.declared",
        "comment.added",
        "comment.resolved",
        "vote.cast",
        "condition.submitted",
        "condition.accepted",
        "appeal.filed",
        "appeal.decided",
    }
)
"""Acts that a member signs with their own key."""
EITHER_EVENTS: Final = frozenset({"decision.recorded", "monitoring.alert"})
"""Acts of a member under the member's own key, or of the service in its own name."""
SERVICE: Final = "service"


def objection(event: str, actor: str, purpose: str, owner: str, *, waives: bool = False) -> str | None:
    """Return why a key of this purpose and owner may not sign this event of this actor, or None when it may.

    `waives`: whether the record carries waivers, which only the member who gives them signs.
    """
    if event in ROOT_EVENTS:
        allowed: tuple[Purpose, ...] = ("root",)
    elif event in MEMBER_EVENTS or waives:
        allowed = ("member",)
    else:
        allowed = ("member",) if event in EITHER_EVENTS and actor != SERVICE else ("record",)
    if purpose not in allowed:
        return f"is a {event} signed by a {purpose} key, where a {' or '.join(allowed)} key signs"
    if purpose == "member" and owner != actor:
        return f"speaks for {actor} under the key of {owner}"
    return None
