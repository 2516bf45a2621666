"""An appeal is decided by others than the first deciders, and by more than half of them."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RuleError
from governance.review import events
from governance.review.appeal import heard, to_sign
from governance.review.expiry import caused_by_time
from tests.review.board import Room, approved, changed, conditional, opened, registered, text


def appealed() -> Room:
    """Return a room where ada, ben and cleo rejected, and two more members joined the board."""
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    for who in ("eve", "fay"):
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("please look again")))
    return room


PANEL = ("dan", "eve", "fay")


def ruling(*panel: str, outcome: str = "approved", words: str = "we looked again") -> events.AppealDecided:
    return events.AppealDecided("a1", panel or PANEL, outcome, text(words))  # type: ignore[arg-type]


def test_a_ruling_holds_once_more_than_half_of_the_panel_signed_it() -> None:
    room = appealed()
    room.do("eve", ruling())
    assert room.case.status == "rejected"
    room.do("fay", ruling())
    assert (room.case.status, room.case.approvers, room.case.appeal) == ("approved", {"eve", "fay"}, None)


def test_two_of_four_are_not_more_than_half() -> None:
    room = appealed()
    room.join("gus", ("lay",))
    for who in ("eve", "fay"):
        room.do(who, ruling(*PANEL, "gus"))
    assert room.case.status == "rejected"
    room.do("gus", ruling(*PANEL, "gus"))
    assert room.case.status == "approved"


@pytest.mark.parametrize(
    ("actor", "body", "words"),
    [
        ("eve", ruling("eve"), "Nobody picks the panel"),
        ("eve", ruling("eve", "fay"), "dan, eve, fay"),
        ("eve", ruling("eve", "eve", "fay"), "Nobody picks the panel"),
        ("eve", ruling("ada", *PANEL), "did not decide"),
        ("eve", ruling(*PANEL, "olga"), "no interest"),
        ("ada", ruling(), "not on the panel"),
        ("eve", changed(ruling(), appeal="a2"), "no open appeal"),
        ("eve", ruling(outcome="conditional"), "nothing on which"),
    ],
)
def test_a_panel_that_is_not_independent_is_refused(actor: str, body: events.AppealDecided, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        appealed().do(actor, body)


def test_a_panel_of_one_is_too_small() -> None:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    room.do("olga", events.AppealFiled("a1", "olga", text("please look again")))
    with pytest.raises(RuleError, match="at least 2 members; free to sit on it: dan"):
        room.do("dan", ruling("dan"))


def test_nobody_binds_the_others_by_signing_first_and_everybody_may_think_again() -> None:
    room = appealed()
    room.do("eve", ruling(outcome="deferred", words="nobody else signs this"))
    room.do("fay", ruling())
    with pytest.raises(RuleError, match="signed already"):
        room.do("fay", ruling())
    assert room.case.status == "rejected"
    room.do("eve", ruling())
    assert room.case.status == "approved"


def test_a_ruling_extends_nothing_that_has_ended() -> None:
    late = appealed()
    late.day = 370
    with pytest.raises(RuleError, match="ended at 2027-01-02"):
        late.do("eve", ruling())
    late.do("eve", ruling(outcome="deferred"))
    under = conditional()
    for who in ("eve", "fay"):
        under.join(who, ("member",))
    under.do("olga", events.AppealFiled("a1", "olga", text("please look again")))
    with pytest.raises(RuleError, match="ben-1 is open"):
        under.do("eve", ruling())
    under.do("eve", ruling(outcome="conditional"))
    under.day = 300
    with pytest.raises(RuleError, match="ben-1 is past its day"):
        under.do("fay", ruling(outcome="conditional"))


def test_an_approval_on_appeal_ends_with_the_waiver_that_it_rests_on() -> None:
    room = registered()
    missing = events.RequirementOutcome("r", "not_met", "1", "at most 0", None, "freezing")
    end = "2026-05-31T00:00:00Z"
    room.freeze(requirements=(missing,), waivers=(events.Waiver("r", "ben", text("x"), end),))
    room.open()
    for who in ("ada", "ben", "cleo"):
        room.vote(who, "reject")
    room.decide()
    assert room.case.decision is not None
    assert room.case.decision.expires_at > end
    for who in ("eve", "fay"):
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("please look again")))
    for who in ("eve", "fay"):
        room.do(who, ruling())
    assert caused_by_time(room.state, "2026-05-30T23:59:59Z") == ()
    ((case, body),) = caused_by_time(room.state, end)
    room.day = 150
    room.do("service", body, case)
    assert room.case.status == "suspended"


def test_what_a_later_round_left_open_is_not_appealed() -> None:
    room = approved()
    room.open(text("another look"))
    room.day = 40
    room.do("service", events.ReviewExpired(2))
    with pytest.raises(RuleError, match="No decision has been recorded in round 2"):
        room.do("olga", events.AppealFiled("a1", "olga", text("x")))


def test_an_appeal_needs_a_decision_and_the_appellants_own_name() -> None:
    room = appealed()
    with pytest.raises(RuleError, match="open already"):
        room.do("olga", events.AppealFiled("a2", "olga", text("x")))
    other = opened()
    other.day = 20
    other.do("service", events.ReviewExpired(1))
    with pytest.raises(RuleError, match="No decision"):
        other.do("olga", events.AppealFiled("a1", "olga", text("x")))
    decided = approved()
    with pytest.raises(RuleError, match="in this name"):
        decided.do("olga", events.AppealFiled("a1", "dan", text("x")))


def test_an_appeal_is_told_with_its_ruling_which_holds_once_enough_have_signed_it() -> None:
    room = appealed()
    assert [(item.ruling, item.holds) for item in heard(room.entries)] == [(None, False)]
    assert to_sign(room.state, room.case) == ("dan", "eve", "fay")
    room.do("dan", ruling(outcome="rejected", words="it stands"))
    room.do("eve", ruling())
    assert [item.holds for item in heard(room.entries)] == [False]
    assert to_sign(room.state, room.case) == ("fay",)
    room.do("fay", ruling())
    (told,) = heard(room.entries)
    assert told.holds
    assert (told.filed.actor, [entry.actor for entry in told.signatures]) == ("olga", ["eve", "fay"])
    assert to_sign(room.state, room.case) == ()
