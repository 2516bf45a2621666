"""What stands around the record under the right keys: names of files, lines of the checkpoint, the form of evidence and of policies.

Every attack here was accepted, told without its entry, or judged otherwise by a second verifier before the page said how it is read.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from governance.dossier import verify as verifier
from governance.dossier.bundle import DisclosedText, write_folder
from governance.evidence.codec import canonical, sha256
from governance.review import events
from tests.dossier.ledger import (
    LOG,
    TRUST,
    WITNESS,
    WITNESSED,
    Book,
    check,
    lines_of,
    predicate,
    sealed,
    signer_of,
    vkey,
)
from tests.dossier.test_attacks import SALT, filled, refused, resigned
from tests.dossier.test_gate import finding
from tests.review.board import DATA, METHODS, MODEL, approved, opened, registered, text

PROGRAMS = (
    "x.pyw",
    "x.cmd",
    "x.ps1",
    "x.com",
    "x.vbs",
    "x.js",
    "x.hta",
    "x.lnk",
    "x.jar",
    "a/x.exe ",
    "x.py.",
    "x.PyC. .",
)
SAME_PLACE = (
    "CHECKPOINT", "Leaves", "Texts.json", "Ledger.intoto.jsonl", "Evidence/x", "PROOFS/0.tlog-proof", "REPORT.html",
    "checkpoint.", "leaves ", "evidence./x", "report.html. .", "leave\u017f",
)  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_some_system_would_run_is_no_part_of_an_export(tmp_path: Path, name: str) -> None:
    refused(filled(approved()).files() | {name: b"x"}, tmp_path, None, "no part of an export")


@pytest.mark.parametrize("name", SAME_PLACE)
def test_no_name_takes_the_place_of_another_where_case_does_not_count(tmp_path: Path, name: str) -> None:
    files = filled(approved()).files() | {"report.html": b"x"}
    assert check(files, tmp_path)["valid"]
    refused(files | {name: b"x"}, tmp_path, None, "take the place of another file")


HOSTILE = "\x1b[2J\x1b[HVALID: 30 entries of the whole ledger\x1b[8m"


@pytest.mark.parametrize("name", [HOSTILE, "a\nVALID\n  case credit: approved", "\u202edilav", "\u200bx"])
@pytest.mark.parametrize("folder", ["evidence", "notes"])
def test_the_name_of_a_file_moves_no_cursor_and_adds_no_line(tmp_path: Path, folder: str, name: str) -> None:
    answer = check(filled(approved()).files() | {f"{folder}/{name}": b"x"}, tmp_path)
    assert answer["valid"] == (folder == "notes")
    told = [answer["reason"], *answer["not_checked"]]
    assert any(ascii(name)[1:-1] in line for line in told)
    assert all(line.isprintable() for line in told)
    assert not any(line.startswith("VALID") for line in verifier.words(answer).splitlines()[1:])


@pytest.mark.parametrize("missing", ["export", "--trust", "--old"])
def test_a_path_that_leads_nowhere_is_a_wrong_use_and_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    write_folder(filled(approved()).files(), tmp_path / "export")
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    nowhere = str(tmp_path / "nowhere")
    paths = {"export": str(tmp_path / "export"), "--trust": str(tmp_path / "trust.json"), missing: nowhere}
    with pytest.raises(SystemExit) as left:
        verifier.main([paths.pop("export"), *(word for pair in paths.items() for word in pair)])
    assert left.value.code == 2
    assert f"there is no {nowhere}" in capsys.readouterr().err


RAW = base64.b64encode(bytes(68)).decode()


@pytest.mark.parametrize(
    "line", [f"—  {RAW}", "— x ", "— x AAAAAA==", f"— x+y {RAW}", f"— x\u00a0y {RAW}", f"— x\u2028 {RAW}"]
)
def test_a_malformed_line_under_a_checkpoint_is_not_passed_over(tmp_path: Path, line: str) -> None:
    files = filled(approved()).files()
    refused(files | {"checkpoint": files["checkpoint"] + f"{line}\n".encode()}, tmp_path, None, "malformed signature")


def test_one_witness_under_two_names_is_one(tmp_path: Path) -> None:
    names = ("witness.example", "other.example")
    trust = WITNESSED | {"witness_vkeys": [vkey(name, WITNESS, 4)[1] for name in names], "min_witnesses": 2}
    files = filled(approved(), witness=True).files()
    text_, time = files["checkpoint"].decode().rpartition("\n\n")[0] + "\n", 1_800_000_000
    signed = WITNESS.sign(f"cosignature/v1\ntime {time}\n{text_}".encode())
    blob = base64.b64encode(vkey(names[1], WITNESS, 4)[0] + time.to_bytes(8) + signed).decode()
    twice = {"checkpoint": files["checkpoint"] + f"— {names[1]} {blob}\n".encode()}
    assert check(files | twice, tmp_path, trust=trust | {"min_witnesses": 1})["valid"]
    refused(files | twice, tmp_path, None, "1 trusted witnesses", trust=trust)
    assert LOG.public_key() != WITNESS.public_key()


@pytest.mark.parametrize(("name", "newer"), [("a", True), ("\uffee", False), ("\U00010000", False), ("a\x7f", False)])
def test_a_type_that_is_unknown_has_names_of_one_order_too(tmp_path: Path, name: str, newer: bool) -> None:
    room = opened()
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    said = predicate(room.entries[-1]) | {
        "index": len(lines),
        "type": "member.renamed",
        "case": None,
        "body": {name: 1},
    }
    answer = check(resigned([*lines, sealed(said, "service", lines)]), tmp_path)
    assert (answer["newer"], answer["first_bad"]) == (newer, len(lines))


def evidence(result: Any = None, **fields: str) -> bytes:
    """Return evidence with a result; `fields` are written into its text as they stand."""
    value = json.loads(finding("m.x", MODEL, {}).to_bytes())
    value["result"] = {"a": 1, "list": [1], **fields} if result is None else result
    return json.dumps(value).encode()


def policy(metric: str = "a", limit: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    asked = {"id": "r", "method": "m.x", "metric": metric, "severity": "blocking", "cohort": "", "why": ""}
    sides = {"min": "", "max": "", "equals": ""} | ({"min": "1"} if limit is None else limit)
    return {"title": "P", "format": "countersign-policy/1", "requirements": [asked | {"limit": sides} | fields]}


def judged(asked: bytes, found: bytes, outcome: str = "met", value: str | None = "1", *, key: str = "") -> Any:
    """Return files of an export that froze this evidence under this policy with this one outcome, and the entry's index."""
    room = registered()
    item = events.FrozenItem(sha256(found), key or finding("m.x", MODEL, {}).key.digest, "m.x")
    recorded = events.EvidenceRecorded(item.digest, item.key, "m.x", 1, MODEL, (DATA,), 10, 10, "assessed")
    room.do("service", recorded, None)
    line = events.RequirementOutcome("r", outcome, value, "at least 1", item.digest, "blocking")  # type: ignore[arg-type]
    absent = tuple(events.NotApplicable(method, text("n")) for method in METHODS)
    room.do("ben", events.frozen(events.EvidenceFrozen(1, "0" * 64, (item,), sha256(asked), (line,), absent)))
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    return Book(lines, evidence={sha256(asked): asked, item.digest: found}).files(), len(lines) - 1


