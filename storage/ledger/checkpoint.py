"""What a log commits to: its name, how many lines it has, and their Merkle root (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.errors import RefusedInputError
from storage.ledger.canonical import decode_base64, encode_base64
from storage.ledger.merkle import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A commitment to every line from 0 to `size` - 1."""

    origin: str
    """Name of the ledger."""
    size: int
    """How many lines, from 0."""
    root: bytes
    """Merkle root over their leaf hashes, 32 bytes."""

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


def read(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text holds.

    Extension lines are refused: this log writes none.

    Raises:
        RefusedInputError: not three lines, an empty origin, a size that is not plain decimal below 2**63, or a root of
            another length than 32 bytes.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise RefusedInputError("A checkpoint has three lines: origin, size, root.")
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]) or int(lines[1]) >= 2**63:
        raise RefusedInputError(f"The checkpoint's size {lines[1][:40]!r} is not a whole number in plain decimal.")
    root = decode_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise RefusedInputError(f"The checkpoint's root has {len(root)} bytes; SHA-256 has {HASH_BYTES}.")
    return Checkpoint(lines[0], int(lines[1]), root)
