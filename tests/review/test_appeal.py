"""An appeal is decided by others than the first deciders, and by all of them."""

from __future__ import annotations

import pytest

from governance.errors import RuleError
from governance.review import events
from tests.review.board import Room, approved, changed, opened, text


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


def ruling(*panel: str, outcome: str = "approved") -> events.AppealDecided:
    return events.AppealDecided("a1", panel, outcome, text("we looked again"))


def test_a_ruling_holds_once_everybody_on_the_panel_signed_it() -> None:
    room = appealed()
    room.do("eve", ruling("eve", "fay"))
    assert room.case.status == "rejected"
    room.do("fay", ruling("eve", "fay"))
    assert (room.case.status, room.case.approvers, room.case.appeal) == ("approved", {"eve", "fay"}, None)


@pytest.mark.parametrize(
    ("actor", "body", "words"),
    [
        ("eve", ruling("eve"), "at least 2"),
        ("eve", ruling("eve", "eve"), "at least 2"),
        ("eve", ruling("eve", "ada"), "did not decide"),
        ("eve", ruling("eve", "olga"), "no interest"),
        ("dan", ruling("eve", "fay"), "not on the panel"),
        ("eve", changed(ruling("eve", "fay"), appeal="a2"), "no open appeal"),
    ],
)
def test_a_panel_that_is_not_independent_is_refused(actor: str, body: events.AppealDecided, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        appealed().do(actor, body)


def test_the_panel_signs_the_same_words_and_each_member_once() -> None:
    room = appealed()
    room.do("eve", ruling("eve", "fay"))
    with pytest.raises(RuleError, match="same words"):
        room.do("fay", ruling("eve", "fay", outcome="rejected"))
    with pytest.raises(RuleError, match="signed already"):
        room.do("eve", ruling("eve", "fay"))


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
