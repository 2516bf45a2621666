"""RFC 3161 time stamps of checkpoints: the question for a time-stamping authority, and what its answer says.

Nothing here uses the network: the question is a file that its owner sends, the answer a file that comes back. What is stamped
are the bytes of the note, so that `openssl ts -verify -data checkpoint -in checkpoint.tsr` needs nothing of ours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from storage.errors import RefusedError, StorageError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

QUESTION: Final = bytes.fromhex("30390201013031300d060960864801650304020105000420")
"""DER of a TimeStampReq up to the digest (RFC 3161, 2.4.1): version 1, SHA-256; no policy, no nonce."""
WITH_CERTIFICATE: Final = bytes.fromhex("0101ff")
"""certReq: the authority's certificate comes with the answer."""
DIGESTS: Final = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds."""

    time: str
    """When the authority saw the bytes: RFC 3339 in UTC, by the authority's clock."""
    serial: int
    """The authority's number of the stamp."""


class NotInstalledError(StorageError):
    """The package that reads time stamps is not installed."""


def question(note: bytes) -> bytes:
    """Return the query about a checkpoint for any authority: the DER bytes that `openssl ts -query` writes."""
    return QUESTION + hashlib.sha256(note).digest() + WITH_CERTIFICATE


def names(stamp: bytes, note: bytes) -> bool:
    """Say whether the digest of these bytes stands in a stamp; whether the stamp holds is `checked`'s question."""
    return any(hashlib.new(name, note).digest() in stamp for name in DIGESTS)


def checked(stamp: bytes, note: bytes, roots: bytes) -> Stamp:
    """Return what a time stamp says after its signature, chain and digest were checked (RFC 3161, 2.2 and 2.4.2).

    Args:
        stamp: DER of a TimeStampResp.
        note: the checkpoint, byte for byte.
        roots: PEM certificates of the authorities that are trusted.

    Raises:
        NotInstalledError: the package rfc3161-client is missing.
        RefusedError: the answer is malformed, a refusal, about other bytes, or not by a trusted authority.
    """
    try:
        import rfc3161_client as client
    except ImportError as error:
        raise NotInstalledError(
            "The package rfc3161-client is not installed.", 'Install it: pip install "countersign[timestamp]".'
        ) from error
    answer = _decoded(stamp)
    trusted = client.VerifierBuilder(roots=certificates(roots)).build()
    try:
        trusted.verify_message(answer, note)
    except (client.VerificationError, ValueError) as error:
        why = str(error).split(":", 1)[0]
        raise RefusedError(
            f"The time stamp does not hold ({why}).", "Is it of this checkpoint and authority?"
        ) from error
    info = answer.tst_info
    return Stamp(info.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ"), info.serial_number)


def _decoded(stamp: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(stamp)
    except ValueError as error:
        raise RefusedError(f"This is no time stamp: {error}.", "Expected the DER bytes of a TimeStampResp.") from error


def certificates(pem: bytes) -> list[Certificate]:
    """Return the certificates of a PEM text.

    Raises:
        RefusedError: there is none in it, or one cannot be read.
    """
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return list(load_pem_x509_certificates(pem))
    except ValueError as error:
        raise RefusedError(
            f"The authority's certificates cannot be read: {error}.", "Give them as a PEM file."
        ) from error
