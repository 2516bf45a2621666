"""The bodies of events: exact fields, exact forms, no floats."""

from __future__ import annotations

import hashlib

import pytest

from governance.evidence.codec import canonical, encode
from governance.evidence.errors import RefusedInputError
from governance.review import events

VOTE = {
    "vote": "approve",
    "bundle": "0" * 64,
    "round": 1,
    "rationale": None,
    "conditions": [],
    "meaning": "I approve the use described in the case",
    "name": {"sha256": "1" * 64},
}
CONDITION = {
    "id": "a",
    "text": {"sha256": "1" * 64},
    "owner": "ben",
    "due": "2027-02-01T00:00:00Z",
    "blocking": True,
}


def test_a_body_survives_reading_and_writing_byte_for_byte() -> None:
    value = {**VOTE, "vote": "approve_with_conditions", "conditions": [CONDITION]}
    body = events.parse_body("vote.cast", value)
    assert isinstance(body, events.VoteCast)
    assert canonical(events.encode_body(body)) == canonical(value)
    assert events.name_of(body) == "vote.cast"


@pytest.mark.parametrize(
    "change",
    [
        {"round": 1.0},
        {"round": True},
        {"round": "1"},
        {"round": -1},
        {"round": 2**53},
        {"bundle": "0" * 63},
        {"bundle": "0" * 64 + "\n"},
        {"bundle": "A" * 64},
        {"vote": "veto"},
        {"meaning": ""},
        {"surprise": 1},
        {"name": {"sha256": "1" * 64, "text": "Ada"}},
        {"conditions": [{**CONDITION, "due": "2027-02-30T00:00:00Z"}]},
        {"conditions": [{**CONDITION, "due": "2027-02-01T00:00:00+00:00"}]},
        {"conditions": [{**CONDITION, "blocking": 1}]},
        {"conditions": [{**CONDITION, "id": "Über"}]},
    ],
)
def test_a_vote_with_a_wrong_field_is_refused_with_words(change: dict[str, object]) -> None:
    with pytest.raises(RefusedInputError) as caught:
        events.parse_body("vote.cast", {**VOTE, **change})
    assert caught.value.what


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="name"):
        events.parse_body("vote.cast", {key: item for key, item in VOTE.items() if key != "name"})


def test_an_unknown_event_type_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RefusedInputError, match=r"vote\.cast"):
        events.event_type("vote.stolen")


def test_every_event_type_has_its_own_body() -> None:
    assert len({kind.name for kind in events.EVENTS}) == len({kind.body for kind in events.EVENTS}) == 32


def test_a_float_deep_inside_is_found() -> None:
    with pytest.raises(RefusedInputError, match=r"0\.5"):
        events.refuse_floats({"a": [{"b": 0.5}]})


def test_a_text_is_referred_to_by_its_salted_digest() -> None:
    salt = bytes(range(16))
    assert events.text_ref("Grüße", salt).sha256 == hashlib.sha256(salt + "Grüße".encode()).hexdigest()
    with pytest.raises(RefusedInputError, match="16"):
        events.text_ref("x", b"short")


def test_the_bundle_covers_every_other_field_of_the_frozen_evidence() -> None:
    draft = events.EvidenceFrozen(1, "0" * 64, (events.FrozenItem("a" * 64, "b" * 64, "fairness.by_group"),), "c" * 64)
    body = events.frozen(draft)
    rest = {key: item for key, item in encode(body).items() if key != "bundle"}
    assert body.bundle == hashlib.sha256(canonical(rest)).hexdigest()
    assert events.bundle_of(events.EvidenceFrozen(2, "0" * 64, draft.evidence, "c" * 64)) != body.bundle
