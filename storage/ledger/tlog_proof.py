"""One line's proof for people outside: index, audit path and checkpoint in one small file (C2SP tlog-proof)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from storage.errors import RefusedInputError
from storage.ledger.canonical import decode_base64, encode_base64
from storage.ledger.checkpoint import Checkpoint, read
from storage.ledger.merkle import HASH_BYTES, inclusion_holds
from storage.ledger.note import Verifier, open_note

HEADER: Final = "c2sp.org/tlog-proof@v1"
MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That a line stands at `index` under a signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    """The audit path, lowest first, 32 bytes each."""
    checkpoint: bytes
    """The signed note."""
    extra: bytes | None = None
    """What the application adds, or None."""

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        extra = "" if self.extra is None else f"extra {encode_base64(self.extra)}\n"
        path = "".join(encode_base64(item) + "\n" for item in self.hashes)
        return f"{HEADER}\n{extra}index {self.index}\n{path}\n".encode() + self.checkpoint

    def prove(self, leaf: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
        """Return the checkpoint under which the leaf hash stands at `index`, signed by a known key.

        Raises:
            RefusedInputError: the note cannot be opened, or the path does not lead to its root.
        """
        found = read(open_note(self.checkpoint, verifiers).note.text)
        if not inclusion_holds(leaf, self.index, found.size, self.hashes, found.root):
            raise RefusedInputError(f"The path does not lead from line {self.index} to the root of the checkpoint.")
        return found


def read_proof(data: bytes) -> TlogProof:
    """Return the proof that a file holds; nothing is checked but its form.

    Raises:
        RefusedInputError: another header, a malformed line, a hash of another length than 32 bytes, or too many of them.
    """
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise RefusedInputError("The proof holds characters that are not ASCII before its checkpoint.") from error
    if not gap or lines[0] != HEADER:
        raise RefusedInputError(f"This is not a proof that begins with {HEADER}.")
    extra = None
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = decode_base64(lines.pop(1).removeprefix("extra "))
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[1] if len(lines) > 1 else "")
    if index is None:
        raise RefusedInputError("The proof names no index as a whole number.")
    hashes = tuple(decode_base64(line) for line in lines[2:])
    if len(hashes) > MOST_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise RefusedInputError(f"A proof has at most {MOST_HASHES} hashes of {HASH_BYTES} bytes each.")
    return TlogProof(int(index[1]), hashes, note, extra)
