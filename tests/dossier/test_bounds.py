"""What a record may not claim about others: keys of evidence, roots of exports, ends of decisions, keys of people who left.

Every forgery is signed with the right keys; the verifier of the project and the second one must refuse it and name the entry.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, strategies as st

from governance.dossier.verify_checkpoint import root_of_first, tree
from governance.dossier.verify_fields import sha256
from governance.dossier.verify_files import jcs
from governance.evidence.evidence import Input
from governance.review import events
from tests.dossier.ledger import RIGHT_ROOT, Book, check, key_added, keyid, lines_of, predicate, signer_of
from tests.dossier.test_attacks import refused, resigned
from tests.dossier.test_gate import finding
from tests.dossier.test_semantic_forgeries import (
    DONE,
    Act,
    again,
    appealing,
    ballot,
    declared,
    removed,
    ruling,
    waived,
    written,
)
from tests.dossier.test_verify_paths import expired, overdue
from tests.review.board import DATA, MODEL, Room, approved, conditional, founded, opened, registered, text, time

Made = Callable[[], tuple[Room, list[Act]]]


def exported(size: int, root: str) -> Act:
    return ("service", events.ExportMade("ledger", None, size, root, 3), "")


def appealed_under_conditions() -> Room:
    return appealing(conditional())


def rejected_on_a_waiver() -> Room:
    room = waived("2026-05-31T00:00:00Z")
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    return appealing(room)


def come_back(*acts: Act) -> tuple[Room, list[Act]]:
    room = opened()
    joined = ("service", events.MemberAdded("dan", text("dan"), ("member",)), "")
    return room, [removed("dan"), joined, *acts, declared("dan"), ballot(room, "dan")]


RULED_LATE = time(370)
FORGERIES: dict[str, Made] = {
    "approved on appeal after the decision ended": lambda: (appealing(), [(*ruling("eve"), "credit", RULED_LATE)]),
    "approved on appeal at the second when the decision ended": lambda: (
        appealing(), [(*ruling("eve"), "credit", "2027-01-02T00:00:00Z")]
    ),
    "approved on appeal with an open blocking condition": lambda: (appealed_under_conditions(), [ruling("eve")]),
    "approved on appeal with a condition that is overdue": lambda: (
        appealing(overdue()), [ruling("eve", outcome="conditional")]
    ),
    "conditional on appeal without a condition": lambda: (appealing(), [ruling("eve", outcome="conditional")]),
    "approved on appeal when a waiver has ended": lambda: (
        rejected_on_a_waiver(), [(*ruling("eve"), "credit", "2026-05-31T00:00:00Z")]
    ),
    "an appeal against a round that nobody decided": lambda: (undecided(), [("olga", events.AppealFiled("a1", "olga", DONE))]),
    "an end before the waiver's": lambda: (
        ruled(rejected_on_a_waiver()), [("service", events.ApprovalExpired(1), "credit", "2026-05-30T23:59:59Z")]
    ),
    "the only root key revokes itself": lambda: (founded(), [("service", events.KeyRevoked(keyid("root"), DONE), "")]),
    "the last of two root keys revokes itself": lambda: (
        founded(),
        [("service", key_added("root2", "root", "root"), ""), ("service", events.KeyRevoked(keyid("root2"), DONE), ""),
         ("service", events.KeyRevoked(keyid("root"), DONE), "")],
    ),
    "the old key of somebody who came back": lambda: (come_back()[0], come_back()[1][:3]),
    "a key revoked that ended with its member": lambda: (
        founded(), [removed("dan"), ("service", events.KeyRevoked(keyid("dan"), DONE), "")]
    ),
    "a key for somebody who is no member": lambda: (founded(), [("service", key_added("new", "gus", "member"), "")]),
    "a key for somebody who left": lambda: (founded(), [removed("dan"), ("service", key_added("new", "dan", "member"), "")]),
}  # fmt: skip


def undecided() -> Room:
    room = approved()
    again(room).day = 40
    room.do("service", events.ReviewExpired(2))
    return room


def ruled(room: Room) -> Room:
    for who in ("eve", "fay"):
        room.do(*ruling(who))
    return room


@pytest.mark.parametrize("name", FORGERIES)
def test_both_verifiers_refuse_and_name_the_entry(tmp_path: Path, name: str) -> None:
    room, acts = FORGERIES[name]()
    lines = written(room, acts)
    refused(resigned(lines), tmp_path, len(lines) - 1)
    honest = check(resigned(lines[:-1]), tmp_path)
    assert honest["valid"], honest["reason"]


def test_what_is_just_within_the_bounds_is_accepted(tmp_path: Path) -> None:
    fresh = ("service", key_added("dan2", "dan", "member"), "")
    room, (*acts, last, vote) = come_back(fresh)
    honest = [
        (room, [*acts, (*last, None, "dan2"), (*vote, None, "dan2")]),
        (appealing(), [(*ruling(who), "credit", "2027-01-01T23:59:59Z") for who in ("eve", "fay")]),
        (appealed_under_conditions(), [ruling(who, outcome="conditional") for who in ("eve", "fay")]),
        (
            appealing(expired_once_decided()),
            [ruling("eve", words="I looked"), ruling("fay", words="so did I"), ruling("eve", words="so did I")],
        ),
        (
            ruled(rejected_on_a_waiver()),
            [("service", events.ApprovalExpired(1), "credit", "2026-05-31T00:00:00Z")],
        ),
        (
            founded(),
            [("service", key_added("root2", "root", "root"), ""), ("service", events.KeyRevoked(keyid("root2"), DONE), "")],
        ),
    ]  # fmt: skip
    for start, more in honest:
        answer = check(resigned(written(start, more)), tmp_path)
        assert answer["valid"], answer["reason"]


def expired_once_decided() -> Room:
    """Return a room whose second round ended in a rejection, after a first that nobody decided."""
    room = expired()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    return room


# Evidence: its key


def recorded(key: str | None = None) -> tuple[Room, dict[str, bytes]]:
    """Return a room with evidence whose parameters hold fractions, recorded under its own key or another."""
    room = registered()
    item = finding("performance.summary", MODEL, {"overall": {"roc_auc": 0.81}})
    inner = replace(item.key, parameters={"share": 1e-07, "cut": 0.5, "\ufb33": 1e21, "\U0001f600": 2.0}, seed=7)
    item = replace(item, key=replace(inner, inputs=(Input("data", DATA, "a name"), Input("model", MODEL, "m"))))
    body = events.EvidenceRecorded(
        item.digest, key or item.key.digest, item.key.method, 1, MODEL, (DATA,), 10, 10, "assessed"
    )
    room.do("service", body, None)
    return room, {item.digest: item.to_bytes()}


def book_of(room: Room, evidence: dict[str, bytes]) -> dict[str, bytes]:
    return Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=evidence).files()


def test_evidence_stands_under_its_own_key(tmp_path: Path) -> None:
    answer = check(book_of(*recorded()), tmp_path)
    assert answer["valid"], answer["reason"]
    index = len(recorded()[0].entries) - 1
    refused(book_of(*recorded("f" * 64)), tmp_path, index, "says otherwise than its entry: key")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=("Cs",)), max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), max_size=3), inner, max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_the_canonical_form_is_that_of_another_library(value: object) -> None:
    assert jcs(value).encode() == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 0.5, 123.25, 1e-6, 1.5e-7, 1e20, 1e21, -2.5e300, 5e-324])
def test_a_fraction_is_written_as_another_library_does(value: float) -> None:
    assert jcs(value).encode() == rfc8785.dumps(value)


# Exports: the root that they say


def test_the_root_of_an_export_is_the_one_that_its_entries_lead_to(tmp_path: Path) -> None:
    for size in (1, 7, 16, len(approved().entries)):
        answer = check(resigned(written(approved(), [exported(size, RIGHT_ROOT)])), tmp_path)
        assert answer["valid"], answer["reason"]
    honest = approved()
    entries = len(honest.entries)
    other = base64.b64encode(b"r" * 32).decode()
    for root in (other, "AAAA", "QUJD"):
        refused(resigned(written(honest, [exported(5, root)])), tmp_path, entries, "never made")
    case = ("service", events.ExportMade("case", "credit", 5, other, 3), "credit")
    lines = written(honest, [case])
    refused(Book(lines).files("credit"), tmp_path, entries, "never made")


@given(st.integers(1, 40), st.data())
def test_the_root_over_the_first_leaves_is_that_of_a_tree_of_their_own(count: int, data: st.DataObject) -> None:
    leaves = [sha256(bytes([number])) for number in range(count)]
    size = data.draw(st.integers(1, count))
    assert root_of_first(tree(leaves), size) == tree(leaves[:size])[-1][0]
