"""Forgeries under the right keys: what an administrator can write who holds checkpoint key, record key and members' keys.

Each is refused with the first bad entry and a reason in words; the table of what each would gain is in SECURITY.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from governance.dossier.bundle import DisclosedText, Source, export_files
from governance.evidence.codec import canonical
from governance.evidence.errors import RefusedInputError
from governance.review import charter, events
from governance.review.opening import deadline_after
from governance.review.state import Entry
from tests.dossier.ledger import Book, check, checkpoint, keyid, lines_of, predicate, sealed, signer_of, spki, statement
from tests.dossier.test_attacks import SALT, at, filled, forged_after, refused, resigned, rewritten, spread
from tests.dossier.test_verify_paths import appealed, ended, fulfilled, retired
from tests.review.board import (
    EVIDENCE,
    MODEL,
    Room,
    approved,
    condition,
    conditional,
    founded,
    opened,
    registered,
    text,
    time,
)

OTHER = "9" * 64


def said_otherwise(room: Room, index: int, signer: str | None = None, **fields: Any) -> dict[str, bytes]:
    """Return an export in which one entry's predicate (actor, time, case, previous ...) is another."""
    said = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    said[index] = (said[index][0] | fields, signer or said[index][1])
    return resigned(lines_of(said))


def bundled(body: events.EvidenceFrozen, **fields: Any) -> Any:
    """Return what evidence.frozen says with other fields and the bundle digest that fits them."""
    value = events.encode_body(body) | fields
    rest = {name: item for name, item in value.items() if name != "bundle"}
    return value | {"bundle": hashlib.sha256(canonical(rest)).hexdigest()}


# Times, ids, roles, numbers: what the table of fields refuses


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-31T00:00:00Z",
        "2026-11-30T25:61:61Z",
        "2026-02-29T00:00:00Z",
        "2027-11-0soon",
        "9999",
        "zzz",
        "2026-12-01",
    ],
)
@pytest.mark.parametrize("field", ["valid_from", "expires_at", "retention_until"])
def test_times_that_do_not_exist_are_refused(tmp_path: Path, moment: str, field: str) -> None:
    room = approved()
    index = at(room, "decision.recorded")
    refused(rewritten(room, index, **{field: moment}), tmp_path, index, field)
    refused(said_otherwise(room, index, time=moment), tmp_path, index, "'time'")


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("ledger.created", {"format": 2}, "'format'"),
        ("ledger.created", {"format": True}, "'format'"),
        ("member.added", {"roles": ["king"]}, "'roles'"),
        ("member.added", {"roles": ["lay", "lay"]}, "'roles'"),
        ("member.added", {"member": "Demo-Lay "}, "'member'"),
        ("member.added", {"member": "demo-l\u0430y"}, "'member'"),
        ("case.registered", {"case": "credit\u202e"}, "'case'"),
        ("case.registered", {"surprise": 1}, "surprise"),
        ("case.registered", {"models": [MODEL, MODEL]}, "'models'"),
        ("model.registered", {"name": "x\u202ey"}, "'name'"),
        ("evidence.recorded", {"rows_used": True}, "'rows_used'"),
        ("evidence.recorded", {"rows_used": 11}, "more rows"),
        ("evidence.recorded", {"outcome": "whatever"}, "'outcome'"),
        ("review.opened", {"round": True}, "'round'"),
        ("vote.cast", {"conditions": None}, "'conditions'"),
        ("decision.recorded", {"tally": {"approve": 3, "approve_with_conditions": False, "reject": 0, "abstain": 0}}, "'tally'"),
    ],
)  # fmt: skip
def test_fields_of_another_kind_are_refused(tmp_path: Path, kind: str, fields: Any, words: str) -> None:
    room = approved()
    index = at(room, kind)
    refused(rewritten(room, index, **fields), tmp_path, index, words)


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("model.registered", {"actor": "the-minister"}, "no member"),
        ("model.registered", {"actor": "guest"}, "no member"),
        ("evidence.frozen", {"actor": "the-minister"}, "no member"),
        ("member.added", {"actor": "ada"}, "not the service"),
        ("model.registered", {"actor": "Demo-Lay "}, "'actor'"),
        ("model.registered", {"case": "nowhere"}, "belongs to no case"),
        ("vote.cast", {"case": "nowhere"}, "no case"),
        ("vote.cast", {"surprise": 1}, "surprise"),
    ],
)
def test_an_entry_speaks_for_nobody_else_and_belongs_where_it_says(
    tmp_path: Path, kind: str, fields: Any, words: str
) -> None:
    room = approved()
    index = at(room, kind)
    refused(said_otherwise(room, index, **fields), tmp_path, index, words)