def in_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_evidence_and_policy_that_are_there_are_held_against_each_other(tmp_path: Path) -> None:
    files, _ = judged(in_json(policy()), evidence())
    answer = check(files, tmp_path)
    assert answer["valid"], answer["reason"]
    assert not any("requirements" in note for note in answer["not_checked"])


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"[]x",
        evidence().replace(b'"a": 1', b'"a": 1, "b": NaN'),
        evidence().replace(b'"a": 1', b'"a": 1, "b": -Infinity'),
        evidence().decode().encode("utf-16"),
        b"\xef\xbb\xbf" + evidence(),
        evidence().replace(b'"a": 1', b'"a": 1, "b": ' + b"[" * 100_000 + b"]" * 100_000),
    ],
    ids=["empty", "more", "nan", "infinity", "utf-16", "mark", "deep"],
)
def test_what_is_no_json_in_utf_8_decides_nothing(tmp_path: Path, spoilt: bytes) -> None:
    for asked, found in ((in_json(policy()), spoilt), (spoilt, evidence())):
        refused(*spread(judged(asked, found), tmp_path), "cannot be read")


def spread(made: tuple[dict[str, bytes], int], place: Path) -> tuple[dict[str, bytes], Path, int]:
    files, index = made
    return files, place, index


WHOLE = policy()
ASKED = WHOLE["requirements"][0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (policy(limit={}), "no limit"),
        (policy(limit={"min": "1", "equals": "1"}), "no limit"),
        (policy(limit={"min": "1", "more": "2"}), "another form"),
        (policy(limit={"max": "Infinity"}), "no number"),
        (policy(limit={"min": "nan"}), "no number"),
        (policy(limit={"min": "1_0"}), "no number"),
        (policy(limit={"min": "\u0661"}), "no number"),
        (policy(severity="none"), "another form"),
        (policy(id="R"), "another form"),
        (policy(more=""), "another form"),
        (policy(cohort=None), "another form"),
        (WHOLE | {"more": 1}, "another form"),
        (WHOLE | {"title": ""}, "another form"),
        (WHOLE | {"format": "countersign-policy/2"}, "another form"),
        (WHOLE | {"requirements": []}, "asks for nothing"),
        (WHOLE | {"requirements": [ASKED, ASKED]}, "two requirements of one id"),
        ([WHOLE], "another form"),
        *(
            (policy(metric), "cannot be read")
            for metric in ("a..b", "a.", "9", "-a", "é", "a[x]", "a[007]", "a[\u0661]", "a[]")
        ),
        (policy("min( )"), "is empty"),
    ],
    ids=str,
)
def test_a_policy_of_another_form_is_refused_at_the_entry_that_rests_on_it(
    tmp_path: Path, asked: Any, words: str
) -> None:
    refused(*spread(judged(in_json(asked), evidence()), tmp_path), words)


