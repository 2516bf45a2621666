"""The attack matrix: whoever changes the record is found out, and the first bad entry is named."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings, strategies as st

from governance.dossier.bundle import DisclosedText, folder_name, zip_bytes
from governance.dossier.verify import verify
from governance.evidence.codec import canonical
from governance.review import events
from governance.review.state import Entry
from tests.dossier.ledger import (
    ORIGIN,
    TRUST,
    WITNESSED,
    Book,
    book,
    check,
    checkpoint,
    enveloped,
    key_added,
    keyid,
    lines_of,
    predicate,
    sealed,
    signer_of,
)
from tests.review.board import METHODS, Room, approved, conditional, founded, opened, text

SALT = b"salt" * 4


def filled(room: Room, **more: Any) -> Book:
    evidence = {hashlib.sha256(name.encode()).hexdigest(): name.encode() for name in METHODS}
    texts = {text(words).sha256: DisclosedText(SALT, words) for words in ("because", "loans", "reason of cleo")}
    return book(room.entries, evidence=evidence, texts=texts, **more)


def with_lines(files: dict[str, bytes], lines: list[bytes]) -> dict[str, bytes]:
    return files | {"ledger.intoto.jsonl": b"".join(line + b"\n" for line in lines)}


def resigned(lines: list[bytes]) -> dict[str, bytes]:
    """Return what somebody writes who holds the checkpoint key."""
    return Book(lines).files()


def at(room: Room, kind: str, nth: int = 0) -> int:
    return [entry.index for entry in room.entries if events.name_of(entry.body) == kind][nth]


def rewritten(room: Room, index: int, signer: str | None = None, **fields: Any) -> dict[str, bytes]:
    """Return an export in which one entry was made anew by somebody who holds every key."""
    said = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    made = said[index][0]
    said[index] = (made | {"body": made["body"] | fields}, signer or said[index][1])
    return resigned(lines_of(said))


def refused(files: dict[str, bytes], place: Path, index: int | None, words: str = "", **more: Any) -> None:
    answer = check(files, place, **more)
    assert not answer["valid"]
    assert answer["first_bad"] == index, answer["reason"]
    assert words in answer["reason"]


@pytest.mark.parametrize("make", [opened, approved, conditional])
@pytest.mark.parametrize("case", [None, "credit"])
def test_an_honest_export_is_valid(tmp_path: Path, make: Callable[[], Room], case: str | None) -> None:
    room = make()
    answer = check(filled(room).files(case), tmp_path)
    assert answer["valid"], answer["reason"]
    assert answer["cases"] == {"credit": room.case.status}
    assert answer["not_checked"]
    assert answer["not_proved"]


def test_deleted_inserted_swapped_and_cut_lines_are_named(tmp_path: Path) -> None:
    room = approved()
    honest = filled(room)
    lines, files = honest.lines, honest.files()
    vote = at(room, "vote.cast")
    refused(with_lines(files, lines[:vote] + lines[vote + 1 :]), tmp_path, vote)
    refused(with_lines(files, [*lines[:vote], lines[vote], *lines[vote:]]), tmp_path, vote + 1)
    swapped = [*lines[:vote], lines[vote + 1], lines[vote], *lines[vote + 2 :]]
    refused(with_lines(files, swapped), tmp_path, vote)
    refused(with_lines(files, lines[:-1]), tmp_path, len(lines) - 1, "covers")
    longer = [
        *lines,
        sealed(
            predicate(Entry(len(lines), "2026-02-01T00:00:00Z", None, "service", events.CorrectionNoted(0, text("x")))),
            "service",
            lines,
        ),
    ]
    refused(with_lines(files, longer), tmp_path, len(lines), "covers")
    refused(files | {"ledger.intoto.jsonl": files["ledger.intoto.jsonl"][:-1]}, tmp_path, None, "no end")
    refused(files | {"ledger.intoto.jsonl": b""}, tmp_path, None, "no end")


def test_a_case_export_with_a_line_left_out_or_a_foreign_proof_is_refused(tmp_path: Path) -> None:
    room = approved()
    files = filled(room).files("credit")
    vote = at(room, "vote.cast")
    kept = [line for number, line in enumerate(filled(room).lines) if number != vote]
    refused(with_lines(files, kept), tmp_path, vote + 1, "one was left out")
    other = files[f"proofs/{vote}.tlog-proof"]
    refused(files | {f"proofs/{vote + 1}.tlog-proof": other}, tmp_path, vote + 1, "proof")
    refused(
        {name: data for name, data in files.items() if name != f"proofs/{vote}.tlog-proof"}, tmp_path, vote, "proof"
    )
    refused(files | {"proofs/99.tlog-proof": other}, tmp_path, None, "proof of an entry")
    refused(files | {"leaves": files["leaves"][:-32]}, tmp_path, None, "hashes are here")
    changed = bytearray(files["leaves"])
    changed[32 * vote] ^= 1
    refused(files | {"leaves": bytes(changed)}, tmp_path, vote, "hash stands")


def test_a_signature_stripped_replaced_or_by_the_wrong_key_is_named(tmp_path: Path) -> None:
    room = approved()
    lines = filled(room).lines
    vote = at(room, "vote.cast")
    envelope = json.loads(lines[vote])
    stripped = canonical(envelope | {"signatures": []})
    refused(resigned_at(lines, vote, stripped), tmp_path, vote, "exactly one signature")
    doubled = canonical(envelope | {"signatures": envelope["signatures"] * 2})
    refused(resigned_at(lines, vote, doubled), tmp_path, vote, "exactly one signature")
    other = json.loads(lines[vote - 1])["signatures"][0]["sig"]
    swapped = canonical(envelope | {"signatures": [{"keyid": keyid("ada"), "sig": other}]})
    refused(resigned_at(lines, vote, swapped), tmp_path, vote, "signature does not hold")
    payload = base64.b64decode(envelope["payload"])
    refused(resigned_at(lines, vote, enveloped(payload, "ada", b"\x30\x00")), tmp_path, vote, "signature does not hold")
    again = sealed(predicate(room.entries[vote]), "ada", lines[:vote])
    assert check(resigned_at(lines, vote, again), tmp_path)["valid"]


def resigned_at(lines: list[bytes], index: int, line: bytes) -> dict[str, bytes]:
    found = list(lines)
    found[index] = line
    envelope = json.loads(line)
    return resigned(found) if envelope.get("signatures") else with_lines(resigned(lines), found)


def test_a_vote_under_another_members_key_or_the_services_is_refused(tmp_path: Path) -> None:
    room = approved()
    vote = at(room, "vote.cast")
    refused(rewritten(room, vote, "ben"), tmp_path, vote, "own live key")
    refused(rewritten(room, vote, "service"), tmp_path, vote, "own live key")
    refused(rewritten(room, vote, "stranger"), tmp_path, vote, "unknown, revoked")


def test_a_key_event_that_root_did_not_sign_is_refused(tmp_path: Path) -> None:
    room = founded()
    room.do("service", key_added("evil", "ada", "member"), None)
    index = len(room.entries) - 1
    refused(rewritten(room, index, "service"), tmp_path, index, "root key")
    room = founded()
    room.do("service", events.MemberAdded("eve", text("e"), ("lay",)), None)
    refused(rewritten(room, len(room.entries) - 1, "ada"), tmp_path, len(room.entries) - 1, "root key")


def test_a_revoked_key_signs_nothing_and_a_new_one_does(tmp_path: Path) -> None:
    room = opened()
    room.do("service", events.KeyRevoked(keyid("ada"), text("lost")), None)
    room.vote("ada")
    stolen = at(room, "conflict.declared")
    refused(filled(room).files(), tmp_path, stolen, "revoked")
    room = opened()
    room.do("service", events.KeyRevoked(keyid("ada"), text("lost")), None)
    room.do("service", key_added("ada2", "ada", "member"), None)
    room.vote("ada")
    renewed = [(predicate(e), "ada2" if e.index >= stolen and e.actor == "ada" else signer_of(e)) for e in room.entries]
    assert check(resigned(lines_of(renewed)), tmp_path)["valid"]


def test_a_key_cannot_come_back_or_change_hands(tmp_path: Path) -> None:
    for body, words in (
        (key_added("ada", "ben", "member"), "used before"),
        (replace(key_added("new", "ada", "member"), keyid="0" * 64), "id is wrong"),
        (key_added("new", "eve", "record"), "do not fit"),
        (key_added("new", "service", "member"), "do not fit"),
        (events.KeyRevoked("0" * 64, text("x")), "not live"),
    ):
        refused(*spread(forged_after(founded(), "service", body, case=None), tmp_path), words)


def test_an_entry_replayed_from_another_case_place_or_ledger_is_refused(tmp_path: Path) -> None:
    room = approved()
    lines = filled(room).lines
    vote = at(room, "vote.cast")
    refused(resigned([*lines, lines[vote]]), tmp_path, len(lines), "it says it is")
    foreign = predicate(room.entries[vote]) | {"origin": "other/ledger/00"}
    lines[vote] = sealed(foreign, "ada", lines[:vote])
    refused(resigned(lines), tmp_path, vote, "belongs to the ledger")
    refused(filled(room).files(), tmp_path, None, "is of the ledger", trust=TRUST | {"origin": "other/ledger/00"})


def test_doubled_keys_floats_and_other_statements_are_refused(tmp_path: Path) -> None:
    room = approved()
    vote = at(room, "vote.cast")
    lines = filled(room).lines
    payload = base64.b64decode(json.loads(lines[vote])["payload"])

    def signed(data: bytes) -> dict[str, bytes]:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        from tests.dossier.ledger import pae, private_key

        found = list(lines)
        found[vote] = enveloped(data, "ada", private_key("ada").sign(pae(data), ec.ECDSA(hashes.SHA256())))
        return with_lines(resigned(lines), found) | {"checkpoint": checkpoint(found)}

    doubled = payload.replace(b'"round":1', b'"round":1,"round":1')
    refused(signed(doubled), tmp_path, vote, "twice")
    refused(signed(payload.replace(b'"round":1', b'"round":1.0')), tmp_path, vote, "number 1.0")
    refused(signed(payload.replace(b'"round":1', b'"round":NaN')), tmp_path, vote, "NaN")
    refused(signed(payload.replace(b'"round":1', b'"round":9007199254740992')), tmp_path, vote, "from 2^53 on")
    refused(signed(payload.replace(b'"round":1', b'"round": 1')), tmp_path, vote, "not in canonical form")
    refused(signed(payload.replace(b"record:v1", b"record:v2")), tmp_path, vote, "no record")
    refused(signed(payload.replace(b"Statement/v1", b"Statement/v0")), tmp_path, vote, "no record")
    refused(signed(payload.replace(b"vote.cast", b"vote.lost")), tmp_path, vote)
    refused(signed(payload.replace(b'"time":"2026', b'"time":"1026')), tmp_path, vote, "time")
    refused(signed(b"[" * 5000), tmp_path, vote)
    refused(signed(b"\xff\xfe"), tmp_path, vote)
    refused(signed(b"{}"), tmp_path, vote)
    refused(signed(payload.replace(b'"index":', b'"index":9' + b"9" * 5000)), tmp_path, vote)
    refused(signed(payload.replace(b'"index":', b'"index":-')), tmp_path, vote)


def test_evidence_and_texts_that_are_not_what_was_signed_are_refused(tmp_path: Path) -> None:
    files = filled(approved()).files()
    name = next(name for name in files if name.startswith("evidence/"))
    refused(files | {name: b"swapped"}, tmp_path, None, "other bytes")
    refused(files | {"evidence/" + "0" * 63 + "1": b"foreign"}, tmp_path, None, "named by no entry")
    texts = json.loads(files["texts.json"])
    first = next(iter(texts))
    for item in ({"text": "another story"}, {"salt": "00" * 16}):
        changed = texts | {first: texts[first] | item}
        refused(files | {"texts.json": json.dumps(changed).encode()}, tmp_path, None, "not the one")
    missing = {key: data for key, data in files.items() if key != name}
    answer = check(missing, tmp_path)
    assert answer["valid"]
    assert any("named and not in this export" in note for note in answer["not_checked"])
    assert check({key: data for key, data in files.items() if key != "texts.json"}, tmp_path)["valid"]


def test_a_bundle_around_anything_but_an_entry_is_refused(tmp_path: Path) -> None:
    files = filled(approved()).files()
    bundle = json.loads(files["bundles/credit.sigstore.json"])
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = "AAAA"
    refused(files | {"bundles/credit.sigstore.json": json.dumps(bundle).encode()}, tmp_path, None, "latest decision")


def test_an_edited_or_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    honest = filled(approved())
    files, note = honest.files(), honest.files()["checkpoint"]
    size = str(len(honest.lines)).encode()
    stranger = checkpoint(honest.lines, key=Ed25519PrivateKey.from_private_bytes(b"S" * 32))
    for data, words in (
        (note.replace(b"\n" + size + b"\n", b"\n" + size + b"0\n"), "does not hold"),
        (stranger, "no trusted key"),
        (note.partition("—".encode())[0], "not a signed note"),
        (b"", "not a signed note"),
        (note.replace("—".encode(), b"-"), "malformed signature line"),
        (note[:-1], "not a signed note"),
        (b"\xff" + note, "malformed"),
    ):
        refused(files | {"checkpoint": data}, tmp_path, None, words)
    for wrong in (b"-1", b"007", b"9" * 40, b"1e3"):
        refused(
            files | {"checkpoint": signed_note(b"\n".join([ORIGIN.encode(), wrong, base64.b64encode(b"r" * 32), b""]))},
            tmp_path,
            None,
            "malformed",
        )
    refused(
        files | {"checkpoint": signed_note(b"\n".join([ORIGIN.encode(), b"3", b"AAAA", b""]))},
        tmp_path,
        None,
        "malformed",
    )
    empty = signed_note(b"\n".join([ORIGIN.encode(), b"0", base64.b64encode(hashlib.sha256().digest()), b""]))
    refused(files | {"checkpoint": empty}, tmp_path, None, "no entries")


def signed_note(content: bytes) -> bytes:
    from tests.dossier.ledger import LOG, vkey

    key_id, _ = vkey(ORIGIN, LOG)
    return content + b"\n" + f"— {ORIGIN} ".encode() + base64.b64encode(key_id + LOG.sign(content)) + b"\n"


def test_a_dropped_or_forged_witness_is_refused(tmp_path: Path) -> None:
    room = approved()
    honest = filled(room, witness=True).files()
    assert check(honest, tmp_path, trust=WITNESSED)["valid"]
    refused(filled(room).files(), tmp_path, None, "witnesses", trust=WITNESSED)
    lines = honest["checkpoint"].decode().splitlines(keepends=True)
    raw = bytearray(base64.b64decode(lines[-1].split(" ")[2]))
    raw[6] ^= 1
    lines[-1] = f"— witness.example {base64.b64encode(raw).decode()}\n"
    refused(honest | {"checkpoint": "".join(lines).encode()}, tmp_path, None, "does not hold", trust=WITNESSED)
    assert check(honest, tmp_path)["valid"]


def test_a_history_rewritten_or_cut_is_found_with_an_older_checkpoint(tmp_path: Path) -> None:
    room = approved()
    honest = filled(room)
    older = checkpoint(honest.lines[:20])
    assert check(honest.files(), tmp_path, old=(older, checkpoint(honest.lines)))["valid"]
    assert check(honest.files("credit"), tmp_path, old=(older,))["valid"]
    registered = at(room, "model.registered")
    refused(rewritten(room, registered, version="2"), tmp_path, None, "rewritten", old=(older,))
    shorter = resigned(honest.lines[:19])
    refused(shorter, tmp_path, None, "newer than this export", old=(older,))
    assert check(rewritten(room, registered, version="2"), tmp_path)["valid"]


def test_rules_are_recomputed_from_the_entries_alone(tmp_path: Path) -> None:
    room = approved()
    opening = at(room, "review.opened")
    decision = at(room, "decision.recorded")
    vote = at(room, "vote.cast", 1)
    for index, fields in (
        (opening, {"quorum": 2}),
        (opening, {"recused": []}),
        (opening, {"roster": []}),
        (opening, {"bundle": "0" * 64}),
        (opening, {"round": 2}),
        (opening, {"majority": "1/3"}),
        (opening, {"charter_digest": "0" * 64}),
        (vote, {"bundle": "0" * 64}),
        (vote, {"round": 2}),
        (vote, {"vote": "reject"}),
        (vote, {"vote": "veto", "rationale": {"sha256": "0" * 64}}),
        (vote, {"conditions": [{"id": "x"}]}),
        (decision, {"outcome": "rejected"}),
        (decision, {"tally": {"approve": 9, "approve_with_conditions": 0, "reject": 0, "abstain": 0}}),
        (decision, {"expires_at": "2099-01-01T00:00:00Z"}),
        (decision, {"retention_until": "2027-01-01T00:00:00Z"}),
        (decision, {"quorum": 1}),
        (decision, {"dissent": [{"member": "ada"}]}),
        (decision, {"conditions": [{"id": "x"}]}),
        (at(room, "evidence.frozen"), {"evidence": []}),
        (at(room, "evidence.frozen"), {"version": 2}),
        (at(room, "charter.adopted"), {"digest": "0" * 64}),
        (at(room, "case.registered"), {"models": []}),
        (at(room, "case.registered"), {"case": "other"}),
        (at(room, "member.added"), {"roles": []}),
        (at(room, "ledger.created"), {"log_vkey": "x"}),
    ):
        refused(rewritten(room, index, **fields), tmp_path, index)


def test_one_vote_taken_away_takes_the_decision_away(tmp_path: Path) -> None:
    room = opened()
    room.vote("ada")
    room.vote("ben")
    room.vote("cleo")
    room.decide()
    dropped = at(room, "vote.cast", 2)
    entries = [entry for entry in room.entries if entry.index != dropped]
    renumbered = [replace(entry, index=number) for number, entry in enumerate(entries)]
    refused(book(renumbered).files(), tmp_path, dropped, "quorum")


def forged_after(
    room: Room,
    actor: str,
    body: events.Body,
    signer: str | None = None,
    day: int | None = None,
    *,
    case: str | None = "credit",
) -> tuple[dict[str, bytes], int]:
    """Return an export to which an entry was added that the program would have refused."""
    from tests.review.board import time

    entry = Entry(len(room.entries), time(day or room.day), case, actor, body)
    lines = filled(room).lines
    return resigned([*lines, sealed(predicate(entry), signer or signer_of(entry), lines)]), entry.index


@pytest.mark.parametrize("who", ["olga", "zoe"])
def test_a_vote_of_the_owner_or_of_somebody_without_a_seat_is_refused(tmp_path: Path, who: str) -> None:
    room = opened()
    if who == "zoe":
        room.join("zoe", ("member",))
    declared, index = forged_after(room, who, events.ConflictDeclared(who, conflict=False))
    refused(declared, tmp_path, index, "no seat")


def test_a_vote_without_declaration_after_close_or_after_a_conflict_is_refused(tmp_path: Path) -> None:
    room = opened()
    body = events.VoteCast("approve", room.case.bundle, 1, None, (), "I approve", text("n"))
    refused(*spread(forged_after(room, "dan", body), tmp_path), "declaration")
    room.vote("ada")
    refused(*spread(forged_after(room, "ada", body, day=17), tmp_path), "closed")
    room.do("dan", events.ConflictDeclared("dan", conflict=True))
    refused(*spread(forged_after(room, "dan", body), tmp_path), "no seat")
    done = approved()
    refused(*spread(forged_after(done, "ada", body), tmp_path), "no seat")
    other = events.ConflictDeclared("ben", conflict=False)
    refused(*spread(forged_after(opened(), "dan", other), tmp_path), "somebody else")


def spread(found: tuple[dict[str, bytes], int], place: Path) -> tuple[dict[str, bytes], Path, int]:
    return found[0], place, found[1]


def test_acts_that_the_state_does_not_allow_are_refused(tmp_path: Path) -> None:
    done, room = approved(), opened()
    under = conditional()
    submitted = events.ConditionSubmitted("ben-1", "dan", (), text("x"))
    for start, actor, body, day, words in (
        (done, "service", events.ReviewExpired(1), 20, "had not expired"),
        (done, "service", events.ApprovalExpired(1), 20, "had not expired"),
        (done, "service", events.ConditionOverdue("x"), 20, "no such open condition"),
        (under, "service", events.ConditionOverdue("ben-1"), 20, "not overdue"),
        (under, "ada", events.ConditionAccepted("ben-1", "ada"), 20, "not submitted"),
        (room, "dan", events.AppealFiled("a", "dan", text("x")), 2, "nothing to appeal"),
        (done, "dan", events.AppealDecided("a", ("dan", "eve"), "approved", text("x")), 2, ""),
        (room, "cleo", done.case.decision, 2, "quorum"),
        (done, "service", done.case.frozen, 2, "frozen while"),
        (done, "service", done.case.review, 2, ""),
        (done, "dan", replace(done.case.decision, outcome="retired"), 2, "cannot retire"),
    ):
        refused(*spread(forged_after(start, actor, body, day=day), tmp_path), words)
    under.do("dan", submitted)
    refused(*spread(forged_after(under, "dan", events.ConditionAccepted("ben-1", "dan")), tmp_path), "same person")
    blocked = opened()
    for who in ("ada", "ben", "cleo"):
        blocked.vote(who)
    decision = blocked.draft()
    blocked.do("ben", events.CommentAdded("c1", "", blocking=True, text=text("why?")))
    refused(*spread(forged_after(blocked, "ada", decision), tmp_path), "blocking comment")
    refused(*spread(forged_after(blocked, "cleo", events.CommentResolved("c1", text("x"))), tmp_path), "neither")


def test_malformed_exports_and_trust_files_get_an_answer_in_words(tmp_path: Path) -> None:
    honest = filled(approved())
    files = honest.files()
    good = tmp_path / "good"
    good.mkdir()
    box = zip_bytes(files, folder_name(honest.source()))
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    for number, (data, valid) in enumerate(
        [
            (box, True),
            (box[:-30], False),
            (b"PK\x03\x04garbage", False),
            (b"", False),
            (box[:100] + b"\0" * 50 + box[150:], False),
        ]
    ):
        path = tmp_path / f"export{number}.zip"
        path.write_bytes(data)
        answer = verify(path, tmp_path / "trust.json", [])
        assert answer["valid"] is valid
        assert valid or answer["reason"]
    assert not verify(tmp_path / "gone", tmp_path / "trust.json", [])["valid"]
    assert not verify(good, tmp_path / "trust.json", [])["valid"]
    for trust in (
        "",
        "[]",
        "{}",
        '{"min_witnesses": 0, "root_keys": []}',
        '{"min_witnesses": true, "root_keys": ["x"]}',
    ):
        (tmp_path / "bad.json").write_text(trust)
        assert not verify(tmp_path / "export0.zip", tmp_path / "bad.json", [])["valid"]
    for field, value in (("log_vkeys", ["x"]), ("log_vkeys", ["a+b+c"]), ("root_keys", ["0" * 64]), ("log_vkeys", [])):
        (tmp_path / "bad.json").write_text(json.dumps(TRUST | {field: value}))
        assert not verify(tmp_path / "export0.zip", tmp_path / "bad.json", [])["valid"]


def with_stamp(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return an export with something that names its checkpoint as a time stamp does, and a copy for people."""
    stamp = b"stamp" * 8 + hashlib.sha256(files["checkpoint"]).digest() + b"signature" * 8
    return files | {"checkpoint.tsr": stamp, "report.html": b"<p>copy</p>"}


HONEST = {case: with_stamp(filled(conditional(), witness=True).files(case)) for case in (None, "credit")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), case=st.sampled_from([None, "credit"]))
def test_any_changed_byte_is_refused_or_is_not_the_record(data: st.DataObject, case: str | None) -> None:
    honest = HONEST[case]
    rooms: dict[str, list[str]] = {}
    for name in honest:
        rooms.setdefault(name.split("/", 1)[0], []).append(name)
    name = data.draw(st.sampled_from(rooms[data.draw(st.sampled_from(sorted(rooms)))]))
    content = bytearray(honest[name])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as folder:
        answer = check(honest | {name: bytes(content)}, Path(folder), trust=WITNESSED)
    if answer["valid"]:
        same = name == "texts.json" and json.loads(content) == json.loads(honest[name])
        envelope = name.startswith("bundles/") and (
            json.loads(content)["dsseEnvelope"] == json.loads(honest[name])["dsseEnvelope"]
        )
        told = any(note.startswith((f"{name}:", f"{name} names")) for note in answer["not_checked"])
        assert same or envelope or told
    else:
        assert answer["reason"]
