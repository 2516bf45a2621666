"""The verifier's less travelled ways: many entries, rare events, its own command line."""

from __future__ import annotations

import gc
import json
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from governance.dossier import verify as verifier, verify_ledger as walking
from governance.dossier.bundle import write_folder
from governance.review import events
from tests.dossier.ledger import TRUST, Book, book, check, predicate, sealed, spki
from tests.dossier.test_attacks import at, filled, forged_after, refused, resigned, rewritten, spread
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
)


def appealed(outcome: str) -> Room:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    for who in ("eve", "fay"):
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("again")))
    for who in ("eve", "fay"):
        room.do(who, events.AppealDecided("a1", ("dan", "eve", "fay"), outcome, text("we looked")))
    return room


def expired() -> Room:
    room = opened()
    room.vote("ada")
    room.day = 20
    room.do("service", events.ReviewExpired(1))
    room.open(text("again"))
    return room


def ended() -> Room:
    room = approved()
    room.day = 400
    room.do("service", events.ApprovalExpired(1))
    return room


def fulfilled() -> Room:
    room = conditional(condition("ben-1"), condition("ben-2"), condition("ben-3", blocking=False))
    for name in ("ben-1", "ben-2"):
        room.do("olga", events.ConditionSubmitted(name, "olga", (), text("done")))
        room.do("ada", events.ConditionAccepted(name, "ada"))
    return room


def overdue() -> Room:
    room = conditional()
    room.day = 300
    room.do("service", events.ConditionOverdue("ben-1"))
    return room


def alerted() -> Room:
    room = approved()
    for state in ("observed", "confirmed"):
        room.do("service", events.MonitoringAlert("a1", MODEL, "psi", state, EVIDENCE[1].digest), None)
    return room


def settled() -> Room:
    room = approved()
    room.do("olga", events.MonitoringAlert("a1", MODEL, "person", "overridden"), None)
    room.do("ben", events.MonitoringAlert("a2", MODEL, "person", "confirmed"), None)
    return room


def retired() -> Room:
    room = approved()
    room.do("ada", replace(room.case.decision, outcome="retired"))
    room.do("service", events.CorrectionNoted(1, text("typo")), None)
    return room


def discussed() -> Room:
    room = opened()
    room.do("ben", events.CommentAdded("c1", "", blocking=True, text=text("why?")))
    room.do("ben", events.CommentAdded("c2", "", blocking=False, text=text("by the way")))
    room.do("ada", events.CommentResolved("c1", text("so")))
    room.do("ben", events.CommentResolved("c2", text("so")))
    room.do("service", events.MemberRemoved("dan", text("left")), None)
    return room


def rejected() -> Room:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject" if who != "ada" else "approve")
    room.decide("service")
    return room


@pytest.mark.parametrize(
    "make",
    [
        lambda: appealed("approved"),
        lambda: appealed("rejected"),
        expired,
        ended,
        fulfilled,
        overdue,
        alerted,
        settled,
        retired,
        discussed,
        rejected,
    ],
)
@pytest.mark.parametrize("case", [None, "credit"])
def test_every_kind_of_history_verifies_whole_and_as_a_case(
    tmp_path: Path, make: Callable[[], Room], case: str | None
) -> None:
    room = make()
    answer = check(filled(room).files(case), tmp_path)
    assert answer["valid"], (answer["first_bad"], answer["reason"])
    assert answer["cases"] == {"credit": room.case.status}


def test_rare_events_that_break_a_rule_are_refused(tmp_path: Path) -> None:
    done = appealed("approved")
    ruling = events.AppealDecided("a1", ("dan", "eve", "fay"), "approved", text("x"))
    refused(*spread(forged_after(done, "eve", ruling), tmp_path), "no such appeal")
    half = appealed("rejected")
    half.do("dan", events.AppealFiled("a2", "dan", text("x")))
    for body, words in (
        (replace(ruling, appeal="a3"), "no such appeal"),
        (replace(ruling, appeal="a2", panel=("eve",)), "too small"),
        (replace(ruling, appeal="a2", panel=("ada", "dan", "eve", "fay")), "everybody who may sit"),
    ):
        refused(*spread(forged_after(half, "eve", body), tmp_path), words)
    refused(*spread(forged_after(half, "ada", replace(ruling, appeal="a2")), tmp_path), "not on the panel")
    refused(*spread(forged_after(retired(), "service", events.ReviewExpired(1)), tmp_path), "retired")
    room = founded()
    lines = book(room.entries).lines
    last = predicate(room.entries[-1])
    for kind, words in (
        ("what.ever", "unknown"),
        ("ledger.created", "created once"),
        ("vote.cast", "too many or too few"),
    ):
        said = last | {"type": kind, "index": len(lines), "body": {}}
        signer = {"ledger.created": "root", "vote.cast": "cleo"}.get(kind, "service")
        refused(resigned([*lines, sealed(said, signer, lines)]), tmp_path, len(lines), words)
    accepted = events.ConditionAccepted("ben-1", "olga")
    under = conditional()
    under.do("dan", events.ConditionSubmitted("ben-1", "dan", (), text("x")))
    refused(*spread(forged_after(under, "olga", accepted), tmp_path), "no vote in this case")
    refused(rewritten(registered(), 0, "ada"), tmp_path, 0)
    gone = founded()
    gone.do("service", events.MemberRemoved("ada", text("x")), None)
    refused(
        *spread(forged_after(gone, "service", events.MemberRemoved("ada", text("x")), "root", case=None), tmp_path),
        "no such member",
    )


