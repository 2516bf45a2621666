"""Moments as the record writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.errors import RefusedInputError


def rfc3339(at: datetime) -> str:
    """Return a moment as RFC 3339 text in UTC with whole seconds.

    Raises:
        RefusedInputError: the moment has no time zone.
    """
    if at.tzinfo is None:
        raise RefusedInputError(f"The time {at.isoformat()} has no time zone.", "Pass a UTC time.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