# What the signature is about


def test_the_subject_is_exactly_what_the_entry_is_about(tmp_path: Path) -> None:
    room = approved()
    honest = filled(room).lines
    for kind in ("decision.recorded", "vote.cast", "evidence.frozen", "model.registered", "key.added"):
        index = at(room, kind)
        entry = room.entries[index]
        for subject in (
            [{"name": "model", "digest": {"sha256": OTHER}}],
            [{}],
            [{"name": "model", "digest": {"sha256": MODEL}}, {"name": "model", "digest": {"sha256": OTHER}}],
        ):
            lines = list(honest)
            lines[index] = sealed(predicate(entry), signer_of(entry), honest[:index], subject=subject)
            refused(resigned(lines), tmp_path, index, "subject")


def test_the_statement_of_a_decision_names_models_and_evidence() -> None:
    room = approved()
    said = statement(filled(room).lines[at(room, "decision.recorded")])["subject"]
    assert said[0] == {"name": "model", "digest": {"sha256": MODEL}}
    assert {item["name"]: item["digest"]["sha256"] for item in said[1:]} == {i.method: i.digest for i in EVIDENCE}


# Conditions, comments, votes


def test_two_conditions_with_one_id_do_not_hide_a_blocking_one(tmp_path: Path) -> None:
    room = conditional()
    index = at(room, "decision.recorded")
    mine = events.encode_body(room.entries[index].body)["conditions"]
    twice = [*mine, mine[0] | {"blocking": False}]
    refused(rewritten(room, index, conditions=twice), tmp_path, index, "used twice")


def test_a_condition_is_due_after_the_vote_and_after_the_decision(tmp_path: Path) -> None:
    room = conditional()
    vote = at(room, "vote.cast", 1)
    early = events.encode_body(room.entries[vote].body)["conditions"][0] | {"due": time(1)}
    refused(rewritten(room, vote, conditions=[early]), tmp_path, vote, "due before")
    index = at(room, "decision.recorded")
    kept = events.encode_body(room.entries[index].body)["conditions"]
    more = kept[0] | {"id": "new", "due": time(1)}
    refused(rewritten(room, index, conditions=[*kept, more]), tmp_path, index, "due before")


def test_the_id_of_a_condition_belongs_to_one_voter(tmp_path: Path) -> None:
    room = opened()
    room.vote("ada", "approve_with_conditions", condition("x"))
    room.vote("ben", "approve_with_conditions", condition("y"))
    index = at(room, "vote.cast", 1)
    theirs = events.encode_body(room.entries[index].body)["conditions"][0] | {"id": "x", "blocking": False}
    refused(rewritten(room, index, conditions=[theirs]), tmp_path, index, "used twice")


def test_nobody_dissolves_anothers_objection(tmp_path: Path) -> None:
    room = opened()
    room.do("ben", events.CommentAdded("c1", "", blocking=True, text=text("why?")))
    mine = events.CommentAdded("c1", "", blocking=False, text=text("x"))
    refused(*spread(forged_after(room, "cleo", mine), tmp_path), "used twice")
    refused(
        *spread(forged_after(room, "cleo", events.CommentResolved("c1", text("x"))), tmp_path), "neither its author"
    )
    refused(*spread(forged_after(room, "ben", events.CommentResolved("c9", text("x"))), tmp_path), "no such comment")
    reply = events.CommentAdded("c2", "", blocking=False, text=text("x"), reply_to="c9")
    refused(*spread(forged_after(room, "cleo", reply), tmp_path), "not there")


@pytest.mark.parametrize("meaning", [events.MEANINGS["reject"], "I vote approve", ""])
def test_the_signed_sentence_is_that_of_the_vote(tmp_path: Path, meaning: str) -> None:
    room = approved()
    index = at(room, "vote.cast")
    refused(rewritten(room, index, meaning=meaning), tmp_path, index, "meaning")


def test_a_vote_has_a_name_and_a_meaning(tmp_path: Path) -> None:
    room = approved()
    index = at(room, "vote.cast")
    said = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    for field in ("name", "meaning"):
        body = {name: item for name, item in said[index][0]["body"].items() if name != field}
        less = list(said)
        less[index] = (said[index][0] | {"body": body}, "ada")
        refused(resigned(lines_of(less)), tmp_path, index, field)


