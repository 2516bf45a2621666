"""The checkpoint (C2SP signed note, tlog-checkpoint, tlog-cosignature), the Merkle tree under it (RFC 6962), and proofs in it."""

from __future__ import annotations

import base64
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if __package__:
    from governance.dossier.verify_fields import Refused, b64, need, sha256
else:  # beside this file, in an export
    from verify_fields import Refused, b64, need, sha256  # type: ignore[import-not-found,no-redef]

BLANK = re.compile(r"[\s+]")  # what no name of a key holds
CONTROL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f]")  # all of ASCII but the end of a line


def vkeys(texts: list[str], kind: int) -> dict[tuple[str, bytes], Ed25519PublicKey]:
    """Return (name, key id) -> key of verifier keys `name+id+base64(kind, key)` (C2SP signed-note)."""
    found = {}
    for name, key_id, rest in (text.split("+", 2) for text in texts):
        raw = b64(rest.encode())
        mine = sha256(name.encode(), b"\n", raw)[:4]
        need(raw[0] == kind and mine.hex() == key_id, f"the trusted key of {name} is not what it says")
        found[name, mine] = Ed25519PublicKey.from_public_bytes(raw[1:])
    return found


def open_checkpoint(note: bytes, trust: dict[str, Any], witnesses: int) -> tuple[int, bytes, set[bytes]]:
    """Return size, root and trusted signers of a checkpoint (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""
    whole = note.decode()
    need(not CONTROL.search(whole), "the checkpoint holds a control character")
    text, gap, tail = whole.rpartition("\n\n")
    need(gap and tail.endswith("\n"), "the checkpoint is not a signed note")
    text += "\n"
    logs: set[bytes] = set()
    seen: set[bytes] = set()
    log_keys, witness_keys = vkeys(trust["log_vkeys"], 1), vkeys(trust["witness_vkeys"], 4)
    for line in tail[:-1].split("\n"):
        dash, name, blob = line.split(" ")
        who, signature = (name, b64(blob.encode())[:4]), b64(blob.encode())[4:]
        plain = dash == "—" and name and signature and not BLANK.search(name)
        need(plain, "the checkpoint has a malformed signature line")
        try:
            if who in log_keys:
                log_keys[who].verify(signature, text.encode())
                logs.add(log_keys[who].public_bytes_raw())
            if who in witness_keys:
                message = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
                witness_keys[who].verify(signature[8:], message.encode())
                seen.add(witness_keys[who].public_bytes_raw())
        except InvalidSignature:
            raise Refused(f"the signature of {name} on the checkpoint does not hold") from None
    need(logs, "no trusted key of the ledger has signed the checkpoint")
    need(len(seen) >= witnesses, f"{len(seen)} trusted witnesses have signed the checkpoint, {witnesses} are asked for")
    origin, size, root = text[:-1].split("\n")
    need(origin == trust["origin"], f"the checkpoint is of the ledger {origin!r}, not {trust['origin']!r}")
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", size) and len(b64(root.encode())) == 32, "the checkpoint is malformed")
    return int(size), b64(root.encode()), logs


def tree(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the levels of the Merkle tree over leaf hashes, the root last (RFC 6962; a node without a sibling moves up)."""
    levels = [leaves or [sha256()]]
    while len(levels[-1]) > 1:
        low = levels[-1]
        pairs = [sha256(b"\1", a, b) for a, b in zip(low[::2], low[1::2], strict=False)]
        levels.append(pairs + low[2 * len(pairs) :])
    return levels


def root_of_first(levels: list[list[bytes]], size: int) -> bytes:
    """Return the root over the first `size` leaf hashes: the whole subtrees that fill them, put together from the right."""
    found = b""
    for up in range(len(levels)):
        if size >> up & 1:
            whole = levels[up][(size >> up) - 1]
            found = sha256(b"\1", whole, found) if found else whole
    return found


def proof(levels: list[list[bytes]], index: int, note: bytes) -> bytes:
    """Return the C2SP tlog-proof of a leaf under the checkpoint `note`."""
    path = [level[index >> up ^ 1] for up, level in enumerate(levels[:-1]) if index >> up ^ 1 < len(level)]
    text = "".join(base64.b64encode(item).decode() + "\n" for item in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{text}\n".encode() + note
