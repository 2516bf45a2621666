"""Registrations, keys, exports and files: what the page says of them both verifiers hold, and the writer as well."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.evidence import Evidence
from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError, RuleError
from governance.evidence.evidence import Environment, Input, Rows, RunKey
from governance.review import events
from governance.review.state import Entry
from storage.ledger.events import checked_body
from tests.dossier.ledger import Book, book, check, lines_of, predicate, sealed, signer_of
from tests.dossier.test_attacks import filled, refused, resigned
from tests.dossier.test_deployments import begun, deployed, gone
from tests.review.board import DATA, MODEL, Room, approved, registered, text, time

FILE = b"a file that no entry names"
NAMED = sha256(FILE)


def model(**more: Any) -> events.ModelRegistered:
    return events.ModelRegistered("n", "Other", "1", "d" * 64, "binary", "olga", "high", text("use"), **more)


@pytest.mark.parametrize("body", [model(provenance={NAMED: "a name"}), model(provenance={"from": f'store:"{NAMED}'})])
def test_a_file_whose_digest_stands_as_a_name_or_inside_a_text_is_named_by_nobody(body: Any, tmp_path: Path) -> None:
    room = registered()
    room.do("service", body, None)
    refused(filled(room).files() | {f"evidence/{NAMED}": FILE}, tmp_path, None, "named by no entry")


@pytest.mark.parametrize("body", [model(provenance={"file": NAMED}), model(parent=NAMED)])
def test_a_file_whose_digest_is_a_value_belongs_to_the_export(body: Any, tmp_path: Path) -> None:
    room = registered()
    room.do("service", body, None)
    answer = check(filled(room).files() | {f"evidence/{NAMED}": FILE}, tmp_path)
    assert answer["valid"], answer["reason"]


def test_a_root_in_another_base64_form_is_refused_at_its_entry(tmp_path: Path) -> None:
    """The last digit of base64 has bits that stand for nothing: two texts of one root would be two lines."""
    room = registered()
    right = base64.b64encode(b"r" * 32).decode()
    other = right[:-2] + chr(ord(right[-2]) + 1) + "="
    assert base64.b64decode(other) == base64.b64decode(right)
    assert checked_body("export.made", made(right))
    with pytest.raises(RefusedInputError, match="in the one form"):
        checked_body("export.made", made(other))
    lines = book(room.entries).lines
    said = predicate(Entry(len(lines), time(room.day), None, "service", events.ExportMade(**made(right))))
    forged = sealed(said | {"body": made(other)}, "service", lines)
    refused(resigned([*lines, forged]), tmp_path, len(lines), "not of the kind base64")


def made(root: str) -> dict[str, Any]:
    return {"kind": "ledger", "case": None, "size": 1, "root": root, "files": 3}


@pytest.mark.parametrize("mark", ["\x07", "\x7f", "\r", "\t"])
def test_a_checkpoint_with_a_control_character_is_refused_even_in_a_strangers_line(mark: str, tmp_path: Path) -> None:
    files = filled(approved()).files()
    stranger, raw = "stranger", base64.b64encode(bytes(68)).decode()
    honest = files["checkpoint"] + f"— {stranger} {raw}\n".encode()
    assert check(files | {"checkpoint": honest}, tmp_path)["valid"]
    spoilt = files["checkpoint"] + f"— {stranger}{mark} {raw}\n".encode()
    refused(files | {"checkpoint": spoilt}, tmp_path, None, "control character")


def counted(used: object) -> tuple[dict[str, bytes], Evidence]:
    """Return an export with evidence on one row of one, whose file says `used` of the rows that were used."""
    key = RunKey("quality.checks", 1, (Input("model", MODEL), Input("data", DATA)), "", {}, {}, 0)
    found = Evidence(key, Rows(1, 1), Environment("3", "linux", {}), {"failed": 0})
    value = json.loads(found.to_bytes())
    value["rows"]["used"] = used
    data = json.dumps(value).encode()
    room = registered()
    body = events.EvidenceRecorded(sha256(data), key.digest, key.method, 1, MODEL, (DATA,), 1, 1, "assessed")
    room.do("service", body, None)
    return Book(book(room.entries).lines, evidence={sha256(data): data}).files(), found


def test_true_is_not_the_number_one_in_evidence(tmp_path: Path) -> None:
    assert check(counted(1)[0], tmp_path)["valid"]
    assert check(counted(1.0)[0], tmp_path)["valid"]
    refused(counted(used=True)[0], tmp_path, len(registered().entries), "says otherwise than its entry: rows_used")


OF_NO_CASE: tuple[tuple[str, events.Body], ...] = (
    ("service", events.MemberAdded("eve", text("eve"), ("member",))),
    ("service", events.MemberRemoved("dan", text("left"))),
    ("service", model()),
    ("service", events.DatasetRegistered("more", "More", "e" * 64, "d" * 64, 10, "evaluation", "e" * 64)),
    ("service", events.EvidenceRecorded("f" * 64, "f" * 64, "m", 1, MODEL, (DATA,), 1, 1, "assessed")),
    ("service", events.MonitoringAlert("a", MODEL, "psi", "observed")),
    ("service", events.CorrectionNoted(0, text("x"))),
    ("service", deployed("counter")),
    ("service", gone()),
    ("service", begun()),
    ("ada", events.NormsAdopted("1" * 64, None, text("why"))),
)


@pytest.mark.parametrize(("actor", "body"), OF_NO_CASE, ids=lambda item: type(item).__name__)
def test_what_belongs_to_no_case_names_none(actor: str, body: Any, tmp_path: Path) -> None:
    room = approved()
    room.do("service", deployed(), None)
    again = Room(room.state, list(room.entries), room.day)
    with pytest.raises(RuleError, match="belongs to no case"):
        again.do(actor, body, "credit")
    forged = Entry(len(room.entries), time(room.day), "credit", actor, body)
    said = [(predicate(entry), signer_of(entry)) for entry in (*room.entries, forged)]
    refused(Book(lines_of(said)).files(), tmp_path, forged.index, "belongs to no case")
    again.do(actor, body, None)
    answer = check(book(again.entries).files(), tmp_path)
    assert answer["valid"], answer["reason"]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-06-31", "2027-02-29"])
def test_an_alert_is_ignored_until_a_day_that_exists(day: str, tmp_path: Path) -> None:
    room = registered()
    body = events.MonitoringAlert("a", MODEL, f"ignore_until {day}T00:00:00Z", "acted")
    with pytest.raises(RuleError, match="no remedy"):
        room.do("ada", body, None)
    forged = Entry(len(room.entries), time(room.day), None, "ada", body)
    said = [(predicate(entry), signer_of(entry)) for entry in (*room.entries, forged)]
    refused(Book(lines_of(said)).files(), tmp_path, forged.index, "no remedy")
    room.do("ada", replace(body, rule="harm", state="confirmed"), None)
    room.do("ada", replace(body, rule="ignore_until 2028-02-29T00:00:00Z"), None)
    assert check(book(room.entries).files(), tmp_path)["valid"]
