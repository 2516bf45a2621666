"""What the clock causes is found once and only when it is due."""

from __future__ import annotations

from governance.review import events
from governance.review.expiry import caused_by_time
from tests.review.board import approved, condition, conditional, opened, time


def test_nothing_is_caused_before_its_time() -> None:
    for room in (opened(), approved(), conditional()):
        assert caused_by_time(room.state, time(2)) == ()


def test_each_clock_event_is_found_and_gone_once_recorded() -> None:
    for room, day, expected in (
        (opened(), 16, events.ReviewExpired(1)),
        (approved(), 367, events.ApprovalExpired(1)),
        (conditional(condition("ben-1")), 200, events.ConditionOverdue("ben-1")),
    ):
        assert caused_by_time(room.state, time(day)) == (("credit", expected),)
        room.day = day
        room.do("service", expected)
        assert caused_by_time(room.state, time(day)) == ()
