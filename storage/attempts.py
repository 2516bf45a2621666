"""Passphrases that did not open a key: counted, slowed and kept beside the keys, so that guessing is seen and takes for ever.

    keys/failed/<owner>     {"in_a_row": 4, "all": 7, "last": 1785312000}

The first three wrong ones in a row cost nothing but the derivation of the key; after each further one the next try has to wait, twice
as long each time and at most a minute, so that nobody can lock a member out for good.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.errors import RefusedInputError
from storage.ledger import Signer

FREE: Final = 3
"""Wrong passphrases in a row before the first wait: a slip of the hand, caps lock, and the passphrase of another place."""
LONGEST_WAIT: Final = 60
"""Seconds. A guesser gets 1,440 tries a day; a member who was kept out waits a minute."""

_turns: dict[Path, threading.Lock] = {}
_turns_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a passphrase of one owner failed."""

    in_a_row: int = 0
    """Since the last one that opened the key."""
    all: int = 0
    """Ever."""
    last: int = 0
    """When the latest failed, seconds since 1970; 0 for never."""

    @property
    def wait(self) -> int:
        """Seconds from the latest failure to the next try."""
        return 0 if self.in_a_row < FREE else min(2 ** (self.in_a_row - FREE + 1), LONGEST_WAIT)


def failures(keys: Path, owner: str) -> Failures:
    """Return the count of an owner; a file that says nothing readable counts as none."""
    try:
        found = json.loads((keys / "failed" / owner).read_bytes())
        return Failures(int(found["in_a_row"]), int(found["all"]), int(found["last"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Failures()


def counted(keys: Path, owner: str, unlock: Callable[[], Signer]) -> Signer:
    """Return what `unlock` opens, counting a passphrase that fails; tries of one owner take turns.

    Raises:
        RefusedInputError: the wait after earlier failures is not over, or the passphrase does not open the key.
    """
    with _turn(keys / owner):
        before, now = failures(keys, owner), int(time.time())
        left = before.last + before.wait - now
        if 0 < left <= LONGEST_WAIT:
            raise RefusedInputError(
                f"{before.in_a_row} passphrases of {owner} failed in a row.", f"The next try is possible in {left} s."
            )
        try:
            signer = unlock()
        except RefusedInputError:
            _keep(keys, owner, Failures(before.in_a_row + 1, before.all + 1, now))
            raise
        if before.in_a_row:
            _keep(keys, owner, Failures(0, before.all, before.last))
        return signer


def _turn(place: Path) -> threading.Lock:
    with _turns_lock:
        return _turns.setdefault(place, threading.Lock())


def _keep(keys: Path, owner: str, found: Failures) -> None:
    """Write the count; a medium that cannot be written cannot be signed on either."""
    with suppress(OSError):
        (keys / "failed").mkdir(mode=0o700, exist_ok=True)
        part = keys / "failed" / f".{owner}.part"
        part.write_text(json.dumps({"in_a_row": found.in_a_row, "all": found.all, "last": found.last}), "ascii")
        os.replace(part, keys / "failed" / owner)  # noqa: PTH105 - replaced at once, also for a reader in another process
