"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC, in whole seconds, as entries of the ledger hold it."""
    return datetime.now(UTC).replace(microsecond=0)
