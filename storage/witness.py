"""A witness: somebody outside who remembers the last checkpoint of a ledger and cosigns only what continues it.

An auditor's laptop can be one. It keeps its own small database and key; nothing in it belongs to the workspace.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.errors import RecordError, RefusedInputError
from storage.keys import LogSigner, named_signer, read_private, write_private
from storage.ledger import COSIGNATURE, Checkpoint, Note, Verifier, merkle, open_note, read, read_note

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, vkey TEXT NOT NULL, size INTEGER NOT NULL, "
    "root BLOB NOT NULL, note BLOB NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness remembers of one ledger."""

    log: Verifier
    """The checkpoint key that was pinned when the ledger was first seen."""
    checkpoint: Checkpoint
    """The last checkpoint that was cosigned."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A folder with the witness's key and memory."""

    folder: Path
    signer: LogSigner

    @classmethod
    def create(cls, folder: Path, name: str, passphrase: str | None = None) -> Witness:
        """Make a witness with a new key.

        Raises:
            RefusedInputError: a name with spaces or a plus sign, or there is a witness in the folder already.
        """
        if not re.fullmatch(r"[^\s+]{1,200}", name):
            raise RefusedInputError(f"{name!r} cannot name a witness.", "Use a name without spaces and plus sign.")
        key = Ed25519PrivateKey.generate()
        write_private(folder / "witness", key, passphrase)
        (folder / "name").write_text(name + "\n", encoding="utf-8")
        return cls(folder, named_signer(name, key, COSIGNATURE))

    @classmethod
    def open(cls, folder: Path, passphrase: str | None = None) -> Witness:
        """Return the witness of a folder.

        Raises:
            RecordError: the key or the name is missing or damaged.
            RefusedInputError: the passphrase does not open the key.
        """
        key = read_private(folder / "witness", passphrase)
        if not isinstance(key, Ed25519PrivateKey) or not (folder / "name").is_file():
            raise RecordError(f"{folder} does not hold a witness.", "Restore it from a backup.")
        name = (folder / "name").read_text(encoding="utf-8").rstrip("\n")
        return cls(folder, named_signer(name, key, COSIGNATURE))

    @property
    def vkey(self) -> str:
        """The verifier key that others trust."""
        return self.signer.verifier.vkey

    def seen(self, origin: str) -> Seen | None:
        """Return what is remembered of a ledger, or None."""
        with self._memory() as memory:
            return _seen(memory, origin)

    def cosign(
        self, note: bytes, proof: Sequence[bytes], at: int, log: Verifier | None = None, *, replace: bool = False
    ) -> Note:
        """Return the checkpoint with a cosignature added, if it continues the last one seen.

        The new checkpoint is remembered, on disk, before the signature leaves this function.

        Args:
            note: a checkpoint, signed by its log.
            proof: consistency proof from the last one seen; empty at the first time and for the same size.
            at: seconds since 1970.
            log: the checkpoint key to pin when the ledger is seen for the first time.
            replace: pin `log` in place of the pinned key: the ledger changed it, and said so on another path. The checkpoint
                must continue the last one seen all the same.

        Raises:
            RefusedInputError: an unknown ledger without a key to pin, another key than the pinned one, a signature that does
                not hold, a smaller ledger, or one that does not continue the last one seen.
        """
        origin = read(read_note(note).text).origin
        with self._memory() as memory:
            last = _seen(memory, origin)
            pinned = _pinned(origin, None if replace and log is not None else last, log)
            opened = open_note(note, [pinned])
            found = read(opened.note.text)
            if last is not None:
                _continues(last.checkpoint, found, proof)
            row = (origin, pinned.vkey, found.size, found.root, note)
            memory.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", row)
            memory.execute("COMMIT")
        return self.signer.cosign(opened.note, at)

    @contextmanager
    def _memory(self) -> Iterator[sqlite3.Connection]:
        memory = sqlite3.connect(self.folder / "seen.sqlite", isolation_level=None, timeout=30)
        try:
            memory.execute("PRAGMA synchronous=FULL")
            memory.execute(_TABLE)
            memory.execute("BEGIN IMMEDIATE")
            yield memory
        except sqlite3.Error as error:
            raise RecordError(f"The witness's memory cannot be used: {error}.", "Restore it from a backup.") from error
        finally:
            memory.close()


def _seen(memory: sqlite3.Connection, origin: str) -> Seen | None:
    row = memory.execute("SELECT vkey, size, root FROM seen WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else Seen(Verifier.from_vkey(row[0]), Checkpoint(origin, row[1], row[2]))


def _pinned(origin: str, last: Seen | None, log: Verifier | None) -> Verifier:
    if last is not None:
        if log is not None and log != last.log:
            raise RefusedInputError(
                f"The ledger {origin} was pinned to another key: {last.log.vkey}.",
                "Ask who changed it; if the new key is right, pin it: --log VKEY --replace.",
            )
        return last.log
    if log is None:
        raise RefusedInputError(
            f"The ledger {origin} was never seen here.", "Pin its checkpoint key: --log VKEY, from another path."
        )
    if log.name != origin:
        raise RefusedInputError(f"The key is of {log.name!r}, the checkpoint of {origin!r}.")
    return log


def _continues(last: Checkpoint, found: Checkpoint, proof: Sequence[bytes]) -> None:
    if found.size < last.size:
        raise RefusedInputError(
            f"The ledger has {found.size} lines; {last.size} were seen here before. It shrank.",
            "Nothing was cosigned. Keep both checkpoints: together they prove it.",
        )
    if last.size and not merkle.consistency_holds(last.size, found.size, last.root, found.root, proof):
        raise RefusedInputError(
            f"The ledger over {found.size} lines does not continue the {last.size} lines seen here before. It forked.",
            "Nothing was cosigned. Keep both checkpoints: together they prove it.",
        )


def proof_from_lines(lines: Sequence[bytes], found: Checkpoint, old_size: int) -> tuple[bytes, ...]:
    """Return the consistency proof from `old_size` to a checkpoint, from the ledger's own lines.

    Raises:
        RefusedInputError: the lines are not those of the checkpoint.
    """
    leaves = [merkle.leaf_hash(line) for line in lines]
    if len(leaves) != found.size or merkle.root(leaves) != found.root:
        raise RefusedInputError(
            f"The {len(leaves)} lines are not those that the checkpoint over {found.size} commits to."
        )
    return () if old_size in (0, found.size) or old_size > found.size else merkle.consistency_proof(leaves, old_size)