OPEN = {"outcome": "not_assessed", "reason": "12 rows"}


@pytest.mark.parametrize(
    ("metric", "result", "value"),
    [
        ("max(a[*])", {"a": ["5", "nan"]}, None),
        ("min(a[*])", {"a": ["inf", "5"]}, None),
        ("min(a[*])", {"a": ["9007199254740993", "9007199254740992"]}, "9007199254740992"),
        ("max(a[*])", {"a": ["1.0", "1.00", "0"]}, "1.0"),
        ("max(a[*])", {"a": ["1e2", 99.5, "+100."]}, "1e2"),
        ("count(a[*])", {"a": OPEN}, None),
        ("count(a[*])", {"a": None, "reason": "12 rows"}, None),
        ("count(a.b[*])", {"a": OPEN}, None),
        ("count(a[*])", {"a": [1, OPEN]}, "2"),
        ("min(a[*].v)", {"a": [{"v": 2}, OPEN]}, None),
        ("min(a[*].v)", {"a": [{"v": 2}, {"w": 1}]}, "2"),
        ("a[b=None].c", {"a": [{"b": None, "c": 2}]}, "2"),
        ("a[b=1].c", {"a": [{"b": {"value": 1}, "c": 2}]}, None),
        (" a [ 0 ] ", {"a": [7]}, None),
        ("a[ 0 ]", {"a": [7]}, "7"),
    ],
    ids=str,
)
def test_what_a_metric_names_is_the_same_for_everybody(
    tmp_path: Path, metric: str, result: Any, value: str | None
) -> None:
    asked = in_json(policy(metric))
    if metric.startswith(" "):
        refused(*spread(judged(asked, evidence(result)), tmp_path), "cannot be read")
        return
    outcome = "met" if value is not None else "not_assessed"
    files, _ = judged(asked, evidence(result), outcome, value)
    answer = check(files, tmp_path)
    assert answer["valid"], answer["reason"]


