"""Rules have editions: a later one takes effect by a signed entry, old records keep verifying, and what is newer is not called forged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.dossier import verify as verifier, verify_rules
from governance.dossier.bundle import write_folder
from governance.evidence.errors import RuleError
from governance.review import deliberation, editions, events
from governance.review.state import BoardState, Case, Entry, require
from tests.dossier.ledger import TRUST, check, lines_of, predicate, sealed, signer_of
from tests.dossier.test_attacks import at, filled, forged_after, refused, resigned, rewritten, spread
from tests.review.board import Room, approved, opened, text

SECOND = events.RulesAdopted(2, text("no more abstentions"))


def strict(board: BoardState, case: Case, entry: Entry) -> Case:
    require(entry.body.vote != "abstain", "Nobody abstains.")
    return deliberation.vote(board, case, entry)


class Strict(verify_rules.Board):
    """A second edition in which nobody abstains."""

    edition = 2

    def voting(self, c: Any, e: Any, b: Any) -> None:
        verify_rules.need(b["vote"] != "abstain", "nobody abstains")
        super().voting(c, e, b)


@pytest.fixture
def _second(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {**editions.FIRST.of_cases, events.VoteCast: strict}
    monkeypatch.setitem(editions.EDITIONS, 2, replace(editions.FIRST, number=2, of_cases=rules))
    monkeypatch.setitem(verify_rules.EDITIONS, 2, Strict)


def ballot(room: Room, vote: str) -> events.VoteCast:
    return events.VoteCast(vote, room.case.bundle, 1, text("r"), (), events.MEANINGS[vote], text("n"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("_second")
def test_a_second_edition_holds_from_its_entry_on_and_not_before(tmp_path: Path) -> None:
    room = opened()
    room.vote("dan", "abstain")
    room.do("service", SECOND, None)
    room.vote("ada")
    room.do("ben", events.ConflictDeclared("ben", conflict=False))
    with pytest.raises(RuleError, match="Nobody abstains"):
        room.do("ben", ballot(room, "abstain"))
    refused(*spread(forged_after(room, "ben", ballot(room, "abstain")), tmp_path), "nobody abstains")
    room.do("ben", ballot(room, "reject"))
    room.vote("cleo")
    room.decide()
    for case in (None, "credit"):
        answer = check(filled(room).files(case), tmp_path)
        assert answer["valid"], answer["reason"]
        assert answer["cases"] == {"credit": "approved"}


@pytest.mark.usefixtures("_second")
def test_records_of_the_first_edition_keep_verifying(tmp_path: Path) -> None:
    assert check(filled(approved()).files(), tmp_path)["valid"]


@pytest.mark.usefixtures("_second")
def test_a_ledger_can_begin_with_a_later_edition(tmp_path: Path) -> None:
    room = opened()
    room.do("dan", events.ConflictDeclared("dan", conflict=False))
    room.do("dan", ballot(room, "abstain"))
    refused(rewritten(room, 0, edition=2), tmp_path, len(room.entries) - 1, "nobody abstains")


@pytest.mark.usefixtures("_second")
def test_an_edition_only_rises_and_the_root_key_adopts_it(tmp_path: Path) -> None:
    room = opened()
    room.do("service", SECOND, None)
    with pytest.raises(RuleError, match="not later than 2"):
        room.do("service", replace(SECOND, edition=1), None)
    for edition in (1, 2):
        again = replace(SECOND, edition=edition)
        refused(*spread(forged_after(room, "service", again, case=None), tmp_path), "not later")
    refused(*spread(forged_after(opened(), "service", SECOND, "service", case=None), tmp_path), "root key")


def test_a_program_that_does_not_know_an_edition_says_so() -> None:
    room = opened()
    room.do("service", SECOND, None)
    with pytest.raises(RuleError, match="edition 2 of the rules; known here: 1"):
        room.vote("ada")


def newer(answer: dict[str, Any], index: int, words: str) -> None:
    assert (answer["valid"], answer["newer"], answer["first_bad"]) == (False, True, index)
    assert words in answer["reason"]
    said = verifier.words(answer)
    assert said.startswith(f"CANNOT TELL. Not understood entry: {index}.")
    assert "forged" not in said


def test_an_edition_or_a_type_of_entry_that_is_unknown_is_newer_and_not_forged(tmp_path: Path) -> None:
    room = opened()
    room.do("service", SECOND, None)
    newer(check(filled(room).files(), tmp_path), len(room.entries) - 1, "edition 2")
    newer(check(rewritten(opened(), 0, edition=7), tmp_path), 0, "edition 7")
    lines = filled(approved()).lines
    said = {"type": "norm.registered", "index": len(lines), "time": "2026-01-02T00:00:00Z", "case": None}
    said |= {"origin": TRUST["origin"], "actor": "service", "body": {"norm": "x"}}
    line = sealed(said, "service", lines)
    newer(check(resigned([*lines, line]), tmp_path), len(lines), "norm.registered")
    other = json.loads(lines[-1])["signatures"][0]["sig"]
    envelope = json.loads(line)
    envelope["signatures"][0]["sig"] = other
    forged = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    refused(resigned([*lines, forged]), tmp_path, len(lines), "signature does not hold")
    for place, value in (("signer", "stranger"), ("index", 99), ("time", "2020-01-01T00:00:00Z")):
        wrong = said if place == "signer" else said | {place: value}
        signer = str(value) if place == "signer" else "service"
        answer = check(resigned([*lines, sealed(wrong, signer, lines)]), tmp_path)
        assert (answer["valid"], answer["newer"]) == (False, False)


def badly_signed(line: bytes, other: bytes) -> bytes:
    """Return a line with the signature of another."""
    envelope = json.loads(line)
    envelope["signatures"][0]["sig"] = json.loads(other)["signatures"][0]["sig"]
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()


def test_an_edition_that_is_unknown_under_a_signature_that_does_not_hold_is_forged(tmp_path: Path) -> None:
    """Else whoever has no key at all turns "not valid" into "cannot tell"."""
    room = opened()
    room.do("service", SECOND, None)
    *lines, later = filled(room).lines
    refused(resigned([*lines, badly_signed(later, lines[-1])]), tmp_path, len(lines), "signature does not hold")
    first = rewritten(opened(), 0, edition=7)["ledger.intoto.jsonl"].split(b"\n")[0]
    refused(resigned([badly_signed(first, lines[-1])]), tmp_path, 0, "signature does not hold")


def test_a_forged_line_before_what_is_newer_is_still_named(tmp_path: Path) -> None:
    room = approved()
    vote = at(room, "vote.cast")
    said = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    said.append((predicate(Entry(len(said), "2026-01-02T00:00:00Z", None, "service", SECOND)), "root"))
    lines = lines_of(said)
    envelope = json.loads(lines[vote])
    envelope["signatures"][0]["sig"] = json.loads(lines[vote - 1])["signatures"][0]["sig"]
    lines[vote] = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    refused(resigned(lines), tmp_path, vote, "signature does not hold")


def test_the_command_ends_with_3_when_it_cannot_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = opened()
    room.do("service", SECOND, None)
    write_folder(filled(room).files(), tmp_path / "export")
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    assert verifier.main([str(tmp_path / "export"), "--trust", str(tmp_path / "trust.json")]) == 3
    assert "CANNOT TELL" in capsys.readouterr().out
