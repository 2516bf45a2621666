"""C2SP signed notes: a text, a blank line, and signature lines that anybody may add.

Two kinds of key are understood: Ed25519 (0x01, a log) and cosignature/v1 (0x04, a witness). Unknown signers are ignored;
a known signer whose signature fails refuses the whole note.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from storage.errors import RefusedInputError
from storage.ledger.canonical import decode_base64, encode_base64

ED25519: Final = 1
COSIGNATURE: Final = 4
SPKI: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its DER SubjectPublicKeyInfo (RFC 8410, 4)."""
MOST_SIGNATURES: Final = 100
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with a name, as a verifier key (vkey) gives it."""

    name: str
    """Name of the log or witness; no spaces, no plus sign."""
    algorithm: int
    """1 Ed25519, 4 cosignature/v1."""
    public: bytes
    """Ed25519 public key, 32 bytes."""

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || newline || algorithm || key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The text form: `name+hex(key id)+base64(algorithm || key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.algorithm]) + self.public)}"

    @property
    def spki(self) -> bytes:
        """The key as DER SubjectPublicKeyInfo (RFC 8410), as `key.added` records hold it."""
        return SPKI + self.public

    @property
    def keyid(self) -> str:
        """SHA-256 of the DER bytes, hexadecimal: the name of the key in records."""
        return hashlib.sha256(self.spki).hexdigest()

    @classmethod
    def from_spki(cls, name: str, spki: bytes) -> Verifier:
        """Return the checkpoint key of a ledger called `name` from its DER bytes.

        Raises:
            RefusedInputError: not an Ed25519 key.
        """
        if len(spki) != len(SPKI) + 32 or not spki.startswith(SPKI):
            raise RefusedInputError("This is not an Ed25519 key in DER form.", "Checkpoints are signed with Ed25519.")
        return cls(name, ED25519, spki[len(SPKI) :])

    @classmethod
    def from_vkey(cls, text: str) -> Verifier:
        """Return the key that a vkey text names.

        Raises:
            RefusedInputError: not of the form, an unknown algorithm, a wrong length, or a key id that does not match.
        """
        parts = text.split("+", 2)
        if len(parts) != 3 or not parts[0] or not re.fullmatch(r"[0-9a-f]{8}", parts[1]) or re.search(r"\s", text):
            raise RefusedInputError(f"{text!r} is not a verifier key.", "Expected name+8 hexadecimal digits+base64.")
        raw = decode_base64(parts[2])
        if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise RefusedInputError(f"{text!r} holds no Ed25519 key.", "Known kinds: 1 (Ed25519), 4 (cosignature/v1).")
        found = cls(parts[0], raw[0], raw[1:])
        if found.key_id.hex() != parts[1]:
            raise RefusedInputError(f"The key id {parts[1]} of {text!r} does not match its key.")
        return found


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    """Four bytes."""
    blob: bytes
    """What follows the key id: 64 bytes for Ed25519, 8 + 64 for a cosignature."""

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"— {self.name} {encode_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signature lines under it, not yet checked."""

    text: str
    """Ends with a newline."""
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """Return the note as it is stored and sent."""
        return (self.text + "\n" + "".join(item.line for item in self.signatures)).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature that held."""

    verifier: Verifier
    time: int | None
    """Seconds since 1970 that a witness vouches for; None for a log's own signature."""


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with at least one known signature, all known ones checked."""

    note: Note
    seals: tuple[Seal, ...]

    @property
    def known_signatures(self) -> tuple[Signature, ...]:
        """The signatures of known keys; those of strangers are left out."""
        known = {(seal.verifier.name, seal.verifier.key_id) for seal in self.seals}
        return tuple(item for item in self.note.signatures if (item.name, item.key_id) in known)


def read_note(data: bytes) -> Note:
    """Return the parts of a note without checking signatures (C2SP signed-note, format).

    Raises:
        RefusedInputError: not UTF-8, control characters, no blank line before the signatures, a malformed or missing
            signature line, or more than 100 of them.
    """
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedInputError(f"The note is not UTF-8: {error}.") from error
    if _CONTROL.search(whole):
        raise RefusedInputError("The note holds a control character.")
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise RefusedInputError("The note has no blank line followed by whole signature lines.")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise RefusedInputError(f"The note has {len(lines)} signatures, more than {MOST_SIGNATURES}.")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    raw = decode_base64(found[2]) if found else b""
    if found is None or len(raw) < 5:
        raise RefusedInputError(f"{line[:80]!r} is not a signature line.", "Expected: em dash, name, base64.")
    return Signature(found[1], raw[:4], raw[4:])


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> OpenedNote:
    """Return the note with the signatures of known keys, all checked.

    Raises:
        RefusedInputError: a malformed note, a known signer whose signature fails, or no known signer at all.
    """
    note = read_note(data)
    known = {(item.name, item.key_id): item for item in verifiers}
    if len(known) != len(set(verifiers)):
        raise RefusedInputError("Two of the trusted keys share a name and a key id.", "Trust one of them.")
    seals: dict[tuple[str, bytes], Seal] = {}
    for item in note.signatures:
        verifier = known.get((item.name, item.key_id))
        if verifier is not None and (item.name, item.key_id) not in seals:
            seals[item.name, item.key_id] = Seal(verifier, _checked_time(note.text, item, verifier))
    if not seals:
        raise RefusedInputError(
            "No signature of a known key is on the note.", "Check which key you trust, and the origin."
        )
    return OpenedNote(note, tuple(seals.values()))


def _checked_time(text: str, item: Signature, verifier: Verifier) -> int | None:
    time, message, blob = None, text.encode(), item.blob
    if verifier.algorithm == COSIGNATURE:
        time, blob = int.from_bytes(item.blob[:8], "big"), item.blob[8:]
        message = cosigned_message(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(blob, message)
    except (InvalidSignature, ValueError) as error:
        raise RefusedInputError(f"The signature of {item.name} on the note does not hold.") from error
    return time


def cosigned_message(text: str, time: int) -> bytes:
    """Return what a witness signs (C2SP tlog-cosignature, cosignature/v1)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def sign_note(text: str, verifier: Verifier, sign: Callable[[bytes], bytes]) -> Note:
    """Return `text` as a note with one Ed25519 signature.

    Raises:
        RefusedInputError: the text does not end with a newline or holds control characters.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise RefusedInputError("The text of a note ends with a newline and has no control characters.")
    return Note(text, (Signature(verifier.name, verifier.key_id, sign(text.encode())),))


def cosign(note: Note, verifier: Verifier, sign: Callable[[bytes], bytes], time: int) -> Note:
    """Return the note with a witness's cosignature for the moment `time` (seconds since 1970) added."""
    blob = time.to_bytes(8, "big") + sign(cosigned_message(note.text, time))
    return Note(note.text, (*note.signatures, Signature(verifier.name, verifier.key_id, blob)))
