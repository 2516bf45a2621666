"""What waits for whom."""

from __future__ import annotations

from governance.review import events
from governance.review.docket import Duty, waiting
from tests.review.board import Room, conditional, opened, registered, text, time


def kinds(room: Room, member: str, day: int = 1) -> list[str]:
    return [duty.kind for duty in waiting(room.state, member, time(day))]


def test_everybody_with_a_seat_is_asked_to_vote_until_they_have() -> None:
    room = opened()
    assert {who for who in room.state.members if "vote" in kinds(room, who)} == {"ada", "ben", "cleo", "dan"}
    room.vote("ben")
    assert kinds(room, "ben") == []


def test_the_owner_of_the_model_is_never_asked_to_vote() -> None:
    assert "vote" not in kinds(opened(), "olga")


def test_a_vote_names_its_deadline_and_is_late_after_it() -> None:
    room = opened()
    assert room.case.review is not None
    deadline = room.case.review.deadline
    assert waiting(room.state, "dan", time(1)) == (Duty("vote", "credit", due=deadline, late=False),)
    assert waiting(room.state, "dan", time(400)) == (Duty("vote", "credit", due=deadline, late=True),)


def test_new_evidence_brings_the_vote_back() -> None:
    room = opened()
    room.vote("ben")
    room.freeze(evidence=room.case.frozen.evidence[::-1])
    assert kinds(room, "ben") == ["vote"]


def test_the_chair_is_asked_to_record_the_decision_when_nothing_is_missing() -> None:
    room = opened()
    for who in ("ada", "ben"):
        room.vote(who)
    assert "decide" not in kinds(room, "ada")
    room.vote("cleo")
    assert kinds(room, "ada") == ["decide"]


def test_a_blocking_comment_waits_for_its_author_the_owner_and_the_chair() -> None:
    room = opened()
    room.do("ben", events.CommentAdded("c1", "requirement:auc", blocking=True, text=text("why?")))
    asked = {who for who in room.state.members if "answer" in kinds(room, who)}
    assert asked == {"ada", "ben", "olga"}


def test_a_condition_waits_for_its_owner_and_then_for_somebody_else_of_the_board() -> None:
    room = conditional()
    assert kinds(room, "olga") == ["fulfil"]
    name = next(iter(room.case.conditions))
    evidence = room.case.frozen.evidence[0].digest
    room.do("olga", events.ConditionSubmitted(name, "olga", (evidence,), text("done")))
    assert "fulfil" not in kinds(room, "olga")
    assert {who for who in room.state.members if "accept" in kinds(room, who)} == {"ada", "ben", "cleo", "dan"}


def test_an_approval_is_announced_before_it_ends() -> None:
    room = conditional()
    assert "expires" not in kinds(room, "ada", day=30)
    assert "expires" in kinds(room, "ada", day=320)


def test_a_draft_waits_for_its_owner_and_the_chair() -> None:
    room = registered()
    assert {who for who in room.state.members if "freeze" in kinds(room, who)} == {"ada", "olga"}


def test_nothing_waits_for_a_stranger() -> None:
    assert kinds(opened(), "mallory") == []


def appealed(*joining: str) -> Room:
    """Return a room where ada, ben, cleo and dan decided, olga appealed, and others joined the board."""
    room = opened()
    for who in ("ada", "ben", "cleo", "dan"):
        room.vote(who)
    room.decide()
    for who in joining:
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("please look again")))
    return room


def test_an_appeal_waits_for_everybody_who_may_rule_on_it_until_enough_of_them_agree() -> None:
    room = appealed("eve", "fay", "gil")
    assert {who for who in room.state.members if "rule" in kinds(room, who)} == {"eve", "fay", "gil"}
    panel = ("eve", "fay", "gil")
    ours = [events.AppealDecided("a1", panel, "rejected", text(words)) for words in ("one", "two", "three")]
    for who, ruling in zip(panel, ours, strict=True):
        assert {member for member in room.state.members if "rule" in kinds(room, member)} == set(
            panel[panel.index(who) :]
        )
        room.do(who, ruling)
    assert {who for who in room.state.members if "rule" in kinds(room, who)} == set(panel)
    room.do("fay", ours[0])
    assert not any({"rule", "panel"} & set(kinds(room, who)) for who in room.state.members)


def test_an_appeal_that_nobody_may_rule_on_is_the_chairs_concern() -> None:
    room = appealed("eve")
    assert {who for who in room.state.members if "panel" in kinds(room, who)} == {"ada"}
    assert not any("rule" in kinds(room, who) for who in room.state.members)