# How long, until when


@pytest.mark.parametrize(
    ("start", "words"), [("2096-01-02T00:00:00Z", "3 months"), ("2026-01-01T00:00:00Z", "before the decision")]
)
def test_an_approval_begins_when_it_is_decided_or_soon_after(tmp_path: Path, start: str, words: str) -> None:
    room = approved()
    index = at(room, "decision.recorded")
    fields = {
        "valid_from": start,
        "expires_at": deadline_after(start, 300),
        "retention_until": deadline_after(start, 9000),
    }
    refused(rewritten(room, index, **fields), tmp_path, index, words)
    later = deadline_after(time(room.day), 80)
    fields = {
        "valid_from": later,
        "expires_at": deadline_after(later, 300),
        "retention_until": deadline_after(later, 9000),
    }
    assert check(rewritten(room, index, **fields), tmp_path)["valid"]


def test_a_record_is_kept_to_the_day(tmp_path: Path) -> None:
    room = approved()
    index = at(room, "decision.recorded")
    last = room.case.decision.retention_until
    early = last[:8] + "01T00:00:00Z"
    refused(rewritten(room, index, retention_until=early), tmp_path, index, "kept as long")


@pytest.mark.parametrize("deadline", ["2001-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2999-12-31T00:00:00Z"])
def test_the_deadline_is_the_charters(tmp_path: Path, deadline: str) -> None:
    room = opened()
    index = at(room, "review.opened")
    refused(rewritten(room, index, deadline=deadline), tmp_path, index, "deadline")


def test_what_time_causes_names_its_round(tmp_path: Path) -> None:
    room = opened()
    room.vote("ada")
    refused(*spread(forged_after(room, "service", events.ReviewExpired(2), day=20), tmp_path), "another round")
    refused(*spread(forged_after(approved(), "service", events.ApprovalExpired(2), day=400), tmp_path), "another round")


# Evidence


def test_frozen_evidence_is_about_the_cases_models_and_registered_tables(tmp_path: Path) -> None:
    room = registered()
    room.freeze()
    index = at(room, "evidence.recorded")
    for model in (OTHER, "0" * 64):
        refused(rewritten(room, index, model=model), tmp_path, at(room, "evidence.frozen"), "does not name")
    refused(rewritten(room, index, data=["7" * 64]), tmp_path, at(room, "evidence.frozen"), "table")
    assert check(rewritten(room, index, model=None), tmp_path)["valid"]


def test_required_evidence_is_left_out_by_a_member_without_interest_alone(tmp_path: Path) -> None:
    room = registered()
    excused = (events.NotApplicable("fairness.by_group", text("no people")),)
    body = events.frozen(events.EvidenceFrozen(1, "0" * 64, EVIDENCE[:2], "c" * 64, (), excused))
    refused(*spread(forged_after(room, "service", body), tmp_path), "own live key")
    refused(*spread(forged_after(room, "ben", body, signer="service"), tmp_path), "own live key")
    refused(*spread(forged_after(room, "olga", body), tmp_path), "with an interest")
    assert check(forged_after(room, "ben", body)[0], tmp_path)["valid"]


def document(method: str, **more: Any) -> bytes:
    """Return evidence as the product writes it."""
    inputs = [{"role": "data", "digest": "b" * 64, "name": "x"}, {"role": "model", "digest": MODEL, "name": "m"}]
    key = {"method": method, "method_version": 1, "inputs": inputs}
    rows = {"used": 10, "total": 10, "dropped": []}
    return canonical({"format": "countersign-evidence/1", "key": key, "rows": rows, "result": {"auc": 0.5}} | more)


def measured(data: bytes) -> tuple[Room, dict[str, bytes]]:
    """Return a room whose first evidence is a document that is in the export."""
    room = registered()
    first = at(room, "evidence.recorded")
    digest = hashlib.sha256(data).hexdigest()
    entry = room.entries[first]
    own = json.loads(document("quality.checks"))["key"]
    own["inputs"] = [{"role": item["role"], "digest": item["digest"]} for item in own["inputs"]]
    key = hashlib.sha256(canonical(own)).hexdigest()
    room.entries[first] = replace(entry, body=replace(entry.body, digest=digest, key=key))
    return room, {digest: data}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, ""),
        ({"rows": {"used": 5, "total": 10}}, "rows_used"),
        ({"rows": {"used": 10, "total": 99}}, "rows_total"),
        ({"result": {"outcome": "not_assessed", "reason": "too few"}}, "outcome"),
        ({"key": {"method": "other", "method_version": 1, "inputs": []}}, "method, model, data"),
    ],
)
def test_evidence_says_what_its_entry_says(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    room, evidence = measured(document("quality.checks", **change))
    files = Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=evidence).files()
    if field:
        refused(files, tmp_path, at(room, "evidence.recorded"), field)
    else:
        assert check(files, tmp_path)["valid"]


