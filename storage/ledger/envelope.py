"""One record, one line: a DSSE envelope around an in-toto Statement v1, signed with ECDSA P-256 and SHA-256 (DER)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storage.errors import RefusedInputError
from storage.ledger.canonical import (
    JsonValue,
    canonical,
    decode_base64,
    encode_base64,
    parse_canonical,
    refuse_floats,
    sha256,
)
from storage.ledger.kinds import PATTERNS, is_day

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:countersign:record:v1"
LINE_LIMIT: Final = 65_535
"""Bytes of a line, so that it fits the two-byte length of a C2SP entry bundle."""

_LINE = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/=]+)","payloadType":"application/vnd\.in-toto\+json",'
    rb'"signatures":\[\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/=]+)"\}\]\}'
)
_TIME = re.compile(PATTERNS["time"][0])
_ID = re.compile(PATTERNS["id"][0])
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREDICATE_KEYS = {"type", "origin", "index", "time", "case", "actor", "previous", "body"}


@dataclass(frozen=True, slots=True)
class Subject:
    """One artefact that a record speaks about."""

    name: str
    """What it is, for people; not empty."""
    sha256: str
    """Digest of its bytes, 64 lowercase hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The entries that a record follows: whoever leaves one of them out is found by the next."""

    case: int | None = None
    """Index of the entry before it of the same case; None for the first, and in records of no case."""
    house: int | None = None
    """Index of the last entry before it about keys, members, charter or rules; None in entry 0 alone."""
    alert: int | tuple[int | None, ...] | None = None
    """Index of the last alert before it about the model of the record's case, or of the alert's own model; None for none. One for each
    model, in their order, where the case has several: the last of all would hide those before it about the other models."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a record says; `to_payload` gives the bytes that are signed."""

    type: str
    """Name of the event, for example "vote.cast"."""
    origin: str
    """Name of the ledger: `<organisation>/ledger/<16 hexadecimal digits>`."""
    index: int
    """Place in the ledger, from 0."""
    time: str
    """RFC 3339, UTC, whole seconds, with Z."""
    case: str | None
    """Id of the review case, or None."""
    actor: str
    """Id of the member who acts, or "service"."""
    body: JsonValue
    """The event's own fields; no floats."""
    subjects: tuple[Subject, ...]
    """Artefacts, at least one; a record about no artefact names its ledger."""
    previous: Previous = field(default_factory=Previous)
    """What the record follows."""

    def to_payload(self) -> bytes:
        """Return the canonical in-toto Statement.

        Raises:
            RefusedInputError: the body holds a float or something JSON cannot hold.
        """
        refuse_floats(self.body)
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [{"name": item.name, "digest": {"sha256": item.sha256}} for item in self.subjects],
                "predicateType": PREDICATE_TYPE,
                "predicate": {
                    "type": self.type,
                    "origin": self.origin,
                    "index": self.index,
                    "time": self.time,
                    "case": self.case,
                    "actor": self.actor,
                    "previous": {
                        "case": self.previous.case,
                        "house": self.previous.house,
                        "alert": self.previous.alert
                        if not isinstance(self.previous.alert, tuple)
                        else [*self.previous.alert],
                    },
                    "body": self.body,
                },
            }
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed payload as it stands in a line of the ledger."""

    payload: bytes
    """The statement's canonical bytes."""
    keyid: str
    """SHA-256 of the signer's public key (DER SubjectPublicKeyInfo), hexadecimal."""
    signature: bytes
    """ECDSA signature of the pre-authentication encoding, ASN.1 DER."""

    def to_line(self) -> bytes:
        """Return the RFC 8785 bytes of the envelope, without a newline.

        Raises:
            RefusedInputError: the line is longer than 65,535 bytes.
        """
        line = (
            f'{{"payload":"{encode_base64(self.payload)}","payloadType":"{PAYLOAD_TYPE}",'
            f'"signatures":[{{"keyid":"{self.keyid}","sig":"{encode_base64(self.signature)}"}}]}}'
        ).encode("ascii")
        if len(line) > LINE_LIMIT:
            raise RefusedInputError(
                f"The record has {len(line)} bytes; a line of the ledger holds at most {LINE_LIMIT}.",
                "Put long content into evidence and name it by digest.",
            )
        return line

    @classmethod
    def from_line(cls, line: bytes) -> Envelope:
        """Return the envelope of a line, which must have exactly the canonical shape.

        Raises:
            RefusedInputError: another shape, another payload type, not exactly one signature, or bad base64.
        """
        found = _LINE.fullmatch(line)
        if found is None or len(line) > LINE_LIMIT:
            raise RefusedInputError("The line is not a canonical DSSE envelope with exactly one signature.")
        payload, keyid, signature = found.groups()
        return cls(decode_base64(payload), keyid.decode("ascii"), decode_base64(signature))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A P-256 key that can check signatures."""

    spki: bytes
    """DER SubjectPublicKeyInfo."""

    @classmethod
    def from_base64(cls, text: str) -> PublicKey:
        """Return the key of base64 DER, as `key.added` records hold it.

        Raises:
            RefusedInputError: not base64, not DER, or not a P-256 key.
        """
        found = cls(decode_base64(text))
        found.load()
        return found

    @property
    def keyid(self) -> str:
        """SHA-256 of the DER bytes, hexadecimal."""
        return sha256(self.spki)

    @property
    def base64(self) -> str:
        """The DER bytes in base64, as `key.added` records hold them."""
        return encode_base64(self.spki)

    def load(self) -> ec.EllipticCurvePublicKey:
        """Return the key for use.

        Raises:
            RefusedInputError: not DER, or not a P-256 key.
        """
        try:
            found = serialization.load_der_public_key(self.spki)
        except ValueError as error:
            raise RefusedInputError(f"This is not a public key: {error}.") from error
        if not isinstance(found, ec.EllipticCurvePublicKey) or not isinstance(found.curve, ec.SECP256R1):
            raise RefusedInputError("The public key is not on the curve P-256.", "Records are signed with P-256 alone.")
        form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        if found.public_bytes(*form) != self.spki:
            raise RefusedInputError(
                "The public key is not in the one DER form of its numbers.",
                "Write it uncompressed, with the named curve.",
            )
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """An unlocked key and whose it is."""

    public: PublicKey
    owner: str
    """Member id, or "service", or "root"."""
    sign: Callable[[bytes], bytes]
    """Message to ASN.1 DER signature (ECDSA P-256, SHA-256)."""

    @property
    def keyid(self) -> str:
        """SHA-256 of the public key's DER bytes, hexadecimal."""
        return self.public.keyid


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding; lengths count bytes (DSSE v1 protocol)."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(statement: Statement, signer: Signer) -> bytes:
    """Return the ledger line of a statement signed by `signer`."""
    payload = statement.to_payload()
    return Envelope(payload, signer.keyid, signer.sign(pae(PAYLOAD_TYPE, payload))).to_line()


