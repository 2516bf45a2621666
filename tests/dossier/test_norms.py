"""Norms in the record: who signs them, when they are in force, and what an accusation rests on; both verifiers say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from governance.dossier import verify_table
from governance.evidence import Evidence, RuleError
from governance.evidence.evidence import Environment, Input, Rows, RunKey
from governance.review import events
from tests.dossier.ledger import Book, check, lines_of, predicate, signer_of
from tests.dossier.test_attacks import forged_after, refused, spread
from tests.review.board import DATA, EVIDENCE, MODEL, Room, approved, founded, registered, text

FIRST, SECOND = "1" * 64, "2" * 64


def sign(room: Room, *who: str, norms: str = FIRST, before: str | None = None) -> Room:
    for name in who:
        room.do(name, events.NormsAdopted(norms, before, text("why")), None)
    return room


def adopted() -> Room:
    return sign(registered(), "ada", "ben", "cleo")


def audited(norms: str = FIRST) -> Evidence:
    inputs = (Input("model", MODEL), Input("data", DATA))
    key = RunKey("fairness.norms", 1, inputs, "", {"norms": norms, "tallies": []}, {}, 0)
    return Evidence(key, Rows(10, 10), Environment("3", "linux", {}), {"norms": []})


def recorded(room: Room, found: Evidence) -> Room:
    body = events.EvidenceRecorded(
        found.digest, found.key.digest, found.key.method, 1, MODEL, (DATA,), 10, 10, "assessed"
    )
    room.do("service", body, None)
    return room


def alert(evidence: str | None, rule: str = "norm:four-fifths", state: str = "observed") -> events.MonitoringAlert:
    return events.MonitoringAlert("norm-a", MODEL, rule, state, evidence)


def accused(norms: str = FIRST) -> tuple[Room, dict[str, bytes]]:
    found = audited(norms)
    room = recorded(adopted(), found)
    room.do("service", alert(found.digest), None)
    return room, {found.digest: found.to_bytes()}


def written(room: Room, files: dict[str, bytes], case: str | None = None) -> dict[str, bytes]:
    return Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=files).files(case)


def test_norms_are_in_force_once_more_than_half_of_the_board_has_signed_the_same(tmp_path: Path) -> None:
    room = sign(registered(), "ada", "ben")
    assert room.state.norms == ""
    sign(room, "cleo")
    assert (room.state.norms, room.state.norms_index) == (FIRST, len(room.entries) - 1)
    sign(room, "ada", norms=SECOND, before=FIRST)
    assert room.state.norms == FIRST
    sign(room, "ben", "dan", norms=SECOND, before=FIRST)
    assert room.state.norms == SECOND
    assert check(written(room, {}), tmp_path)["valid"]


@pytest.mark.parametrize("case", [None, "credit"])
def test_an_accusation_under_the_norms_in_force_is_valid(tmp_path: Path, case: str | None) -> None:
    room, files = accused()
    answer = check(written(room, files, case), tmp_path)
    assert answer["valid"], answer["reason"]
    confirmed = approved()
    sign(confirmed, "ada", "ben", "cleo")
    recorded(confirmed, audited()).do("service", alert(audited().digest), None)
    confirmed.do("ben", alert(None, "member", "confirmed"), None)
    answer = check(written(confirmed, files, case), tmp_path)
    assert answer["cases"] == {"credit": "suspended"}


def test_before_there_are_norms_an_alert_may_be_called_as_one_likes(tmp_path: Path) -> None:
    room = registered()
    room.do("service", alert(None), None)
    assert check(written(room, {}), tmp_path)["valid"]


@pytest.mark.parametrize(
    ("actor", "body", "words"),
    [
        ("service", alert(None), "without evidence"),
        ("service", alert("9" * 64), "without evidence"),
        ("service", alert(EVIDENCE[2].digest), "without evidence"),
        ("olga", events.NormsAdopted(FIRST, FIRST, text("why")), "in force already"),
        ("ada", events.NormsAdopted(SECOND, None, text("why")), "those in force"),
        ("ada", events.NormsAdopted(SECOND, SECOND, text("why")), "those in force"),
    ],
)
def test_what_the_rules_of_norms_forbid_is_refused_by_writer_and_verifiers(
    tmp_path: Path, actor: str, body: events.Body, words: str
) -> None:
    room = adopted()
    with pytest.raises(RuleError):
        room.do(actor, body, None)
    refused(*spread(forged_after(room, actor, body, case=None), tmp_path), words)


def test_who_sits_on_no_board_signs_no_norms(tmp_path: Path) -> None:
    room = founded()
    room.join("otto", ("developer",))
    body = events.NormsAdopted(FIRST, None, text("why"))
    with pytest.raises(RuleError, match="not a member of the board"):
        room.do("otto", body, None)
    refused(*spread(forged_after(room, "otto", body, case=None), tmp_path), "not on the board")


def test_an_accusation_under_other_norms_than_those_in_force_is_refused(tmp_path: Path) -> None:
    room, files = accused(SECOND)
    refused(written(room, files), tmp_path, len(room.entries) - 1, "other norms")
    assert check(written(room, {}), tmp_path)["valid"], "without the evidence it cannot be seen, and is named as absent"


def test_an_older_verifier_says_that_the_ledger_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = adopted()
    files = written(room, {})
    from governance.dossier import verify_fields, verify_ledger

    monkeypatch.delitem(verify_fields.CHECKS, "norms.adopted")
    monkeypatch.delitem(verify_table.BODIES, "norms.adopted")
    assert verify_ledger.BODIES is verify_table.BODIES if hasattr(verify_ledger, "BODIES") else True
    from governance.dossier.verify import verify
    from tests.dossier.ledger import TRUST

    place = tmp_path / "export"
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps(TRUST), encoding="utf-8")
    answer = verify(place, trust, [])
    assert (answer["valid"], answer["newer"]) == (False, True)
    assert "newer" in answer["reason"]


def test_evidence_that_names_no_norms_accuses_nobody(tmp_path: Path) -> None:
    key = RunKey("fairness.norms", 1, (Input("model", MODEL), Input("data", DATA)), "", {"tallies": []}, {}, 0)
    found = Evidence(key, Rows(10, 10), Environment("3", "linux", {}), {"norms": []})
    room = recorded(adopted(), found)
    room.do("service", alert(found.digest), None)
    files = written(room, {found.digest: found.to_bytes()})
    refused(files, tmp_path, len(room.entries) - 1, "the evidence has no key.parameters.norms")
