"""The one place that asks what time it is, and the guard before each entry: a clock that jumped signs nothing.

Times in a ledger never fall, so one entry of the year 2099 would date all later ones: reviews would expire and approvals never
end. Before an entry is dated, the clock is held against the last entry. More than `AHEAD` after it, or more than `BEHIND` before it,
nothing is signed until a person says that the clock is right (`clock_confirmed.confirm`). A workspace that rested looks like a clock
that jumped: nobody but a person can tell them apart. A checkpoint has no time, and is signed.

    keys/clock    {"clock": "2026-11-28T10:00:00Z", "entry": "2099-01-01T00:00:00Z"}

is what was confirmed last: what the clock said, and the time of the entry that says so.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from governance.evidence import RuleError
from storage import Workspace
from storage.times import rfc3339

AHEAD: Final = timedelta(hours=25)
"""A day, and an hour for a nightly job that once takes longer: further after the last entry, a person says that the clock is right."""
BEHIND: Final = timedelta(minutes=5)
"""What a clock that is set by the network may lose at once; an entry then gets the time of the one above it."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A clock that does not follow the last entry."""

    clock: str
    """What this machine's clock says, RFC 3339."""
    last: str
    """Time of the last entry, RFC 3339."""

    @property
    def words(self) -> str:
        """Both times in a sentence."""
        side = "after" if self.clock > self.last else "before"
        return f"This machine's clock says {self.clock}, {side} the last entry of the ledger by more than it may: {self.last}."


def now() -> datetime:
    """Return the time in UTC, in whole seconds, as entries of the ledger hold it."""
    return datetime.now(UTC).replace(microsecond=0)


def stopped(workspace: Workspace, last: str) -> Stopped | None:
    """Return what is wrong with the clock beside the time of the last entry, None when entries may be dated by it.

    Args:
        workspace: where.
        last: time of the last entry, RFC 3339; "" where there is none.
    """
    at = now()
    if not last:
        return None
    before = datetime.fromisoformat(last)
    follows = before - BEHIND <= at <= before + AHEAD
    return None if follows or _confirmed(workspace.keyring.folder, last, at) else Stopped(rfc3339(at), last)


def time_of_entry(workspace: Workspace, last: str) -> datetime:
    """Return the time of a new entry: now, or that of the last one where the clock went back a little, or was confirmed.

    Raises:
        RuleError: the clock does not follow the last entry, and nobody has said that it is right.
    """
    require_right(workspace, last)
    return max(now(), datetime.fromisoformat(last)) if last else now()


def require_right(workspace: Workspace, last: str) -> None:
    """Raise RuleError when the clock does not follow the last entry, and nobody has said that it is right."""
    found = stopped(workspace, last)
    if found is not None:
        raise RuleError(
            f"{found.words} Nothing is signed.",
            "Set the clock. If it is right, say so: at the foot of a page, or countersign ledger clock-confirm.",
        )


def _confirmed(keys: Path, last: str, at: datetime) -> bool:
    """Return whether the last entry lies in the future, and a person has said of this clock that it is right all the same."""
    try:
        found = json.loads((keys / "clock").read_bytes())
        since = datetime.fromisoformat(found["clock"]) - BEHIND
        return bool(found["entry"] == last and since <= at <= datetime.fromisoformat(last))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(workspace: Workspace, clock: datetime, entry: datetime) -> None:
    """Keep beside the keys what a person confirmed; where it cannot be kept, the person is asked again."""
    keys = workspace.keyring.folder
    with suppress(OSError):
        part = keys / f".clock-{os.getpid()}"
        part.write_text(json.dumps({"clock": rfc3339(clock), "entry": rfc3339(entry)}), "ascii")
        os.replace(part, keys / "clock")  # noqa: PTH105 - replaced at once