def test_evidence_in_another_form_is_told(tmp_path: Path) -> None:
    for data in (b"[]", b'{"format": "other"}', b"no JSON"):
        room, evidence = measured(data)
        files = Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=evidence).files()
        answer = check(files, tmp_path)
        assert answer["valid"]
        assert any(note.startswith("1 pieces of evidence are in a form") for note in answer["not_checked"])


# Appeals, conditions, acts in another's name


def test_members_with_a_conflict_sit_on_no_panel_and_accept_nothing(tmp_path: Path) -> None:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.do("dan", events.ConflictDeclared("dan", conflict=True))
    room.decide()
    room.join("eve", ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("again")))
    ruling = events.AppealDecided("a1", ("dan", "eve"), "approved", text("x"))
    refused(*spread(forged_after(room, "eve", ruling), tmp_path), "everybody who may sit")
    under = opened()
    under.vote("ada")
    under.vote("ben", "approve_with_conditions", condition("ben-1"))
    under.vote("cleo", "reject")
    under.do("dan", events.ConflictDeclared("dan", conflict=True))
    under.decide()
    under.do("olga", events.ConditionSubmitted("ben-1", "olga", (), text("done")))
    refused(*spread(forged_after(under, "dan", events.ConditionAccepted("ben-1", "dan")), tmp_path), "stepped aside")


def test_by_is_the_actor(tmp_path: Path) -> None:
    room = conditional()
    done = events.ConditionSubmitted("ben-1", "ada", (), text("x"))
    refused(*spread(forged_after(room, "olga", done), tmp_path), "somebody else's name")
    room.do("olga", replace(done, by="olga"))
    refused(
        *spread(forged_after(room, "ada", events.ConditionAccepted("ben-1", "dan")), tmp_path), "somebody else's name"
    )
    refused(
        *spread(forged_after(room, "dan", events.AppealFiled("a", "olga", text("x"))), tmp_path), "somebody else's name"
    )
    shown = events.ConditionSubmitted("ben-1", "olga", (OTHER,), text("x"))
    refused(*spread(forged_after(room, "olga", shown), tmp_path), "never recorded")


def test_the_id_of_an_appeal_is_used_once(tmp_path: Path) -> None:
    refused(
        *spread(forged_after(appealed("rejected"), "dan", events.AppealFiled("a1", "dan", text("x"))), tmp_path),
        "twice",
    )


def test_a_retirement_repeats_the_last_decision(tmp_path: Path) -> None:
    room = retired()
    index = at(room, "decision.recorded", 1)
    refused(rewritten(room, index, valid_from="2026-03-01T00:00:00Z"), tmp_path, index, "repeats")
    early = replace(approved().case.decision, outcome="retired")
    refused(*spread(forged_after(opened(), "ada", early), tmp_path), "repeats")


# Charter, alerts, remarks


@pytest.mark.parametrize("majority", ["-1/-2", "1/0", "0/1", "3/2", "2/4", "1/1", "1/3", "١/٢"])
def test_a_majority_is_a_reduced_fraction_from_one_half_and_below_one(tmp_path: Path, majority: str) -> None:
    room = founded()
    rules = charter.from_toml(charter.template()).to_json()
    rules["tiers"]["high"]["majority"] = majority
    digest = hashlib.sha256(canonical(rules)).hexdigest()
    refused(*spread(forged_after(room, "ada", events.CharterAdopted(digest, rules), case=None), tmp_path), "charter")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (events.MonitoringAlert("a", OTHER, "psi", "confirmed"), "not registered"),
        (events.CorrectionNoted(99, text("x")), "later entry"),
        (events.ExportMade("ledger", None, 999, "QQ==", 1), "larger than the ledger"),
        (events.ExportMade("case", None, 1, "QQ==", 1), "another case"),
        (events.ExportMade("ledger", "credit", 1, "QQ==", 1), "another case"),
    ],
)
def test_remarks_exports_and_alerts_are_about_what_is_there(tmp_path: Path, body: events.Body, words: str) -> None:
    refused(*spread(forged_after(approved(), "service", body, case=None), tmp_path), words)


