"""The service's look at its ledger names the first line that does not hold."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from importlib.machinery import BuiltinImporter
from pathlib import Path

import pytest

from storage.ledger import verify as verify_module
from storage.ledger.canonical import canonical, encode_base64
from storage.ledger.checkpoint import Checkpoint
from storage.ledger.envelope import Envelope, Signer, read_statement, seal
from storage.ledger.merkle import leaf_hash, root
from storage.ledger.verify import Verdict, verify_ledger
from storage.workspace import Workspace
from tests.storage.scene import AT, ROOT_PASSPHRASE, record_evidence, seat

Lines = list[bytes]


@pytest.fixture
def written(workspace: Workspace) -> Workspace:
    signer = seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada")
    seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "bob")
    with workspace.write() as unit:
        body = {"member": "ada", "conflict": False, "text": None}
        unit.append("conflict.declared", body, actor="ada", at=AT, case="c-1", signer=signer)
        unit.commit()
    for number in range(3):
        record_evidence(workspace, number)
    return workspace


def signed(workspace: Workspace, lines: Lines) -> bytes:
    """Return a checkpoint over any lines, as somebody could sign who holds the log key."""
    text = Checkpoint(workspace.origin, len(lines), root([leaf_hash(line) for line in lines])).text
    return workspace.keyring.log(workspace.log.vkey).sign(text).to_bytes()


def judge(workspace: Workspace, lines: Lines, *older: bytes) -> Verdict:
    return verify_ledger(lines, workspace.log, signed(workspace, lines), older)


def again(line: bytes, signer: Signer, **changes: object) -> bytes:
    """Return the line with its statement changed and signed by `signer`."""
    from dataclasses import replace

    return seal(replace(read_statement(Envelope.from_line(line).payload), **changes), signer)  # type: ignore[arg-type]


def test_a_ledger_that_holds_is_valid(written: Workspace) -> None:
    verdict = written.verify()
    assert verdict == Verdict(10, 10, None, None)
    assert verdict.valid


def test_no_lines_are_not_valid(written: Workspace) -> None:
    verdict = judge(written, [])
    assert not verdict.valid
    assert verdict.problem == "There are no lines: nothing was checked."


@pytest.mark.parametrize(
    ("harm", "first_bad"),
    [
        (lambda lines: lines[:-1], 9),
        (lambda lines: lines[:4] + lines[5:], 9),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], None),
        (lambda lines: [*lines[:5], lines[4], *lines[5:]], None),
        (lambda lines: [*lines[:4], lines[4].replace(b"a", b"b", 1), *lines[5:]], None),
        (lambda _: [], 0),
    ],
)
def test_lines_that_were_touched_do_not_fit_the_checkpoint(
    written: Workspace, harm: Callable[[Lines], Lines], first_bad: int | None
) -> None:
    lines = list(written.read().lines())
    note = written.checkpoint().note
    verdict = verify_ledger(harm(lines), written.log, note)
    assert not verdict.valid
    assert verdict.first_bad == first_bad


def touched_signature(line: bytes) -> bytes:
    """Return the line with the signature of nothing."""
    envelope = Envelope.from_line(line)
    return Envelope(envelope.payload, envelope.keyid, bytes.fromhex("3006020101020101")).to_line()


def touched_payload(line: bytes) -> bytes:
    envelope = Envelope.from_line(line)
    said = json.loads(envelope.payload)
    said["predicate"]["actor"] = "service" if said["predicate"]["actor"] != "service" else "somebody"
    return Envelope(canonical(said), envelope.keyid, envelope.signature).to_line()


def test_even_the_log_key_cannot_hide_a_changed_line(written: Workspace) -> None:
    lines = list(written.read().lines())
    service = written.keyring.record(Envelope.from_line(lines[7]).keyid)
    ada = written.unlock("ada", "a member's passphrase")
    bob = written.unlock("bob", "a member's passphrase")
    attacks: list[tuple[int, bytes, str]] = [
        (7, touched_payload(lines[7]), "signature that does not hold"),
        (7, again(lines[7], service, index=8), "says that it is line 8"),
        (7, again(lines[7], service, origin="another/ledger/1"), "belongs to the ledger"),
        (7, again(lines[7], service, type="ledger.created"), "first line and no other"),
        (6, again(lines[6], bob), "speaks for ada under the key of bob"),
        (6, again(lines[6], service, type="key.added"), "is a key.added signed by a record key"),
        (7, again(lines[7], ada), "signed by a member key, where a record key signs"),
        (7, again(lines[7], service, time="2020-01-01T00:00:00Z"), "earlier than the line above"),
        (3, lines[3].replace(b'"keyid":"', b'"keyid":"0', 1), "cannot be read"),
        (5, lines[5][:-1], "cannot be read"),
        (7, b"{}", "cannot be read"),
    ]
    for index, line, words in attacks:
        verdict = judge(written, [*lines[:index], line, *lines[index + 1 :]])
        assert verdict.first_bad == index, words
        assert verdict.problem is not None
        assert words in verdict.problem


def test_the_first_bad_line_is_named_whatever_is_checked_in_one_go(
    written: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(written.read().lines())
    for part in (1, 2, 3, 10):
        monkeypatch.setattr(verify_module, "PART", part)
        assert judge(written, lines).valid
        for false in range(2, len(lines) - 1):
            harmed = [*lines[:false], touched_signature(lines[false]), *lines[false + 1 :]]
            found = judge(written, harmed)
            assert (found.first_bad, found.problem) == (false, f"Line {false} has a signature that does not hold.")
            assert judge(written, [*harmed[:-1], b"{}"]) == found, "a fault behind it is not the first"
            assert judge(written, [*harmed[:1], b"{}", *harmed[2:]]).first_bad == 1


@pytest.mark.parametrize("page", [False, True], ids=["a program", "a page of Streamlit"])
def test_other_processes_find_what_one_finds(
    written: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: bool
) -> None:
    """While Streamlit runs a page, its script stands in place of the main module: another process that loads it would end at once."""
    main = types.ModuleType("__main__")
    if page:
        main.__file__ = str(tmp_path / "page.py")
        Path(main.__file__).write_text("raise SystemExit(1)\n", encoding="utf-8")
    else:
        main.__loader__ = BuiltinImporter
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(verify_module, "PART", 3)
    monkeypatch.setattr(verify_module, "SHARED_FROM", 1)
    lines = list(written.read().lines())
    harmed = [*lines[:8], touched_signature(lines[8]), b"{}"]
    for given in (lines, harmed, [*lines[:-1], b"{}"]):
        note = signed(written, given)
        alone = verify_ledger(given, written.log, note, workers=1)
        assert verify_ledger(given, written.log, note, workers=2) == alone


def test_a_replaced_keyid_is_not_live(written: Workspace) -> None:
    lines = list(written.read().lines())
    envelope = Envelope.from_line(lines[7])
    lines[7] = Envelope(envelope.payload, "0" * 64, envelope.signature).to_line()
    verdict = judge(written, lines)
    assert (verdict.first_bad, verdict.problem) == (7, "Line 7 is signed by a key that is not live.")


def test_an_older_checkpoint_tells_of_a_rewrite_with_the_log_key(written: Workspace) -> None:
    outside = written.checkpoint().note
    lines = list(written.read().lines())
    service = written.keyring.record(Envelope.from_line(lines[9]).keyid)
    rewritten = [*lines[:9], again(lines[9], service, time="2027-01-01T00:00:00Z")]
    assert judge(written, rewritten).valid
    assert not judge(written, rewritten, outside).valid
    assert not judge(written, lines[:9], outside).valid
    assert judge(written, lines, outside).valid


def test_a_checkpoint_of_another_ledger_is_not_taken(written: Workspace, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "other", "Example Board", ROOT_PASSPHRASE, AT) as other:
        foreign = other.checkpoint().note
        verdict = verify_ledger(other.read().lines(), written.log, foreign)
        assert not verdict.valid
        assert not verify_ledger(other.read().lines(), other.log, written.checkpoint().note).valid
        text = Checkpoint("elsewhere", 2, bytes(32)).text
        note = other.keyring.log(other.log.vkey).sign(text).to_bytes()
        assert "of the ledger 'elsewhere'" in str(verify_ledger([], other.log, note).problem)


def test_a_key_that_does_not_match_its_id_is_named(written: Workspace) -> None:
    lines = list(written.read().lines())
    root_key = written.unlock_root(ROOT_PASSPHRASE)
    body = dict(read_statement(Envelope.from_line(lines[3]).payload).body)
    for changed in ({**body, "keyid": "0" * 64}, {**body, "public_key": encode_base64(b"x")}, {"keyid": "0" * 64}):
        verdict = judge(written, [*lines[:3], again(lines[3], root_key, body=changed), *lines[4:]])
        assert verdict.first_bad == 3


def test_a_first_line_that_is_not_the_founding_is_named(written: Workspace) -> None:
    lines = list(written.read().lines())
    root_key = written.unlock_root(ROOT_PASSPHRASE)
    body = read_statement(Envelope.from_line(lines[0]).payload).body
    other = again(lines[0], root_key, body={**body, "log_vkey": "x"})
    assert judge(written, [other, *lines[1:]]).first_bad == 0
    assert judge(written, [again(lines[0], root_key, type="review.expired"), *lines[1:]]).first_bad == 0
