"""Counting votes: quorum, majority, two distinct approvers, and what is missing."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RuleError
from governance.review import events
from governance.review.ballot import exceeds, outcome_of, standing
from governance.review.deliberation import vote_hindrances
from tests.review.board import changed, condition, opened, text


@pytest.mark.parametrize(
    ("approve", "under_conditions", "reject", "abstain", "outcome"),
    [
        (3, 0, 0, 0, "approved"),
        (2, 0, 1, 0, "approved"),
        (2, 0, 2, 0, "deferred"),
        (1, 1, 1, 0, "conditional"),
        (0, 2, 1, 0, "conditional"),
        (2, 1, 0, 0, "approved"),
        (1, 0, 0, 4, "deferred"),
        (0, 1, 0, 2, "deferred"),
        (1, 0, 2, 0, "rejected"),
        (0, 0, 1, 2, "rejected"),
        (0, 0, 0, 3, "deferred"),
        (2, 1, 2, 0, "conditional"),
    ],
)
def test_votes_lead_to_one_outcome(
    approve: int, under_conditions: int, reject: int, abstain: int, outcome: str
) -> None:
    assert outcome_of(events.Tally(approve, under_conditions, reject, abstain), "1/2") == outcome


def test_a_majority_is_strictly_more_and_counted_in_whole_numbers() -> None:
    assert not exceeds(2, 4, "1/2")
    assert exceeds(3, 4, "1/2")
    assert not exceeds(2, 3, "2/3")
    assert exceeds(10**17 + 1, 2 * 10**17, "1/2")


def test_what_is_missing_is_said_in_words() -> None:
    room = opened()
    room.vote("ada")
    room.vote("ben", "abstain")
    remark = events.CommentAdded("c1", "requirement:auc", blocking=True, text=text("why?"))
    room.do("ada", remark)
    stands = standing(room.case)
    assert stands.missing == (
        "2 of 3 votes needed for a quorum are in.",
        "Nobody with the role validator has voted for or against.",
        "Nobody with the role lay has voted for or against.",
        "The blocking comment c1 of ada is open.",
    )
    assert (stands.voted, stands.not_voted) == (("ada", "ben"), ("cleo", "dan"))
    with pytest.raises(RuleError, match="blocking comment c1"):
        room.draft()


def test_a_vote_can_be_changed_until_the_close() -> None:
    room = opened()
    room.vote("ada", "reject")
    room.vote("ada")
    assert standing(room.case).tally == events.Tally(approve=1)


def test_a_conflict_declared_after_the_vote_voids_it() -> None:
    room = opened()
    room.vote("dan")
    room.do("dan", events.ConflictDeclared("dan", conflict=True, text=text("shares")))
    assert standing(room.case).voted == ()


@pytest.mark.parametrize(
    ("who", "fields", "words"),
    [
        ("olga", {}, "stepped aside"),
        ("zoe", {}, "not on the roster"),
        ("dan", {}, "Declare first"),
        ("ada", {"round": 2}, "other evidence or another round"),
        ("ada", {"bundle": "0" * 64}, "other evidence"),
        ("ada", {"vote": "reject", "rationale": None}, "needs a reason"),
        ("ada", {"vote": "approve_with_conditions", "rationale": text("r")}, "at least one"),
        ("ada", {"conditions": (condition("x"),)}, "at least one"),
        (
            "ada",
            {
                "vote": "approve_with_conditions",
                "rationale": text("r"),
                "conditions": (condition("x"), condition("x")),
            },
            "used twice",
        ),
        (
            "ada",
            {
                "vote": "approve_with_conditions",
                "rationale": text("r"),
                "conditions": (condition("x", due="2025-01-01T00:00:00Z"),),
            },
            "before the vote",
        ),
        ("ada", {"meaning": events.MEANINGS["reject"]}, "meaning of the signature"),
        ("ada", {"vote": "abstain", "rationale": text("r")}, "meaning of the signature"),
    ],
)
def test_a_ballot_that_breaks_a_rule_is_refused(who: str, fields: dict[str, object], words: str) -> None:
    room = opened()
    room.do("ada", events.ConflictDeclared("ada", conflict=False))
    body = events.VoteCast("approve", room.case.bundle, 1, None, (), events.MEANINGS["approve"], text("Ada"))
    with pytest.raises(RuleError, match=words):
        room.do(who, changed(body, **fields))


def test_an_owner_is_told_that_owners_never_vote() -> None:
    room = opened()
    (why,) = vote_hindrances(room.state, room.case, "olga", "2026-01-02T00:00:00Z")
    assert "owner, developer and sponsor never vote" in why


def test_nobody_votes_after_the_deadline() -> None:
    room = opened()
    room.vote("ada")
    room.day = 16
    with pytest.raises(RuleError, match="Voting closed"):
        room.vote("ada", "reject")
    with pytest.raises(RuleError, match="Voting closed"):
        room.do("dan", events.ConflictDeclared("dan", conflict=True))


def test_a_condition_id_belongs_to_one_voter() -> None:
    room = opened()
    room.vote("ada", "approve_with_conditions", condition("x"))
    with pytest.raises(RuleError, match="used twice"):
        room.vote("ben", "approve_with_conditions", condition("x"))


def test_comments_are_for_the_roster_and_resolved_by_author_or_chair() -> None:
    room = opened()
    room.do("ben", events.CommentAdded("c1", "", blocking=True, text=text("why?")))
    room.do("cleo", events.CommentAdded("c2", "", blocking=False, text=text("because"), reply_to="c1"))
    for who, body, words in (
        ("olga", events.CommentAdded("c3", "", blocking=False, text=text("x")), "stepped aside"),
        ("cleo", events.CommentAdded("c1", "", blocking=False, text=text("x")), "exists already"),
        ("cleo", events.CommentAdded("c3", "", blocking=False, text=text("x"), reply_to="c9"), "reply"),
        ("cleo", events.CommentResolved("c1", text("x")), "neither wrote"),
        ("cleo", events.CommentResolved("c9", text("x")), "no open comment"),
        ("cleo", events.ConflictDeclared("ben", conflict=False), "cannot declare for"),
    ):
        with pytest.raises(RuleError, match=words):
            room.do(who, body)
    room.do("ada", events.CommentResolved("c1", text("answered")))
    assert standing(room.case).open_comments == ()
