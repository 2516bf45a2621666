"""Whose key signs which event: asked before a record is written, and again of every line that is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from storage.ledger.canonical import JsonValue
from storage.ledger.events import SIGNERS

Purpose = Literal["root", "record", "member"]
SERVICE: Final = "service"


def takes_responsibility(body: Mapping[str, JsonValue]) -> bool:
    """Say whether a record waives a requirement or leaves something out: a person answers for that, with their own key."""
    return bool(body.get("waivers") or body.get("not_applicable"))


def objection(event: str, actor: str, purpose: str, owner: str, *, personal: bool = False) -> str | None:
    """Return why a key of this purpose and owner may not sign this event of this actor, or None when it may.

    `personal`: whether the record waives something or leaves something out, which only the member who answers for it signs.
    """
    allowed = _purpose(event, actor, personal=personal)
    if purpose != allowed:
        return f"is a {event} signed by a {purpose} key, where a {allowed} key signs"
    if purpose == "member" and owner != actor:
        return f"speaks for {actor} under the key of {owner}"
    return None


def _purpose(event: str, actor: str, *, personal: bool) -> Purpose:
    signer = SIGNERS.get(event, "service")
    if signer == "root":
        return "root"
    return "member" if signer == "member" or personal or (signer == "either" and actor != SERVICE) else "record"