def test_an_alert_has_a_known_state(tmp_path: Path) -> None:
    room = approved()
    room.do("service", events.MonitoringAlert("a", MODEL, "psi", "observed"), None)
    index = len(room.entries) - 1
    refused(rewritten(room, index, state="firing"), tmp_path, index, "'state'")


# Keys


def test_a_key_does_not_come_back_in_another_form(tmp_path: Path) -> None:
    from tests.dossier.ledger import private_key

    public = private_key("ada").public_key()
    form = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    point = public.public_bytes(*form)
    compressed = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    assert serialization.load_der_public_key(compressed).public_numbers() == public.public_numbers()  # type: ignore[union-attr]
    order = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    numbers = public.public_numbers()
    negated = spki("ada")[:59] + (order - numbers.y).to_bytes(32)
    for der, words in ((compressed, "one DER form"), (negated, "used before"), (negated[:-1] + b"\0", "malformed")):
        room = opened()
        room.do("service", events.KeyRevoked(keyid("ada"), text("lost")), None)
        body = events.KeyAdded(hashlib.sha256(der).hexdigest(), base64.b64encode(der).decode(), "ada", "member")
        refused(*spread(forged_after(room, "service", body, "root", case=None), tmp_path), words)


# Texts


def test_the_beginning_of_a_text_does_not_pass_for_salt(tmp_path: Path) -> None:
    words = "The board decided"
    room = approved()
    said = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    index = at(room, "decision.recorded")
    said[index][0]["body"]["rationale"] = {"sha256": text(words).sha256}
    files = Book(lines_of(said), texts={text(words).sha256: DisclosedText(SALT, words)}).files()
    assert check(files, tmp_path)["valid"]
    shifted = {text(words).sha256: {"salt": (SALT + b"The board ").hex(), "text": "decided"}}
    refused(files | {"texts.json": json.dumps(shifted).encode()}, tmp_path, None, "26 bytes, not 16")
    shifted = {text(words).sha256: {"salt": SALT[:-1].hex(), "text": "tThe board decided"}}
    refused(files | {"texts.json": json.dumps(shifted).encode()}, tmp_path, None, "15 bytes, not 16")


def test_a_text_that_was_not_signed_is_not_exported() -> None:
    room = approved()
    lines = filled(room).lines
    because = text("because").sha256
    for item in (DisclosedText(SALT, "otherwise"), DisclosedText(SALT + b"be", "cause")):
        with pytest.raises(RefusedInputError, match=r"not the one|18 bytes"):
            Book(lines, texts={because: item}).files()


# Bundles


def test_a_bundle_holds_the_latest_decision_of_its_case_and_nothing_else(tmp_path: Path) -> None:
    room = retired()
    files = filled(room).files()
    name = "bundles/credit.sigstore.json"
    older = json.loads(files[name])
    lines = filled(room).lines
    for index in (at(room, "decision.recorded"), at(room, "vote.cast")):
        older["dsseEnvelope"] = json.loads(lines[index])
        refused(files | {name: json.dumps(older).encode()}, tmp_path, None, "latest decision")
    refused(files | {"bundles/other.sigstore.json": files[name]}, tmp_path, None, "no decision of a case")
    refused(files | {"bundles/credit.json": files[name]}, tmp_path, None, "no decision of a case")
    hinted = json.loads(files[name])
    hinted["verificationMaterial"]["publicKey"]["hint"] = "0" * 64
    refused(files | {name: json.dumps(hinted).encode()}, tmp_path, None, "latest decision")


# What a case's export leaves out


def forced(room: Room, *acts: tuple[str, events.Body, str | None]) -> Book:
    """Return the lines of a room and of acts that its rules refuse, with honest links."""
    entries = list(room.entries)
    for actor, body, case in acts:
        entries.append(Entry(len(entries), time(room.day), case, actor, body))
    return Book(lines_of([(predicate(entry), signer_of(entry)) for entry in entries]))


def without(lines: list[bytes], dropped: int, case: str = "credit") -> dict[str, bytes]:
    """Return the export of a case from which one line and its proof are left out."""
    files = export_files(Source(tuple(lines), checkpoint(lines), case))
    kept = [line for line in files["ledger.intoto.jsonl"].splitlines(keepends=True) if line[:-1] != lines[dropped]]
    files.pop(f"proofs/{dropped}.tlog-proof")
    return files | {"ledger.intoto.jsonl": b"".join(kept)}


def voted() -> Room:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    return room


