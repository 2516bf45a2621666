"""Check a received notice of an alert against a trusted copy of the ledger: whose key signed it, and whether its steps are in the record.

A notice names no key that its receiver could trust. The ledger does: an export, checked against trust.json, says which keys signed in
the name of the service and until when. The numbered steps are those of `_examined`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from governance.dossier import FAULTS, Refused, b64, files, need, opened, read_canonical, read_json, reason
from governance.dossier.verify import verify
from governance.evidence import CountersignError
from governance.workflow.monitoring.notice import PAYLOAD_TYPE
from storage.ledger import PublicKey, pae

LARGEST: Final = 2**20
"""Bytes of a notice at most."""
NOT_PROVED: Final = (
    "that this is the latest word on the alert: a newer export may hold later steps",
    "that the words and figures beside the steps are right: compare them with the evidence that the notice names",
)


@dataclass(frozen=True, slots=True)
class _Record:
    """What an export says that a notice can be held against."""

    keys: dict[str, tuple[bytes, int | None]]
    """Key id -> public key of the service, and the entry that revoked it."""
    entries: dict[int, dict[str, Any]]
    """Index -> predicate of an entry about an alert."""
    last: int
    """Index of the last entry that is here."""
    whole: bool
    """Whether no entry before it is left out."""


def check(notice: Path, export: Path, trust: Path) -> dict[str, Any]:
    """Return the answer as a JSON object; it is never an exception, whatever the three files hold.

    Args:
        notice: the envelope as it was received (body of the webhook, or the attachment of the e-mail).
        export: a folder or .zip of the ledger, as `countersign export` writes it.
        trust: trust.json, received on another way than both.
    """
    answer: dict[str, Any] = {"valid": False, "reason": "", "alert": None, "state": None, "open": None, "time": None}
    answer |= {"model": None, "origin": None, "steps": 0, "not_checked": [], "not_proved": list(NOT_PROVED)}
    try:
        return answer | _examined(notice, export, trust)
    except (Refused, CountersignError, *FAULTS) as error:
        return answer | {"reason": str(error) if isinstance(error, CountersignError) else reason(error)}


def _examined(notice: Path, export: Path, trust: Path) -> dict[str, Any]:
    # 1. The envelope: one payload of our type, one signature.
    need(notice.stat().st_size <= LARGEST, f"the notice is larger than {LARGEST:,} bytes")
    envelope = read_json(notice.read_bytes())
    need(set(envelope) == {"payload", "payloadType", "signatures"}, "the notice is no DSSE envelope")
    need(envelope["payloadType"] == PAYLOAD_TYPE, f"it holds {envelope['payloadType']!r}, not a notice of an alert")
    need(len(envelope["signatures"]) == 1, "the notice does not carry exactly one signature")
    payload, (signature,) = b64(envelope["payload"].encode()), envelope["signatures"]
    # 2. The export: valid under what the receiver trusts.
    shown = verify(export, trust, [])
    need(shown["valid"], f"the export is not valid, so nothing can be held against it: {shown['reason']}")
    record = _record(export)
    # 3. The key: one that signed for the service in this ledger. 4. The signature over exactly these payload bytes.
    need(signature["keyid"] in record.keys, "the key that signed it is none of the service's in this ledger")
    public, revoked = record.keys[signature["keyid"]]
    need(
        _holds(public, payload, b64(signature["sig"].encode())), "its signature does not hold: it was changed or forged"
    )
    # 5. What it says: about this ledger, and signed while the key was live.
    said = read_canonical(payload)
    need(said["format"] == "countersign-alert/1", f"its format {said['format']!r} is not known here")
    origin = read_json(trust.read_bytes())["origin"]
    need(said["origin"] == origin, f"it is about the ledger {said['origin']!r}, not {origin!r}")
    need(said["steps"] and said["steps"][-1]["state"] == said["state"], "its state is not that of its last step")
    latest = max(step["index"] for step in said["steps"])
    need(revoked is None or revoked > latest, "the key that signed it was revoked before the last step of the alert")
    # 6. The steps: each stands in the ledger as the notice tells it.
    later = [step["index"] for step in said["steps"] if not _stands(step, said, record)]
    notes = [f"entries {', '.join(map(str, later))}: later than this export, or left out of it"] if later else []
    return {
        "valid": True, "alert": said["alert"], "state": said["state"], "open": said["open"], "time": said["time"],
        "model": said["model"]["name"], "origin": origin, "steps": len(said["steps"]), "not_checked": notes,
    }  # fmt: skip


def _record(export: Path) -> _Record:
    """Return keys and alerts of an export that has been found valid."""
    inside, last = files(export), 0
    found = _Record({}, {}, 0, "leaves" not in inside)
    for line in inside["ledger.intoto.jsonl"]()[:-1].split(b"\n"):
        entry = read_canonical(opened(line)[0])["predicate"]
        body, last = entry["body"], entry["index"]
        if entry["type"] == "key.added" and body["purpose"] == "record":
            found.keys[body["keyid"]] = b64(body["public_key"].encode()), None
        if entry["type"] == "key.revoked" and body["keyid"] in found.keys:
            found.keys[body["keyid"]] = found.keys[body["keyid"]][0], last
        if entry["type"] == "monitoring.alert":
            found.entries[last] = entry
    return replace(found, last=last)


def _holds(public: bytes, payload: bytes, signature: bytes) -> bool:
    try:
        PublicKey(public).load().verify(signature, pae(PAYLOAD_TYPE, payload), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _stands(step: dict[str, Any], said: dict[str, Any], record: _Record) -> bool:
    """Say whether a step is in the export; one that the export holds otherwise is refused."""
    entry = record.entries.get(step["index"])
    if entry is None:
        left_out = step["index"] > record.last or not record.whole
        need(left_out, f"entry {step['index']} of the ledger is no step of an alert")
        return False
    body = entry["body"]
    told = (step["alert"], step["model"], step["state"], step["time"], step["actor"])
    kept = (body["alert"], body["model"], body["state"], entry["time"], entry["actor"])
    same = told == kept and (step["alert"], step["model"]) == (said["alert"], said["model"]["digest"])
    need(same, f"the ledger tells step {step['index']} otherwise")
    return True
