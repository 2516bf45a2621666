"""What the service remembers of the last checkpoint that it signed, beside its keys and apart from the database.

    keys/head     {"size": 41, "root": "<64 hexadecimal digits>", "leaf": "<64 more>"}

A database that was put back from an older copy, or whose checkpoints were deleted, has nothing in it that says so. This file does:
nothing is signed that does not continue what was signed before. It is written after the commit, so that a crash leaves it behind
the database, never ahead of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from storage.errors import RecordError
from storage.ledger import merkle
from storage.processes import mark
from storage.scratch import HEAD_PART


@dataclass(frozen=True, slots=True)
class Head:
    """The last checkpoint that was signed."""

    size: int
    """How many lines it covers."""
    root: bytes
    """Merkle root over them, 32 bytes."""
    leaf: bytes
    """Hash of the last of them, 32 bytes: what each write looks at."""


def remembered(keys: Path) -> Head | None:
    """Return the head beside the keys, None where none was ever remembered.

    Raises:
        RecordError: the file is there and says nothing readable: whether the ledger continues cannot be told.
    """
    path = keys / "head"
    try:
        found = json.loads(path.read_bytes())
        return Head(int(found["size"]), bytes.fromhex(found["root"]), bytes.fromhex(found["leaf"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path} cannot be read: {error}.", "Restore it from a backup of the keys.") from error


def require_continued(keys: Path, leaves: list[bytes]) -> None:
    """Raise RecordError unless the leaf hashes of the ledger continue what was signed last."""
    head = remembered(keys)
    if head is None or (len(leaves) >= head.size and merkle.root(leaves[: head.size]) == head.root):
        return
    raise _broken_off(len(leaves), head)


def require_last(keys: Path, size: int, leaf_at: Callable[[int], bytes | None]) -> None:
    """Raise RecordError unless the last line that was signed over still stands at its place; looked at before each write."""
    head = remembered(keys)
    if head is not None and head.size and leaf_at(head.size - 1) != head.leaf:
        raise _broken_off(size, head)


def _broken_off(size: int, head: Head) -> RecordError:
    return RecordError(
        f"The ledger has {size} lines that do not continue the {head.size} over which the last checkpoint was signed.",
        "Nothing is signed. Put the newer database back; if it is lost: countersign ledger restored --reason ...",
    )


def remember(keys: Path, head: Head) -> None:
    """Write the head, flushed to disk; where the folder cannot be written, signing goes on without a memory."""
    with suppress(OSError):
        number, part = mkstemp(
            prefix=f"{HEAD_PART}{mark()}-", dir=keys
        )  # a name of its own: writers do not wait for each other here
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(json.dumps({"size": head.size, "root": head.root.hex(), "leaf": head.leaf.hex()}))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, keys / "head")  # noqa: PTH105 - replaced at once


def forget(keys: Path, lost: Head) -> None:
    """Set the head aside, under a name that says what was lost, after a restore that the ledger tells of."""
    (keys / "head").replace(keys / f"head-lost-{lost.size}")