def test_the_service_settles_no_alert_in_a_members_name(tmp_path: Path) -> None:
    room = settled()
    index = len(room.entries) - 1
    for signer in ("service", "ada"):
        refused(rewritten(room, index, signer), tmp_path, index, "own live key")
    put_aside = events.MonitoringAlert("a3", MODEL, "psi", "overridden")
    refused(
        *spread(forged_after(room, "service", put_aside, case=None), tmp_path), "put aside, or acted upon, by nobody"
    )
    refused(*spread(forged_after(room, "stranger", put_aside, case=None), tmp_path), "unknown, revoked")
    refused(*spread(forged_after(room, "service", put_aside), tmp_path), "belongs to no case")
    decided = approved()
    index = at(decided, "decision.recorded")
    refused(rewritten(decided, index, "service"), tmp_path, index, "own live key")


def test_a_key_that_is_not_p256_signs_nothing() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(*form)
    assert walking.forged([(7, other, b"", b"")]) == 7
    assert walking.forged([(8, b"no key", b"", b"")]) == 8
    assert walking.forged([(9, spki("ada"), b"m", b"\x30\x00")]) == 9
    assert walking.forged([]) is None


@pytest.mark.slow
def test_many_entries_are_shared_out_and_the_first_bad_one_is_still_named(tmp_path: Path) -> None:
    room = founded()
    lines = book(room.entries).lines
    said = predicate(room.entries[-1])
    for index in range(len(lines), 2_200):
        note = said | {
            "type": "correction.noted",
            "index": index,
            "actor": "service",
            "body": {"index": 0, "text": {"sha256": "0" * 64}},
            "previous": {"case": None, "house": len(room.entries) - 1, "alert": None},
        }
        lines.append(sealed(note, "service"))
    assert check(Book(lines).files(), tmp_path)["valid"]
    envelope = json.loads(lines[2_100])
    envelope["signatures"][0]["sig"] = json.loads(lines[2_099])["signatures"][0]["sig"]
    lines[2_100] = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    refused(resigned(lines), tmp_path, 2_100, "signature does not hold")


def test_the_command_line_of_the_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    export, trust = tmp_path / "export", tmp_path / "trust.json"
    write_folder(filled(conditional()).files(), export)
    trust.write_text(json.dumps(TRUST))
    assert verifier.main([str(export), "--trust", str(trust), "--old", str(export / "checkpoint")]) == 0
    assert "case credit: conditional" in capsys.readouterr().out
    trust.write_text(json.dumps(TRUST | {"root_keys": ["0" * 64]}))
    assert verifier.main([str(export), "--trust", str(trust), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad"] == 0
    assert verifier.main([str(export), "--trust", str(trust)]) == 1
    assert "First bad entry: 0" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["verify.py", str(export), "--trust", str(trust)])
    monkeypatch.syspath_prepend(str(export))
    try:
        with pytest.raises(SystemExit) as caught:
            runpy.run_path(str(Path(verifier.__file__)), run_name="__main__")
    finally:
        gc.enable()  # as a program of its own it leaves that to the end of the process
    assert caught.value.code == 1


def test_the_entry_that_revokes_and_the_index_of_decisions_are_counted(tmp_path: Path) -> None:
    room = retired()
    answer = check(filled(room).files(), tmp_path)
    assert answer["decisions"] == 2
    assert at(room, "decision.recorded", 1) > at(room, "decision.recorded")


def test_a_waiver_is_signed_by_the_member_who_gives_it(tmp_path: Path) -> None:
    waiver = events.Waiver("auc", "ben", text("until retraining"), "2027-01-01T00:00:00Z")
    body = events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64, waivers=(waiver,))
    room = registered()
    room.do("ben", events.frozen(body))
    assert check(filled(room).files(), tmp_path)["valid"]
    index = len(room.entries) - 1
    refused(rewritten(room, index, "service"), tmp_path, index, "own live key")
    stolen = events.frozen(replace(body, waivers=(replace(waiver, by="ada"),)))
    refused(*spread(forged_after(registered(), "ben", stolen), tmp_path), "waiver")
    endless = events.frozen(replace(body, waivers=(replace(waiver, expires="never"),)))
    refused(*spread(forged_after(registered(), "ben", endless), tmp_path), "'waivers'")
    mine = events.frozen(replace(body, waivers=(replace(waiver, by="olga"),)))
    refused(*spread(forged_after(registered(), "olga", mine), tmp_path), "waiver")
