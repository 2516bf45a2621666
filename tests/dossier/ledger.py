"""A ledger for tests: the entries of a room, signed with real keys, as an export on disk."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.dossier.bundle import DisclosedText, Source, export_files, trust_file, write_folder
from governance.dossier.verify import verify
from governance.dossier.verify_checkpoint import tree
from governance.dossier.verify_rules import EDITIONS
from governance.evidence.codec import canonical, encode
from governance.review import events
from governance.review.state import Entry
from tests.dossier import second_verifier

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
    found = keyid(name)
    NAMES[found] = name
    return events.KeyAdded(found, base64.b64encode(spki(name)).decode(), owner, purpose)


NAMES: dict[str, str] = {}
"""Key id -> name of the key, of every key that a test has added."""
LOG = Ed25519PrivateKey.from_private_bytes(b"L" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"W" * 32)


def vkey(name: str, key: Ed25519PrivateKey, kind: int = 1) -> tuple[bytes, str]:
    raw = bytes([kind]) + key.public_key().public_bytes_raw()
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    return found, f"{name}+{found.hex()}+{base64.b64encode(raw).decode()}"


def pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(KIND), KIND.encode(), len(payload), payload)


@dataclass
class Scribe:
    """What the next entry follows and is about, worked out from the entries so far: the tests' own reading of the page."""

    last: dict[str, int] = field(default_factory=dict)
    house: int | None = None
    alerts: dict[str, int] = field(default_factory=dict)
    models: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def previous(self, said: dict[str, Any]) -> dict[str, Any]:
        body, case = said["body"], said["case"]
        models = self.models.get(case, [])
        if said["type"] == "monitoring.alert":
            models = [body["model"]]
        if said["type"] == "case.registered":
            models = body["models"]
        alerts = [self.alerts.get(model) for model in models]
        alert = alerts if len(alerts) > 1 else next(iter(alerts), None)
        return {"case": self.last.get(case), "house": self.house, "alert": alert}

    def subject(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        body, kind, case = said["body"], said["type"], said["case"]
        about = [(ORIGIN, hashlib.sha256(ORIGIN.encode()).hexdigest())]
        if kind in ("model.registered", "dataset.registered", "evidence.recorded"):
            name = {"model.registered": "model", "dataset.registered": "data"}.get(kind)
            about = [(name or body["method"], body["digest"])]
        elif kind == "monitoring.alert":
            about = [("model", body["model"])]
        elif case is not None:
            models = body["models"] if kind == "case.registered" else self.models.get(case, [])
            about = [("model", digest) for digest in models]
            if kind == "evidence.frozen":
                about += [(item["method"], item["digest"]) for item in body["evidence"]]
            if kind in ("vote.cast", "decision.recorded"):
                about += self.shown.get(case, [])
        return [{"name": name, "digest": {"sha256": digest}} for name, digest in about]

    def took(self, said: dict[str, Any]) -> None:
        body, kind, case, index = said["body"], said["type"], said["case"], said["index"]
        if kind in HOUSE:
            self.house = index
        if kind == "monitoring.alert":
            self.alerts[body["model"]] = index
        if case is not None:
            self.last[case] = index
        if kind == "case.registered":
            self.models[case] = body["models"]
        if kind == "evidence.frozen":
            self.shown[case] = [(item["method"], item["digest"]) for item in body["evidence"]]


HOUSE = (
    "ledger.created", "rules.adopted", "key.added", "key.revoked", "member.added", "member.removed", "charter.adopted",
    "norms.adopted",
)  # fmt: skip


def statement(line: bytes) -> Any:
    """Return the in-toto Statement in a line."""
    return json.loads(base64.b64decode(json.loads(line)["payload"]))


def said_in(line: bytes) -> dict[str, Any]:
    """Return the predicate of a line."""
    found: dict[str, Any] = statement(line)["predicate"]
    return found


def after(lines: Sequence[bytes]) -> Scribe:
    """Return a scribe who has read these lines."""
    found = Scribe()
    for line in lines:
        found.took(said_in(line))
    return found


def sealed(predicate: dict[str, Any], signer: str, before: Sequence[bytes] | Scribe = (), **statement: Any) -> bytes:
    """Return the line of a predicate signed with the key called `signer`, with the links and the subject that it has there."""
    scribe = before if isinstance(before, Scribe) else after(before)
    linked = predicate if "previous" in predicate else {**predicate, "previous": scribe.previous(predicate)}
    subject = statement.pop("subject", None) or scribe.subject(predicate)
    whole = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "urn:countersign:record:v1",
        "predicate": linked,
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
    personal = bool(getattr(entry.body, "waivers", ()) or getattr(entry.body, "not_applicable", ()))
    own = kind == "member" or (kind == "either" and entry.actor != "service") or personal
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
    return Book(lines_of([(predicate(entry), signer_of(entry)) for entry in entries]), **more)


RIGHT_ROOT = "QQ=="
"""In an export.made of the tests: the root over the lines that it covers, which only exists once they are written."""


def rooted(said: dict[str, Any], lines: Sequence[bytes]) -> dict[str, Any]:
    """Return a predicate with the root in the place of RIGHT_ROOT."""
    body = said["body"]
    if said["type"] != "export.made" or body["root"] != RIGHT_ROOT:
        return said
    root = tree([hashlib.sha256(b"\0" + line).digest() for line in lines[: body["size"]]])[-1][0]
    return said | {"body": body | {"root": base64.b64encode(root).decode()}}


def live_key(entries: Sequence[Entry], member: str) -> str | None:
    """Return the name of the key with which a member may sign after these entries, None for none: the tests' own reading."""
    live: list[str] = []
    for entry in entries:
        body = entry.body
        if isinstance(body, events.KeyAdded) and (body.owner, body.purpose) == (member, "member"):
            live.append(NAMES[body.keyid])
        if isinstance(body, events.KeyRevoked):
            live = [name for name in live if keyid(name) != body.keyid]
        if isinstance(body, events.MemberRemoved) and body.member == member:
            live = []
    return live[-1] if live else None


@dataclass
class Signing:
    """A ledger that grows: each line is signed once."""

    lines: list[bytes] = field(default_factory=list)
    scribe: Scribe = field(default_factory=Scribe)

    def add(self, said: dict[str, Any], signer: str) -> bytes:
        """Add what a predicate says and return its line, with links and subject as they are here."""
        item = rooted(said, self.lines)
        line = sealed(item, signer, self.scribe)
        self.scribe.took(item)
        self.lines.append(line)
        return line


def signed_live(entries: list[Entry], signing: Signing | None = None) -> list[bytes]:
    """Return the lines of entries, each signed with the key that its actor has there, or with an old one where there is none.

    With `signing` only those are signed and returned that it does not hold yet.
    """
    book = signing or Signing()
    found = []
    for entry in entries[len(book.lines) :]:
        signer = signer_of(entry)
        own = live_key(entries[: entry.index], entry.actor) if signer == entry.actor else None
        found.append(book.add(predicate(entry), own or signer))
    return found


def lines_of(said: Sequence[tuple[dict[str, Any], str]]) -> list[bytes]:
    """Return the lines of predicates, each signed by the key of that name, with links and subjects."""
    signing = Signing()
    return [signing.add(item, signer) for item, signer in said]


def check(files: dict[str, bytes], place: Path, *, trust: Any = TRUST, old: tuple[bytes, ...] = ()) -> dict[str, Any]:
    """Write an export and return what the verifier says about it; the second one, written from the page alone, must agree."""
    folder = place / f"export{len(list(place.iterdir()))}"
    write_folder(files, folder)
    (place / "trust.json").write_text(json.dumps(trust))
    kept = []
    for number, note in enumerate(old):
        kept.append(place / f"old{number}")
        kept[-1].write_bytes(note)
    answer = verify(folder, place / "trust.json", kept)
    if len(EDITIONS) == 1:  # an edition that a test invents does not stand on the page
        second_verifier.agree(answer, second_verifier.verify(folder, place / "trust.json", old=tuple(kept)))
    return answer
