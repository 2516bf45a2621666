"""Signing keys at rest: OpenSSH private-key files, named by key id, readable by their owner alone.

    keys/record/<keyid>             the service's P-256 key for records
    keys/log                        the first Ed25519 key for checkpoints
    keys/logs/<keyid>               one that took its place
    keys/root/<keyid>               the P-256 key that adds and revokes keys, under the root passphrase
    keys/members/<member>/<keyid>   a member's P-256 key, under the member's own passphrase

A key that is missing or damaged disables signing with words; nothing here ever makes a new one in its place.
"""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from storage.errors import CountersignError, RecordError, RefusedInputError
from storage.ledger import ED25519, Note as SignedNote, PublicKey, Signer, Verifier, cosign, sign_note
from storage.processes import mark
from storage.secret_file import SecretFileError, secret_bytes, secret_state

KDF_ROUNDS: Final = 64
"""Rounds of bcrypt_pbkdf: about 0.7 s for one guess. PKCS#8's default of 2,048 PBKDF2 rounds is far weaker."""
SHORTEST: Final = 8
LONGEST: Final = 72
"""Bytes of a passphrase that bcrypt takes in."""
MEMBER_ID = re.compile(r"[a-z0-9-]{1,64}")
PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class LogSigner:
    """An Ed25519 key that signs notes under a name: a log's, or a witness's."""

    verifier: Verifier
    key: Ed25519PrivateKey

    def sign(self, text: str) -> SignedNote:
        """Return `text` as a signed note."""
        return sign_note(text, self.verifier, self.key.sign)

    def cosign(self, note: SignedNote, time: int) -> SignedNote:
        """Return the note with a cosignature for the moment `time` (seconds since 1970)."""
        return cosign(note, self.verifier, self.key.sign, time)

    def secret(self, purpose: bytes) -> bytes:
        """Return 32 bytes that only a holder of this key can make, others for each purpose (HKDF with SHA-256, RFC 5869)."""
        return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose).derive(self.key.private_bytes_raw())


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one workspace."""

    folder: Path
    service_passphrase: str | None = None
    """Passphrase of the record and log keys; None when the files alone protect them."""
    rounds: int = KDF_ROUNDS
    """Rounds of bcrypt_pbkdf for the members' keys that are made from now on; a key file holds its own number."""

    def create_record(self) -> Signer:
        """Make and store a record key; a `key.added` record must follow."""
        return self._create("service", self.folder / "record", self.service_passphrase)

    def create_root(self, passphrase: str) -> Signer:
        """Make and store a root key under its passphrase."""
        return self._create("root", self.folder / "root", checked_passphrase(passphrase))

    def create_member(self, member: str, passphrase: str, *, before: Callable[[Signer], None] | None = None) -> Signer:
        """Make and store a member's key under the member's own passphrase; a `key.added` record must follow.

        `before` is called when the key is on disk and does not bear its name yet. Whoever fails there, or is killed, leaves no key
        behind: until then the file bears the mark of its process, and is swept when that is gone (`storage.scratch`).
        """
        folder, key = self._member_folder(member), ec.generate_private_key(ec.SECP256R1())
        signer = _signer(member, key)
        part = folder / f"{mark()}-{signer.keyid}"
        write_private(part, key, checked_passphrase(passphrase), self.rounds)
        try:
            if before is not None:
                before(signer)
            part.rename(folder / signer.keyid)
        except BaseException:
            part.unlink(missing_ok=True)
            self.forget_member(member, signer.keyid)
            raise
        return signer

    def keeps_member(self, member: str, keyid: str) -> bool:
        """Say whether a member's key lies here, or is being put here at this moment."""
        folder = self._member_folder(member)
        return (folder / keyid).is_file() or any(folder.glob(f"*-{keyid}"))

    def one_of(self, member: str, keyids: Sequence[str], passphrase: str) -> Signer:
        """Return the signer of the first of a member's keys, at least one, that this passphrase opens; raises as `member` of the first."""
        refusals: list[CountersignError] = []
        for keyid in keyids:
            try:
                return self.member(member, keyid, passphrase)
            except CountersignError as error:
                refusals.append(error)
        raise refusals[0]

    def forget_member(self, member: str, keyid: str) -> None:
        """Take away the file of a key that was made and never recorded; nobody has signed with it."""
        folder = self._member_folder(member)
        (folder / keyid).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def create_log(self, origin: str) -> LogSigner:
        """Make and store the checkpoint key."""
        key = Ed25519PrivateKey.generate()
        write_private(self.folder / "log", key, self.service_passphrase)
        return named_signer(origin, key)

    def create_next_log(self, origin: str) -> LogSigner:
        """Make and store a checkpoint key that is to take the place of the present one; a `key.added` record must follow."""
        signer = named_signer(origin, Ed25519PrivateKey.generate())
        write_private(self.folder / "logs" / signer.verifier.keyid, signer.key, self.service_passphrase)
        return signer

    def record(self, keyid: str) -> Signer:
        """Return the service's signer with this key id.

        Raises:
            RecordError: the file is missing, damaged, open to others, or holds another key.
        """
        path = self.folder / "record" / keyid
        return _named("service", path, self._service_key(path))

    def root(self, keyid: str, passphrase: str) -> Signer:
        """Return the root signer; raises as `member` does."""
        return self._load("root", self.folder / "root" / keyid, passphrase)

    def member(self, member: str, keyid: str, passphrase: str) -> Signer:
        """Return the member's signer, unlocked for one act.

        Raises:
            RefusedInputError: the passphrase does not open the key.
            RecordError: the file is missing, damaged, open to others, or holds another key.
        """
        return self._load(member, self._member_folder(member) / keyid, passphrase)

    def log(self, vkey: str) -> LogSigner:
        """Return the signer of checkpoints, which must be the key that the ledger names now.

        Raises:
            RecordError: the file is missing, damaged, or holds another key.
        """
        wanted = Verifier.from_vkey(vkey)
        own = self.folder / "logs" / wanted.keyid
        path = own if own.is_file() else self.folder / "log"
        key = self._service_key(path)
        found = named_signer(wanted.name, key) if isinstance(key, Ed25519PrivateKey) else None
        if found is None or found.verifier.vkey != vkey:
            raise RecordError(f"{path} is not the checkpoint key {vkey}.", "Restore the file from a backup.")
        return found

    def has(self, purpose: str, owner: str, keyid: str) -> bool:
        """Say whether the file of a private key is here; nothing is opened."""
        homes = {"record": "record", "root": "root", "log": "logs"}
        home = self.folder / homes[purpose] if purpose in homes else None
        try:
            return ((home or self._member_folder(owner)) / keyid).is_file()
        except PermissionError:  # a folder of keys that this account may not look into
            return False

    def members_with_keys(self) -> tuple[str, ...]:
        """Return the ids of members who have a key file, sorted."""
        home = self.folder / "members"
        return tuple(sorted(item.name for item in home.iterdir() if item.is_dir())) if home.is_dir() else ()

    def _member_folder(self, member: str) -> Path:
        if not MEMBER_ID.fullmatch(member):
            raise RefusedInputError(f"{member!r} is not a member id.", "Ids have 1 to 64 of a-z, 0-9 and hyphen.")
        return self.folder / "members" / member

    @staticmethod
    def _create(owner: str, folder: Path, passphrase: str | None, rounds: int = KDF_ROUNDS) -> Signer:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = _signer(owner, key)
        write_private(folder / signer.keyid, key, passphrase, rounds)
        return signer

    @staticmethod
    def _load(owner: str, path: Path, passphrase: str | None) -> Signer:
        return _named(owner, path, read_private(path, passphrase))

    def _service_key(self, path: Path) -> PrivateKey:
        with _key_file():
            state = secret_state(path)
        return _unlocked(path, state, self.service_passphrase)


