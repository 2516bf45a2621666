"""One table of fields: the writer's, the verifier's own, the page's, the schema's and the nouns' say the same."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from governance.dossier import verify_ledger, verify_rules, verify_votes
from governance.dossier.verify_fields import CHECKS, Refused, check_fields
from governance.dossier.verify_table import BODIES, OBJECTS as THEIR_OBJECTS
from governance.evidence.errors import RefusedInputError
from governance.review import acts, decision, editions, events
from governance.review.events import encode_body
from storage.ledger.events import EDITION, EVENTS, HOUSE, OBJECTS, SIGNERS, checked_body
from storage.ledger.schema import page_tables
from tests.dossier.hostile import HOSTILE, changed, places_of
from tests.dossier.test_norms import adopted
from tests.dossier.test_verify_paths import appealed, discussed, fulfilled, overdue, retired, settled
from tests.review.board import conditional

PAGE = Path(__file__).parents[2] / "docs" / "record-format.md"


def test_the_verifiers_own_table_is_that_of_the_writer() -> None:
    assert BODIES == EVENTS
    assert THEIR_OBJECTS == OBJECTS


def test_the_page_prints_the_table_and_the_sentences_under_votes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_tables() in page
    for vote, meaning in events.MEANINGS.items():
        assert f"| `{vote}` | {meaning} |" in page


def test_who_signs_what_is_the_same_everywhere() -> None:
    assert {kind.name: kind.signer for kind in events.EVENTS} == SIGNERS
    assert SIGNERS.keys() == EVENTS.keys()
    for signer, names in (
        ("root", verify_ledger.BY_ROOT),
        ("member", verify_ledger.BY_MEMBER),
        ("either", verify_ledger.BY_EITHER),
    ):
        assert {name for name, who in SIGNERS.items() if who == signer} == names
    assert set(HOUSE) == verify_ledger.HOUSE


def test_the_nouns_have_the_fields_of_the_table() -> None:
    for kind in events.EVENTS:
        assert {field.name for field in fields(kind.body)} == set(EVENTS[kind.name]), kind.name
    parts = {
        "item": acts.FrozenItem,
        "requirement": acts.RequirementOutcome,
        "absence": acts.NotApplicable,
        "waiver": acts.Waiver,
        "seat": acts.Seat,
        "recusal": acts.Recusal,
        "condition": acts.Condition,
        "tally": acts.Tally,
        "dissent": acts.Dissent,
    }
    for name, noun in parts.items():
        assert {field.name for field in fields(noun)} == set(OBJECTS[name]), name


def test_numbers_and_sentences_of_the_rules_are_the_same_in_writer_and_verifier() -> None:
    assert verify_votes.MEANINGS == acts.MEANINGS
    assert verify_votes.START_MONTHS == decision.START_MONTHS
    assert verify_rules.EDITIONS.keys() == editions.EDITIONS.keys()
    assert max(editions.EDITIONS) == EDITION


def bodies() -> list[tuple[str, Any]]:
    """Return a body of every kind that a board's histories have."""
    found: dict[str, Any] = {}
    rooms = [conditional(), appealed("approved"), discussed(), fulfilled(), overdue(), retired(), settled(), adopted()]
    for room in rooms:
        for entry in room.entries:
            found[events.name_of(entry.body)] = encode_body(entry.body)
    return sorted(found.items())


KNOWN = bodies()


@pytest.mark.parametrize(("name", "body"), KNOWN, ids=[name for name, _ in KNOWN])
def test_every_field_is_asked_for_and_no_other_is_taken(name: str, body: Any) -> None:
    check_fields(body, CHECKS[name], BODIES[name], name)
    assert checked_body(name, body) == body
    for field in body:
        less = {key: value for key, value in body.items() if key != field}
        with pytest.raises(Refused, match="too many or too few"):
            check_fields(less, CHECKS[name], BODIES[name], name)
        with pytest.raises(RefusedInputError, match=field):
            checked_body(name, less)
    with pytest.raises(Refused, match="surprise"):
        check_fields(body | {"surprise": 1}, CHECKS[name], BODIES[name], name)
    with pytest.raises(RefusedInputError, match="surprise"):
        checked_body(name, body | {"surprise": 1})


VALUES = st.sampled_from(
    [
        *HOSTILE,
        1.5,
        "2026-02-29T00:00:00Z",
        "2028-02-29T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-30T25:61:61Z",
        "2026-11-30",
        "zzz",
        "9999",
        "1999-01-01T00:00:00Z",
        "2/4",
        "2/3",
        "3/2",
        "1/1",
        "٣/٤",
        "Demo-Lay ",
        "demo-l\u0430y",
        "case\u202e",
        "\ud7ff",
        {"sha256": "0" * 64},
        {"sha256": "0" * 63},
        [{"sha256": "0" * 64}],
        2**53,
        -0,
    ]
)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), which=st.integers(0, len(KNOWN) - 1), value=VALUES)
def test_writer_and_verifier_judge_any_value_in_any_place_alike(data: st.DataObject, which: int, value: Any) -> None:
    name, body = KNOWN[which]
    place = data.draw(st.sampled_from(places_of(body)))
    hostile = changed(body, place, value)
    try:
        checked_body(name, hostile)
        written = True
    except RefusedInputError:
        written = False
    try:
        check_fields(hostile, CHECKS[name], BODIES[name], name)
        verified = True
    except Refused:
        verified = False
    assert written == verified, json.dumps(hostile)
