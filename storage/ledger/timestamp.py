"""RFC 3161 time stamps of checkpoints: the question for a time-stamping authority, and what its answer says.

Nothing here uses the network: the question is a file that its owner sends, the answer a file that comes back. What is stamped
are the bytes of the note, so that `openssl ts -verify -data checkpoint -in checkpoint.tsr` needs nothing of ours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from storage.errors import CountersignError, RefusedInputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

QUESTION: Final = bytes.fromhex("30390201013031300d060960864801650304020105000420")
"""DER of a TimeStampReq up to the digest (RFC 3161, 2.4.1): version 1, SHA-256; no policy, no nonce."""
WITH_CERTIFICATE: Final = bytes.fromhex("0101ff")
"""certReq: the authority's certificate comes with the answer."""
_SHORT: Final = 0x80
"""Lengths of DER below this stand in one byte."""
_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_TIME_STAMP: Final = bytes.fromhex("2a864886f70d0109100104")
"""Object identifiers 1.2.840.113549.1.7.2 (RFC 5652) and 1.2.840.113549.1.9.16.1.4 (RFC 3161)."""
_DIGESTS: Final = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
"""Object identifiers of hashes -> their names (RFC 5754)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds."""

    time: str
    """When the authority saw the bytes: RFC 3339 in UTC, by the authority's clock."""
    serial: int
    """The authority's number of the stamp."""


class NotInstalledError(CountersignError):
    """The package that reads time stamps is not installed."""


def question(note: bytes) -> bytes:
    """Return the query about a checkpoint for any authority: the DER bytes that `openssl ts -query` writes."""
    return QUESTION + hashlib.sha256(note).digest() + WITH_CERTIFICATE


def names(stamp: bytes, note: bytes) -> bool:
    """Say whether a stamp is a granted one about the digest of these bytes; whether it holds is `checked`'s question."""
    try:
        reply = _only(stamp)
        status, token = _values(reply)
        kind, signed = _values(token)
        what, wrapped = _values(_values(_only(signed))[2])
        info = _only(_only(wrapped))
        algorithm, digest = _values(_values(info)[2])
        named = _DIGESTS.get(_values(algorithm)[0])
    except (IndexError, ValueError):
        return False
    granted = _values(status)[:1] in ([b"\0"], [b"\1"]) and (kind, what) == (_SIGNED_DATA, _TIME_STAMP)
    return granted and named is not None and hashlib.new(named, note).digest() == digest


def _only(der: bytes) -> bytes:
    (found,) = _values(der)
    return found


def _values(der: bytes) -> list[bytes]:
    """Return the contents of the DER values that stand one after another (X.690, 8.1.3; lengths of up to four bytes)."""
    found: list[bytes] = []
    at = 0
    while at < len(der):
        length, at = der[at + 1], at + 2
        if length >= _SHORT:
            digits = length - _SHORT
            shortest = digits and der[at]
            length, at = int.from_bytes(der[at : at + digits]), at + digits
            if not shortest or length < _SHORT:
                raise ValueError("a length is not in its shortest form")
        if at + length > len(der):
            raise ValueError("a DER value is cut off")
        found.append(der[at : at + length])
        at += length
    return found


def checked(stamp: bytes, note: bytes, roots: bytes) -> Stamp:
    """Return what a time stamp says after its signature, chain and digest were checked (RFC 3161, 2.2 and 2.4.2).

    Args:
        stamp: DER of a TimeStampResp.
        note: the checkpoint, byte for byte.
        roots: PEM certificates of the authorities that are trusted.

    Raises:
        NotInstalledError: the package rfc3161-client is missing.
        RefusedInputError: the answer is malformed, a refusal, about other bytes, or not by a trusted authority.
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
        raise RefusedInputError(
            f"The time stamp does not hold ({why}).", "Is it of this checkpoint and authority?"
        ) from error
    info = answer.tst_info
    return Stamp(info.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ"), info.serial_number)


def _decoded(stamp: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(stamp)
    except ValueError as error:
        raise RefusedInputError(
            f"This is no time stamp: {error}.", "Expected the DER bytes of a TimeStampResp."
        ) from error


def certificates(pem: bytes) -> list[Certificate]:
    """Return the certificates of a PEM text.

    Raises:
        RefusedInputError: there is none in it, or one cannot be read.
    """
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return list(load_pem_x509_certificates(pem))
    except ValueError as error:
        raise RefusedInputError(
            f"The authority's certificates cannot be read: {error}.", "Give them as a PEM file."
        ) from error