@functools.lru_cache(maxsize=16)
def _unlocked(path: Path, _state: tuple[int, int, int], passphrase: str | None) -> PrivateKey:
    """Open a service key once for as long as its file stays as it is."""
    return read_private(path, passphrase)


def _named(owner: str, path: Path, key: PrivateKey) -> Signer:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or _signer(owner, key).keyid != path.name:
        raise RecordError(f"{path} does not hold the key it is named after.", "Restore the file from a backup.")
    return _signer(owner, key)


def _signer(owner: str, key: ec.EllipticCurvePrivateKey) -> Signer:
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(PublicKey(spki), owner, lambda message: key.sign(message, ec.ECDSA(hashes.SHA256())))


def named_signer(name: str, key: Ed25519PrivateKey, algorithm: int = ED25519) -> LogSigner:
    """Return a signer of notes under `name`; algorithm 1 for a log, 4 for a witness."""
    return LogSigner(Verifier(name, algorithm, key.public_key().public_bytes_raw()), key)


def checked_passphrase(passphrase: str) -> str:
    """Return a passphrase that is long enough to protect and short enough to count in full.

    Raises:
        RefusedInputError: fewer than 8 characters or more than 72 bytes.
    """
    if len(passphrase) < SHORTEST:
        raise RefusedInputError(f"The passphrase has {len(passphrase)} characters.", f"Use at least {SHORTEST}.")
    if len(_bytes(passphrase)) > LONGEST:
        raise RefusedInputError(f"The passphrase has more than {LONGEST} bytes.", "bcrypt would not use the rest.")
    return passphrase


def _bytes(passphrase: str) -> bytes:
    return unicodedata.normalize("NFC", passphrase).encode("utf-8")


def write_private(path: Path, key: PrivateKey, passphrase: str | None, rounds: int = KDF_ROUNDS) -> None:
    """Store a private key in a new file of mode 0600, flushed to disk; an existing file is never replaced.

    Raises:
        RefusedInputError: the file exists.
        RecordError: the file cannot be written.
    """
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase is not None:
        builder = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(rounds)
        encryption = builder.build(_bytes(checked_passphrase(passphrase)))
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise RefusedInputError(f"There is a key at {path} already.", "Keys are never replaced in place.") from error
    except OSError as error:
        raise RecordError(f"The key could not be written to {path}: {error.strerror}.") from error


def read_private(path: Path, passphrase: str | None) -> PrivateKey:
    """Return the private key of a file.

    Raises:
        RefusedInputError: the passphrase is missing or does not open the key.
        RecordError: the file is missing, readable by others, damaged, or of another kind.
    """
    with _key_file():
        text = secret_bytes(path)
    try:
        key = load_ssh_private_key(text, None if passphrase is None else _bytes(passphrase))
    except TypeError as error:
        raise RefusedInputError(f"The key {path.name[:16]} asks for a passphrase.", "Give it.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if "checksum" in str(error) or "72" in str(error):
            raise RefusedInputError("The passphrase does not open the key.", "Check it and try again.") from error
        raise RecordError(
            f"The key file {path} is damaged: {error}.", "Restore it from a backup; signing is off until then."
        ) from error
    if isinstance(key, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
        return key
    raise RecordError(f"{path} holds a key of another kind.", "Expected P-256 or Ed25519.")


@contextmanager
def _key_file() -> Iterator[None]:
    """Say of the file of a key that cannot be used what that means: it is a fault of the record's keeping, not of an input."""
    try:
        yield
    except SecretFileError as error:
        raise RecordError(
            f"A signing key cannot be used. {error.what}", f"{error.advice} Signing is off until then."
        ) from error