def signature_holds(envelope: Envelope, key: ec.EllipticCurvePublicKey) -> bool:
    """Say whether the envelope's signature is the key's over exactly these payload bytes."""
    try:
        key.verify(envelope.signature, pae(PAYLOAD_TYPE, envelope.payload), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def read_statement(payload: bytes) -> Statement:
    """Return the statement that payload bytes hold.

    Raises:
        RefusedInputError: not canonical JSON, not an in-toto Statement v1 with our predicate, floats, or a missing or unknown
            field.
    """
    value = parse_canonical(payload)
    if not isinstance(value, dict) or set(value) != {"_type", "subject", "predicateType", "predicate"}:
        raise RefusedInputError("The payload is not an in-toto Statement with exactly its four fields.")
    if value["_type"] != STATEMENT_TYPE or value["predicateType"] != PREDICATE_TYPE:
        raise RefusedInputError(f"Statement {value['_type']!r} about {value['predicateType']!r} is not a record.")
    predicate = value["predicate"]
    if not isinstance(predicate, dict) or set(predicate) != _PREDICATE_KEYS:
        raise RefusedInputError(f"A record has exactly the fields {', '.join(sorted(_PREDICATE_KEYS))}.")
    said = {name: item for name, item in predicate.items() if name != "previous"}
    links = _links(predicate["previous"])
    return _checked(Statement(subjects=_subjects(value["subject"]), previous=links, **said))


def _links(value: JsonValue) -> Previous:
    """Return what a record follows.

    Raises:
        RefusedInputError: other fields than those of `Previous`, or a value that is no index.
    """
    if isinstance(value, dict) and set(value) == {"case", "house", "alert"}:
        case, house, alert = value["case"], value["house"], value["alert"]
        each = alert if isinstance(alert, list) and len(alert) > 1 else [alert]
        if all(map(_is_link, (case, house, *each))):
            return Previous(case, house, tuple(each) if isinstance(alert, list) else alert)
    raise RefusedInputError(
        "previous names earlier entries, each an index or null; alerts of several models in a list."
    )


def _is_link(value: JsonValue) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _subjects(value: JsonValue) -> tuple[Subject, ...]:
    if not isinstance(value, list) or not value:
        raise RefusedInputError("The statement names no subject.", "in-toto asks for at least one.")
    found = []
    for item in value:
        if not (isinstance(item, dict) and set(item) == {"name", "digest"} and isinstance(item["digest"], dict)):
            raise RefusedInputError("A subject has a name and a digest.")
        name, digest = item["name"], item["digest"].get("sha256")
        if not (isinstance(name, str) and name and isinstance(digest, str) and _DIGEST.fullmatch(digest)):
            raise RefusedInputError("A subject has a name and the SHA-256 of its bytes.")
        found.append(Subject(name, digest))
    return tuple(found)


def _checked(found: Statement) -> Statement:
    texts = (found.type, found.origin, found.time, found.actor)
    timed = isinstance(found.time, str) and _TIME.fullmatch(found.time) and is_day(found.time[:10])
    if not all(isinstance(text, str) and text for text in texts) or not timed:
        raise RefusedInputError("type, origin, time and actor are texts; time is RFC 3339 in UTC with whole seconds.")
    if not isinstance(found.index, int) or isinstance(found.index, bool) or found.index < 0:
        raise RefusedInputError(f"The index {found.index!r} is not a whole number from 0.")
    if not (found.case is None or _is_id(found.case)) or not _is_id(found.actor) or not isinstance(found.body, dict):
        raise RefusedInputError("case is an id or null, actor is an id, and body is an object.")
    return found


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def subjects_or_ledger(subjects: Sequence[Subject], origin: str) -> tuple[Subject, ...]:
    """Return the subjects, or the ledger itself (the digest of its name) where a record is about no artefact."""
    return tuple(subjects) or (Subject(origin, sha256(origin.encode("utf-8"))),)