def hidden_comment() -> tuple[list[bytes], int]:
    room = voted()
    decision = room.draft()
    book = forced(room, ("ben", events.CommentAdded("c1", "", blocking=True, text=text("no")), "credit"),
                  ("ada", decision, "credit"))  # fmt: skip
    return book.lines, len(room.entries)


def hidden_conflict() -> tuple[list[bytes], int]:
    room = voted()
    decision = room.draft()
    book = forced(room, ("ben", events.ConflictDeclared("ben", conflict=True), "credit"), ("ada", decision, "credit"))
    return book.lines, len(room.entries)


def hidden_revocation() -> tuple[list[bytes], int]:
    room = opened()
    at_ = len(room.entries)
    room.do("service", events.KeyRevoked(keyid("cleo"), text("stolen")), None)
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    room.decide()
    return filled(room).lines, at_


def hidden_removal() -> tuple[list[bytes], int]:
    room = voted()
    decision = room.draft()
    book = forced(room, ("service", events.MemberRemoved("ada", text("left")), None), ("ada", decision, "credit"))
    return book.lines, len(room.entries)


def hidden_charter() -> tuple[list[bytes], int]:
    room = registered()
    room.freeze()
    strict = charter.from_toml(charter.template().replace("voting_days = 14", "voting_days = 30"))
    old = opened().case.review
    signed = events.CharterAdopted(strict.digest, strict.to_json())
    at_ = len(room.entries) + 2
    book = forced(room, *((who, signed, None) for who in ("ada", "ben", "cleo")), ("service", old, "credit"))
    return book.lines, at_


def hidden_alert() -> tuple[list[bytes], int]:
    room = approved()
    at_ = len(room.entries)
    room.do("service", events.MonitoringAlert("a1", MODEL, "psi", "confirmed", EVIDENCE[1].digest), None)
    room.do("olga", events.AppealFiled("p1", "olga", text("x")))
    return filled(room).lines, at_


@pytest.mark.parametrize(
    "make", [hidden_comment, hidden_conflict, hidden_revocation, hidden_removal, hidden_charter, hidden_alert]
)
def test_a_line_left_out_of_a_cases_export_is_found_at_the_next(
    tmp_path: Path, make: Callable[[], tuple[list[bytes], int]]
) -> None:
    lines, dropped = make()
    refused(without(lines, dropped), tmp_path, dropped + 1, "one was left out")


@pytest.mark.parametrize("make", [hidden_comment, hidden_conflict, hidden_revocation, hidden_removal, hidden_charter])
def test_a_false_link_hides_it_in_a_part_and_is_refused_in_the_whole(
    tmp_path: Path, make: Callable[[], tuple[list[bytes], int]]
) -> None:
    lines, dropped = make()
    answer = check(resigned(lines), tmp_path)
    assert not answer["valid"]
    assert answer["first_bad"] > dropped


def test_the_verdict_on_a_part_says_what_could_be_missing(tmp_path: Path) -> None:
    room = approved()
    room.do("service", events.CorrectionNoted(1, text("x")), None)
    answer = check(filled(room).files("credit"), tmp_path)
    assert answer["valid"]
    assert not answer["whole"]
    notes = " ".join(answer["not_checked"])
    assert f"entries {len(room.entries) - 1} to {len(room.entries) - 1}: a later decision" in notes
    assert "unless whoever signed a later entry lied" in notes
    assert check(filled(room).files(), tmp_path)["whole"]
    assert check(filled(ended()).files("credit"), tmp_path)["valid"]
    assert check(filled(fulfilled()).files("credit"), tmp_path)["valid"]


@pytest.mark.parametrize(
    "previous",
    [{"case": None, "house": None, "alert": None}, {"case": 99, "house": 14, "alert": None}, {}, None, {"case": True}],
)
def test_false_links_are_refused(tmp_path: Path, previous: Any) -> None:
    room = approved()
    index = at(room, "vote.cast")
    refused(said_otherwise(room, index, previous=previous), tmp_path, index)


# Trust


@pytest.mark.parametrize(
    "change",
    [{"min_witnesses": -1}, {"min_witnesses": 1}, {"min_witnesses": True}, {"root_keys": keyid("root")}, {"root_keys": []},
     {"log_vkeys": "x"}, {"other": 1}, {"origin": 5}],
)  # fmt: skip
def test_a_trust_file_of_another_form_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    from tests.dossier.ledger import TRUST

    refused(filled(approved()).files(), tmp_path, None, "trust file", trust=TRUST | change)
