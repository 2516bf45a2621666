"""Root and checkpoint keys change in the middle of a case: what came before holds, and the old key does nothing more."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.dossier.bundle import Source, export_files
from governance.review import events
from governance.review.state import Entry
from tests.dossier.ledger import (
    LOG,
    ORIGIN,
    TRUST,
    check,
    checkpoint,
    key_added,
    keyid,
    lines_of,
    predicate,
    sealed,
    signer_of,
    vkey,
)
from tests.dossier.test_attacks import refused
from tests.review.board import Room, opened, text, time

NEXT = Ed25519PrivateKey.from_private_bytes(b"N" * 32)
BOTH = TRUST | {"log_vkeys": [vkey(ORIGIN, LOG)[1], vkey(ORIGIN, NEXT)[1]]}


def log_added(key: Ed25519PrivateKey) -> events.KeyAdded:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    public = key.public_key().public_bytes(*form)
    return events.KeyAdded(hashlib.sha256(public).hexdigest(), base64.b64encode(public).decode(), "service", "log")


def decided(room: Room) -> Room:
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    room.decide()
    return room


def exported(lines: list[bytes], key: Ed25519PrivateKey = LOG, case: str | None = None) -> dict[str, bytes]:
    return export_files(Source(tuple(lines), checkpoint(lines, key=key), case))


def signed(room: Room, root: dict[int, str]) -> list[bytes]:
    """Return the lines of a room in which the root key called `root[index]` signs from that index on."""
    said = []
    for entry in room.entries:
        name = signer_of(entry)
        own = next((root[at] for at in sorted(root, reverse=True) if entry.index >= at), "root")
        said.append((predicate(entry), own if name == "root" else name))
    return lines_of(said)


@pytest.mark.parametrize("case", [None, "credit"])
def test_a_new_root_key_admits_and_the_old_one_no_longer(tmp_path: Path, case: str | None) -> None:
    room = opened()
    room.do("service", key_added("root2", "root", "root"), None)
    room.do("service", events.KeyRevoked(keyid("root"), text("replaced")), None)
    changed = len(room.entries) - 1
    room.join("gus", ("member",))
    decided(room)
    lines = signed(room, {changed: "root2"})
    answer = check(exported(lines, case=case), tmp_path)
    assert answer["valid"], answer["reason"]
    assert answer["cases"] == {"credit": "approved"}
    stale = list(lines)
    stale[changed + 1] = sealed(predicate(room.entries[changed + 1]), "root", stale[: changed + 1])
    refused(exported(stale, case=case), tmp_path, changed + 1, "revoked")


def test_a_root_key_that_root_did_not_admit_is_refused(tmp_path: Path) -> None:
    for body, words in (
        (key_added("root2", "ada", "root"), "do not fit"),
        (key_added("root2", "root", "member"), "do not fit"),
        (replace(log_added(NEXT), owner="root"), "do not fit"),
    ):
        room = opened()
        room.entries.append(Entry(len(room.entries), time(room.day), None, "service", body))
        refused(exported(signed(room, {})), tmp_path, len(room.entries) - 1, words)
    room = opened()
    room.do("service", key_added("root2", "root", "root"), None)
    for thief in ("root2", "service", "ada"):
        forged = signed(room, {len(room.entries) - 1: thief})
        refused(exported(forged), tmp_path, len(room.entries) - 1)


@pytest.mark.parametrize("case", [None, "credit"])
def test_a_new_checkpoint_key_takes_the_place_of_the_first(tmp_path: Path, case: str | None) -> None:
    room = opened()
    before = signed(room, {})
    older = checkpoint(before)
    room.do("service", log_added(NEXT), None)
    lines = signed(decided(room), {})
    files = exported(lines, NEXT, case)
    answer = check(files, tmp_path, trust=BOTH, old=(older,))
    assert answer["valid"], answer["reason"]
    assert check(exported(before), tmp_path, trust=BOTH)["valid"]
    refused(files, tmp_path, None, "no trusted key")
    refused(exported(lines, LOG, case), tmp_path, None, "never named, or has revoked", trust=BOTH)
    refused(exported(before, NEXT), tmp_path, None, "never named, or has revoked", trust=BOTH)


def test_a_checkpoint_key_signs_no_entry_and_a_revoked_one_no_checkpoint(tmp_path: Path) -> None:
    room = opened()
    room.do("service", log_added(NEXT), None)
    room.do("service", events.KeyRevoked(log_added(NEXT).keyid, text("lost")), None)
    lines = signed(room, {})
    for key in (LOG, NEXT):
        refused(exported(lines, key), tmp_path, None, "has revoked", trust=BOTH)
    last = predicate(room.entries[-1]) | {"type": "correction.noted", "index": len(lines)}
    last["body"] = {"index": 0, "text": {"sha256": "0" * 64}}
    before = signed(opened(), {})
    last["index"] = len(before)
    line = sealed(last, "service", before).replace(keyid("service").encode(), log_added(LOG).keyid.encode())
    refused(exported([*before, line]), tmp_path, len(before), "not signed by the service's key")
