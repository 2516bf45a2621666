"""A ledger for tests: the entries of a room, signed with real keys, as an export on disk."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.codec import canonical, encode
from governance.dossier.bundle import DisclosedText, Source, export_files, trust_file, write_folder
from governance.dossier.verify import tree, verify
from governance.review import events
from governance.review.state import Entry

ORIGIN = "bank/ledger/0123456789abcdef"
KIND = "application/vnd.in-toto+json"


def private_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return a P-256 key that depends on nothing but the name: tests repeat."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(name.encode()).digest()) % (2**255), ec.SECP256R1())


def spki(name: str) -> bytes:
    kind, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(kind, form)


def keyid(name: str) -> str:
    return hashlib.sha256(spki(name)).hexdigest()


def key_added(name: str, owner: str, purpose: str) -> events.KeyAdded:
    return events.KeyAdded(keyid(name), base64.b64encode(spki(name)).decode(), owner, purpose)


LOG = Ed25519PrivateKey.from_private_bytes(b"L" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"W" * 32)


def vkey(name: str, key: Ed25519PrivateKey, kind: int = 1) -> tuple[bytes, str]:
    raw = bytes([kind]) + key.public_key().public_bytes_raw()
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    return found, f"{name}+{found.hex()}+{base64.b64encode(raw).decode()}"


def pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(KIND), KIND.encode(), len(payload), payload)


def sealed(predicate: dict[str, Any], signer: str, **statement: Any) -> bytes:
    """Return the line of a predicate signed with the key called `signer`."""
    subject = [{"name": "ledger", "digest": {"sha256": hashlib.sha256(ORIGIN.encode()).hexdigest()}}]
    whole = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "urn:countersign:record:v1",
        "predicate": predicate,
    }
    payload = canonical(whole | statement)
    signature = private_key(signer).sign(pae(payload), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return enveloped(payload, signer, signature)


def enveloped(payload: bytes, signer: str, signature: bytes) -> bytes:
    signed = [{"keyid": keyid(signer), "sig": base64.b64encode(signature).decode()}]
    return canonical({"payload": base64.b64encode(payload).decode(), "payloadType": KIND, "signatures": signed})


def predicate(entry: Entry) -> dict[str, Any]:
    return {
        "type": events.name_of(entry.body),
        "origin": ORIGIN,
        "index": entry.index,
        "time": entry.time,
        "case": entry.case,
        "actor": entry.actor,
        "body": encode(entry.body),
    }


def signer_of(entry: Entry) -> str:
    kind = events.event_type(events.name_of(entry.body)).signer
    if kind == "root":
        return "root"
    own = (
        kind == "member" or (kind == "either" and entry.actor != "service") or bool(getattr(entry.body, "waivers", ()))
    )
    return entry.actor if own else "service"


def checkpoint(
    lines: list[bytes], *, key: Ed25519PrivateKey = LOG, witness: bool = False, origin: str = ORIGIN
) -> bytes:
    root = tree([hashlib.sha256(b"\0" + line).digest() for line in lines])[-1][0]
    text = f"{origin}\n{len(lines)}\n{base64.b64encode(root).decode()}\n"
    key_id, _ = vkey(ORIGIN, key)
    note = f"{text}\n— {ORIGIN} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"
    if witness:
        key_id, _ = vkey("witness.example", WITNESS, 4)
        time = 1_800_000_000
        signed = WITNESS.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        blob = base64.b64encode(key_id + time.to_bytes(8) + signed).decode()
        note += f"— witness.example {blob}\n"
    return note.encode()


@dataclass
class Book:
    """Lines, and what an export shows beside them."""

    lines: list[bytes]
    texts: dict[str, DisclosedText] = field(default_factory=dict)
    evidence: dict[str, bytes] = field(default_factory=dict)
    witness: bool = False

    def source(self, case: str | None = None) -> Source:
        note = checkpoint(self.lines, witness=self.witness)
        return Source(tuple(self.lines), note, case, self.texts, self.evidence)

    def files(self, case: str | None = None) -> dict[str, bytes]:
        return export_files(self.source(case))


TRUST = json.loads(trust_file(ORIGIN, (vkey(ORIGIN, LOG)[1],), keyid("root")))
WITNESSED = TRUST | {"witness_vkeys": [vkey("witness.example", WITNESS, 4)[1]], "min_witnesses": 1}


def book(entries: list[Entry], **more: Any) -> Book:
    return Book([sealed(predicate(entry), signer_of(entry)) for entry in entries], **more)


def check(files: dict[str, bytes], place: Path, *, trust: Any = TRUST, old: tuple[bytes, ...] = ()) -> dict[str, Any]:
    """Write an export and return what the verifier says about it."""
    folder = place / f"export{len(list(place.iterdir()))}"
    write_folder(files, folder)
    (place / "trust.json").write_text(json.dumps(trust))
    kept = []
    for number, note in enumerate(old):
        kept.append(place / f"old{number}")
        kept[-1].write_bytes(note)
    return verify(folder, place / "trust.json", kept)
