"""The decision follows from the votes; nobody can write another one."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RuleError
from governance.review import events
from governance.review.decision import months_later
from tests.review.board import changed, condition, conditional, opened, text


def ready() -> object:
    room = opened()
    room.vote("ada")
    room.vote("ben")
    room.vote("cleo", "reject")
    return room


@pytest.mark.parametrize(
    ("time", "months", "later"),
    [
        ("2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00Z"),
        ("2027-12-31T10:00:00Z", 2, "2028-02-29T10:00:00Z"),
        ("2026-05-01T00:00:00Z", 12, "2027-05-01T00:00:00Z"),
        ("2026-12-15T00:00:00Z", 120, "2036-12-15T00:00:00Z"),
    ],
)
def test_months_are_counted_by_the_calendar(time: str, months: int, later: str) -> None:
    assert months_later(time, months) == later


def test_dissent_is_carried_over_word_for_word() -> None:
    room = ready()
    room.decide()
    assert [(item.member, item.vote, item.rationale) for item in room.case.decision.dissent] == [
        ("cleo", "reject", text("reason of cleo"))
    ]


def test_the_terms_come_from_the_charter() -> None:
    room = ready()
    body = room.draft()
    assert (body.valid_from[:10], body.expires_at[:10], body.retention_until[:10]) == (
        "2026-01-02",
        "2027-01-02",
        "2036-01-02",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tally": events.Tally(approve=3)}, "tally"),
        ({"outcome": "rejected"}, "lead to 'approved'"),
        ({"outcome": "conditional"}, "lead to 'approved'"),
        ({"round": 2}, "another round"),
        ({"bundle": "0" * 64}, "other evidence"),
        ({"quorum": 1}, "quorum"),
        ({"charter_digest": "0" * 64}, "charter"),
        ({"dissent": ()}, "word for word"),
        ({"conditions": (condition("x"),)}, "no conditions"),
        ({"conditions": (condition("x"), condition("x"))}, "share an id"),
        ({"expires_at": "2036-01-01T00:00:00Z"}, "may last"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "may last"),
        ({"retention_until": "2027-01-01T00:00:00Z"}, "must be kept"),
    ],
)
def test_a_decision_that_says_something_else_than_the_votes_is_refused(fields: dict[str, object], words: str) -> None:
    room = ready()
    with pytest.raises(RuleError, match=words):
        room.do("ada", changed(room.draft(), **fields))


def test_only_the_chair_or_the_service_records_it() -> None:
    room = ready()
    with pytest.raises(RuleError, match="does not chair"):
        room.decide("ben")
    room.decide("service")
    assert room.case.status == "approved"


def test_every_condition_of_a_vote_is_in_the_decision() -> None:
    room = conditional(condition("ben-1"), condition("ben-2"))
    assert [item.id for item in room.case.decision.conditions] == ["ben-1", "ben-2"]
    again = opened()
    again.vote("ada")
    again.vote("ben", "approve_with_conditions", condition("ben-1"), condition("ben-2"))
    again.vote("cleo", "reject")
    with pytest.raises(RuleError, match="ben-2"):
        again.do("ada", changed(again.draft(), conditions=(condition("ben-1"),)))


def test_a_decision_without_a_quorum_is_refused() -> None:
    room = opened()
    room.vote("ada")
    room.vote("ben")
    with pytest.raises(RuleError, match="2 of 3"):
        room.draft()