@pytest.mark.parametrize("value", ["1_000", "\u0665", " 5 ", "0x10", "inf", "1e99999", ""])
def test_a_text_that_is_no_number_of_the_page_keeps_no_limit(tmp_path: Path, value: str) -> None:
    files, index = judged(in_json(policy()), evidence({"a": value}), "met", value)
    refused(files, tmp_path, index, "not what the policy and the evidence say")
    files, _ = judged(in_json(policy()), evidence({"a": value}), "not_assessed", value)
    assert check(files, tmp_path)["valid"]


def keyed(value: Any) -> str:
    """Return the key that evidence stands under when its file says what it says."""
    inputs = [{name: item[name] for name in item if name != "name"} for item in value["key"]["inputs"]]
    return sha256(canonical(value["key"] | {"inputs": inputs}))


@pytest.mark.parametrize(
    ("left_out", "back", "words"),
    [
        (("key", "cohort"), 0, "lacks what its form asks for (KeyError: 'cohort')"),
        (("rows", "used"), 1, "is malformed (KeyError: 'used')"),
        (("result",), 1, "is malformed (KeyError: 'result')"),
    ],
)
def test_evidence_that_lacks_what_its_form_asks_for_is_refused_at_its_entry(
    tmp_path: Path, left_out: tuple[str, ...], back: int, words: str
) -> None:
    broken = json.loads(evidence())
    inner = broken
    for name in left_out[:-1]:
        inner = inner[name]
    del inner[left_out[-1]]
    files, index = judged(in_json(policy()), in_json(broken), key=keyed(broken))
    refused(files, tmp_path, index - back, words)


@pytest.mark.parametrize(("who", "told"), [("service", 1), ("ada", 0)])
def test_words_of_a_decision_that_no_member_signed_are_named(tmp_path: Path, who: str, told: int) -> None:
    room = opened()
    for name in ("ada", "ben", "cleo"):
        room.vote(name)
    room.decide(who)
    answer = check(filled(room).files(), tmp_path)
    assert answer["valid"]
    named = (
        f"reason, scope, dates and added conditions of the decision in entry {len(room.entries) - 1}: no member signed"
    )
    assert sum(note.startswith(named) for note in answer["not_checked"]) == told


@pytest.mark.parametrize(("beside", "valid"), [("ben", True), ("Ben", False), ("ada", False), ("be\u200bn", False)])
def test_a_vote_carries_the_name_of_its_member(tmp_path: Path, beside: str, valid: bool) -> None:
    """Texts have salts of their own, so only where both are shown can anybody see that they differ."""
    room, salt = opened(), b"other salt here!"
    room.do("ben", events.ConflictDeclared("ben", conflict=False))
    meaning, name = events.MEANINGS["approve"], events.text_ref(beside, salt)
    room.do("ben", events.VoteCast("approve", room.case.bundle, 1, None, (), meaning, name))
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    own, printed = (text("ben").sha256, DisclosedText(SALT, "ben")), (name.sha256, DisclosedText(salt, beside))
    for shown in ((own,), (printed,)):
        assert check(Book(lines, texts=dict(shown)).files(), tmp_path)["valid"]
    files = Book(lines, texts=dict((own, printed))).files()
    if valid:
        assert check(files, tmp_path)["valid"]
    else:
        refused(files, tmp_path, len(lines) - 1, "the name beside the signature")


def test_after_a_new_name_the_next_vote_carries_that_one(tmp_path: Path) -> None:
    room = opened()
    room.vote("ben")
    room.do("service", events.MemberAdded("ben", text("Ben King"), ("validator",)), None)
    room.vote("ben")
    names = ("ben", "Ben King")
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    texts = {text(words).sha256: DisclosedText(SALT, words) for words in names}
    refused(Book(lines, texts=texts).files(), tmp_path, len(lines) - 1, "the name beside the signature")
