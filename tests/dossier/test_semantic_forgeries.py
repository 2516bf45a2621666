"""Forgeries of meaning under the right keys: combinations that an administrator could try, one after another. Both verifiers refuse each.

`check` holds the second verifier (written from the page alone) against the product's: they name the same first bad entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.dossier.bundle import Source, export_files
from governance.review import charter, events
from governance.review.opening import deadline_after
from governance.review.state import Entry
from tests.dossier.ledger import RIGHT_ROOT, Book, check, checkpoint, key_added, keyid, lines_of, predicate, signer_of
from tests.dossier.test_attacks import filled, refused, resigned
from tests.dossier.test_verify_paths import alerted, appealed, ended, expired, overdue, rejected, retired
from tests.review.board import (
    DATA,
    EVIDENCE,
    MODEL,
    Room,
    approved,
    condition,
    conditional,
    founded,
    opened,
    registered,
    text,
    time,
)

Act = tuple[Any, ...]
"""Actor, body, then perhaps the case, the time and the key that signs."""
Forgery = Callable[[], tuple[Room, list[Act]]]
FORGERIES: dict[str, Forgery] = {}
STRICT = charter.from_toml(charter.template().replace("voting_days = 14", "voting_days = 30"))
LONG = charter.from_toml(charter.template().replace("validity_months = 12", "validity_months = 36"))
DONE = text("done")


def said(entry: Entry, **more: Any) -> dict[str, Any]:
    return predicate(entry) | more


def written(room: Room, acts: list[Act]) -> list[bytes]:
    """Return the lines of a room and of acts that nobody checked, with honest links, subjects and signatures."""
    lines = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    for actor, body, *more in acts:
        case, moment, signer = [*more, None, None, None][:3]
        entry = Entry(len(lines), moment or time(room.day), "credit" if case is None else case or None, actor, body)
        lines.append((predicate(entry), signer or signer_of(entry)))
    return lines_of(lines)


def forgery(make: Forgery) -> Forgery:
    FORGERIES[make.__name__] = make
    return make


def later_seconds(day: int, second: int) -> str:
    return time(day, second)


def signed(rules: charter.Charter, *who: str) -> list[Act]:
    return [(name, events.CharterAdopted(rules.digest, rules.to_json()), "") for name in who]


def removed(who: str) -> Act:
    return ("service", events.MemberRemoved(who, text("left")), "")


def added(who: str, *roles: str) -> Act:
    return ("service", events.MemberAdded(who, text(who), roles), "")


def declared(who: str, *, conflict: bool = False, case: str = "credit") -> Act:
    return (who, events.ConflictDeclared(who, conflict=conflict), case)


def ballot(room: Room, who: str, kind: str = "approve", *conditions: events.Condition, **fields: Any) -> Act:
    reason = None if kind == "approve" else text(f"reason of {who}")
    number = room.case.review.round if room.case.review else 1
    body = events.VoteCast(kind, room.case.bundle, number, reason, conditions, events.MEANINGS[kind], text(who))
    return (who, replace(body, **fields), "credit")


def voted(*kinds: str) -> Room:
    room = opened()
    for who, kind in zip(("ada", "ben", "cleo", "dan"), kinds or ("approve",) * 3, strict=False):
        room.vote(who, kind, *([condition(f"{who}-1")] if kind == "approve_with_conditions" else []))
    return room


def again(room: Room) -> Room:
    room.open(text("another look"))
    return room


def lent(room: Room) -> Room:
    """Add a second case of the same model, frozen and in review."""
    room.do("service", events.CaseRegistered("loan", text("t"), text("q"), (MODEL,), "olga", "", "", "high"), "loan")
    frozen = events.frozen(events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "e" * 64, ()))
    room.do("service", frozen, "loan")
    from governance.review import opening

    room.do("service", opening.draft(room.state, room.state.cases["loan"], time(room.day), None), "loan")
    return room


# Conditions: who, when, in which state


@forgery
def acceptance_by_an_earlier_submitter() -> tuple[Room, list[Act]]:
    acts = [(who, events.ConditionSubmitted("ben-1", who, (), DONE)) for who in ("ada", "dan")]
    return conditional(), [*acts, ("ada", events.ConditionAccepted("ben-1", "ada"))]


@forgery
def overdue_at_the_second_when_it_is_due() -> tuple[Room, list[Act]]:
    return conditional(), [("service", events.ConditionOverdue("ben-1"), None, "2026-06-01T00:00:00Z")]


@forgery
def acceptance_by_the_owner() -> tuple[Room, list[Act]]:
    return conditional(), [
        ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE)),
        ("olga", events.ConditionAccepted("ben-1", "olga")),
    ]


@forgery
def acceptance_by_somebody_who_came_later() -> tuple[Room, list[Act]]:
    room = conditional()
    room.join("eve", ("chair",))
    return room, [
        ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE)),
        ("eve", events.ConditionAccepted("ben-1", "eve")),
    ]


@forgery
def acceptance_by_somebody_who_left() -> tuple[Room, list[Act]]:
    acts = [
        ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE)),
        removed("cleo"),
        ("cleo", events.ConditionAccepted("ben-1", "cleo")),
    ]
    return conditional(), acts


@forgery
def acceptance_of_a_condition_that_is_overdue() -> tuple[Room, list[Act]]:
    return overdue(), [("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE))]


@forgery
def a_condition_accepted_twice() -> tuple[Room, list[Act]]:
    room = conditional(condition("ben-1"), condition("ben-2"))
    acts = [
        ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE)),
        ("ada", events.ConditionAccepted("ben-1", "ada")),
    ]
    return room, [*acts, ("cleo", events.ConditionAccepted("ben-1", "cleo"))]


@forgery
def a_condition_of_an_earlier_round() -> tuple[Room, list[Act]]:
    return again(conditional()), [("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE))]


@forgery
def overdue_though_it_was_accepted() -> tuple[Room, list[Act]]:
    room = conditional()
    acts = [
        ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE)),
        ("ada", events.ConditionAccepted("ben-1", "ada")),
    ]
    return room, [*acts, ("service", events.ConditionOverdue("ben-1"), None, "2026-07-01T00:00:00Z")]


@forgery
def a_condition_after_a_confirmed_alert() -> tuple[Room, list[Act]]:
    alert = ("service", events.MonitoringAlert("x", MODEL, "psi", "confirmed", EVIDENCE[1].digest), "")
    return conditional(), [alert, ("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE))]


# Retirement is final, and repeats the decision


@forgery
def an_appeal_after_the_end() -> tuple[Room, list[Act]]:
    return retired(), [("olga", events.AppealFiled("a1", "olga", DONE))]


@forgery
def a_second_retirement() -> tuple[Room, list[Act]]:
    room = retired()
    return room, [("ada", room.case.decision)]


@forgery
def a_longer_life_by_retirement() -> tuple[Room, list[Act]]:
    room = approved()
    return room, [("ada", replace(room.case.decision, outcome="retired", retention_until="2999-01-01T00:00:00Z"))]


@forgery
def conditions_lost_by_retirement() -> tuple[Room, list[Act]]:
    room = conditional()
    return room, [("ada", replace(room.case.decision, outcome="retired", conditions=()))]


@forgery
def retirement_of_what_was_never_decided() -> tuple[Room, list[Act]]:
    room = expired()
    return room, [("ada", replace(approved().case.decision, outcome="retired"))]


@forgery
def retirement_by_a_chair_who_is_none_any_more() -> tuple[Room, list[Act]]:
    room = approved()
    return room, [added("ada", "member"), ("ada", replace(room.case.decision, outcome="retired"))]


@forgery
def retirement_in_the_chairs_name() -> tuple[Room, list[Act]]:
    room = approved()
    return room, [("ada", replace(room.case.decision, outcome="retired"), None, None, "service")]


@forgery
def a_comment_after_the_decision() -> tuple[Room, list[Act]]:
    return approved(), [("ben", events.CommentAdded("c1", "", blocking=True, text=DONE))]


# Rounds: roster, recusals, charter


def opening_of(room: Room, **fields: Any) -> Act:
    from governance.review import opening

    return ("service", replace(opening.draft(room.state, room.case, time(room.day), None), **fields), "credit")


def ready() -> Room:
    room = registered()
    room.freeze()
    return room


@forgery
def somebody_recused_twice() -> tuple[Room, list[Act]]:
    room = ready()
    one = opening_of(room)[1].recused
    return room, [opening_of(room, recused=(*one, replace(one[0], reason="sponsor")))]


@forgery
def a_roster_with_roles_of_yesterday() -> tuple[Room, list[Act]]:
    room = ready()
    return room, [added("dan", "auditor"), opening_of(room)]


@forgery
def a_roster_without_somebody_who_came_back() -> tuple[Room, list[Act]]:
    room = ready()
    gone = tuple(seat for seat in opening_of(room)[1].roster if seat.member != "dan")
    return room, [removed("dan"), added("dan", "member"), opening_of(room, roster=gone)]


@forgery
def a_seat_with_a_role_too_many() -> tuple[Room, list[Act]]:
    room = ready()
    roster = tuple(
        replace(seat, roles=("member", "chair")) if seat.member == "dan" else seat
        for seat in opening_of(room)[1].roster
    )
    return room, [opening_of(room, roster=roster)]


@forgery
def a_deadline_one_second_late() -> tuple[Room, list[Act]]:
    room = ready()
    return room, [opening_of(room, deadline=later_seconds(room.day + 14, 1))]


@forgery
def the_first_round_a_second_time() -> tuple[Room, list[Act]]:
    room = approved()
    return room, [
        ("service", replace(room.case.review, trigger=text("again"), deadline=deadline_after(time(room.day), 14)))
    ]


@forgery
def a_review_again_without_a_reason() -> tuple[Room, list[Act]]:
    room = approved()
    return room, [opening_of(room, trigger=None)]


@forgery
def a_charter_that_two_of_five_signed() -> tuple[Room, list[Act]]:
    room = ready()
    return room, [
        *signed(STRICT, "ada", "ben"),
        opening_of(room, charter_digest=STRICT.digest, deadline=deadline_after(time(room.day), 30)),
    ]


@forgery
def a_charter_signed_twice_by_one() -> tuple[Room, list[Act]]:
    room = ready()
    acts = signed(STRICT, "ada", "ben", "ada", "ben")
    return room, [*acts, opening_of(room, charter_digest=STRICT.digest, deadline=deadline_after(time(room.day), 30))]


@forgery
def a_charter_signed_by_somebody_who_left() -> tuple[Room, list[Act]]:
    room = ready()
    acts = [*signed(STRICT, "ada", "ben"), removed("ben"), *signed(STRICT, "cleo")]
    roster = tuple(seat for seat in opening_of(room)[1].roster if seat.member != "ben")
    return room, [
        *acts,
        opening_of(room, roster=roster, charter_digest=STRICT.digest, deadline=deadline_after(time(room.day), 30)),
    ]


@forgery
def signatures_that_were_spent() -> tuple[Room, list[Act]]:
    room = ready()
    first = charter.from_toml(charter.template())
    acts = [*signed(STRICT, "ada", "ben", "cleo"), *signed(first, "ada", "ben")]
    return room, [*acts, opening_of(room)]


@forgery
def a_charter_signed_by_an_auditor() -> tuple[Room, list[Act]]:
    room = founded()
    room.join("eve", ("auditor",))
    return room, signed(STRICT, "eve")


@forgery
def the_charter_of_today_under_a_round_of_yesterday() -> tuple[Room, list[Act]]:
    room = voted()
    return room, [*signed(STRICT, "ada", "ben", "cleo"), ("ada", replace(room.draft(), charter_digest=STRICT.digest))]


@forgery
def a_longer_approval_by_a_charter_adopted_in_the_middle_of_the_round() -> tuple[Room, list[Act]]:
    room = voted()
    start = room.draft().valid_from
    lasting = replace(room.draft(), expires_at="2028" + start[4:])
    return room, [*signed(LONG, "ada", "ben", "cleo"), ("ada", lasting)]


# Votes and comments


@forgery
def a_vote_one_second_late() -> tuple[Room, list[Act]]:
    room = opened()
    late = later_seconds(room.day + 14, 1)
    return room, [declared("ada"), (*ballot(room, "ada"), late)]


@forgery
def a_vote_on_evidence_that_was_frozen_again() -> tuple[Room, list[Act]]:
    room = opened()
    old = ballot(room, "ada")
    room.do("ada", events.ConflictDeclared("ada", conflict=False))
    room.freeze(evidence=EVIDENCE[::-1])
    return room, [old]


@forgery
def votes_that_freezing_made_void() -> tuple[Room, list[Act]]:
    room = voted()
    draft = room.draft()
    room.freeze(evidence=EVIDENCE[::-1])
    return room, [("ada", replace(draft, bundle=room.case.bundle))]


@forgery
def a_conflict_taken_back() -> tuple[Room, list[Act]]:
    return opened(), [declared("ben", conflict=True), declared("ben")]


@forgery
def a_vote_by_somebody_who_left() -> tuple[Room, list[Act]]:
    room = opened()
    return room, [declared("dan"), removed("dan"), ballot(room, "dan")]


@forgery
def a_vote_with_a_revoked_key_after_coming_back() -> tuple[Room, list[Act]]:
    room = opened()
    revoked = ("service", events.KeyRevoked(keyid("dan"), text("lost")), "")
    return room, [declared("dan"), revoked, removed("dan"), added("dan", "member"), ballot(room, "dan")]


@forgery
def a_condition_with_the_id_of_an_earlier_decision() -> tuple[Room, list[Act]]:
    room = again(conditional())
    return room, [declared("ben"), ballot(room, "ben", "approve_with_conditions", condition("ben-1", blocking=False))]


@forgery
def a_condition_that_is_due_at_once() -> tuple[Room, list[Act]]:
    room = opened()
    return room, [declared("ben"), ballot(room, "ben", "approve_with_conditions", condition("x", due=time(room.day)))]


@forgery
def a_vote_of_the_first_round_in_the_second() -> tuple[Room, list[Act]]:
    room = again(approved())
    return room, [declared("ada"), ballot(room, "ada", round=1)]


@forgery
def a_declaration_of_the_first_round_in_the_second() -> tuple[Room, list[Act]]:
    room = again(approved())
    return room, [ballot(room, "ada")]


def remarked() -> Room:
    room = opened()
    room.do("ben", events.CommentAdded("c1", "", blocking=True, text=DONE))
    return room


@forgery
def a_comment_resolved_twice() -> tuple[Room, list[Act]]:
    return remarked(), [
        ("ben", events.CommentResolved("c1", DONE)),
        ("ada", events.CommentResolved("c1", text("no matter"))),
    ]


@forgery
def a_comment_of_an_earlier_round_resolved() -> tuple[Room, list[Act]]:
    room = remarked()
    room.day = 20
    room.do("service", events.ReviewExpired(1))
    return again(room), [("ben", events.CommentResolved("c1", DONE))]


@forgery
def a_reply_to_an_earlier_round() -> tuple[Room, list[Act]]:
    room = remarked()
    room.day = 20
    room.do("service", events.ReviewExpired(1))
    return again(room), [("ben", events.CommentAdded("c2", "", blocking=False, text=DONE, reply_to="c1"))]


@forgery
def the_id_of_a_comment_of_an_earlier_round() -> tuple[Room, list[Act]]:
    room = remarked()
    room.day = 20
    room.do("service", events.ReviewExpired(1))
    return again(room), [("ben", events.CommentAdded("c1", "", blocking=False, text=DONE))]


@forgery
def a_comment_in_spite_of_a_conflict() -> tuple[Room, list[Act]]:
    return opened(), [declared("dan", conflict=True), ("dan", events.CommentAdded("c9", "", blocking=False, text=DONE))]


@forgery
def an_objection_resolved_by_a_chair_with_a_conflict() -> tuple[Room, list[Act]]:
    return remarked(), [declared("ada", conflict=True), ("ada", events.CommentResolved("c1", DONE))]


@forgery
def an_objection_that_left_with_its_author() -> tuple[Room, list[Act]]:
    room = voted()
    draft = room.draft()
    room.do("dan", events.CommentAdded("c1", "", blocking=True, text=DONE))
    return room, [removed("dan"), ("ada", draft)]


@forgery
def a_decision_by_a_chair_with_a_conflict() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve", "approve", "approve")
    return room, [declared("ada", conflict=True), ("ada", room.draft())]


@forgery
def a_decision_by_a_chair_who_came_later() -> tuple[Room, list[Act]]:
    room = voted()
    draft = room.draft()
    room.join("eve", ("chair",))
    return room, [("eve", draft)]


@forgery
def a_round_that_expired_at_its_deadline() -> tuple[Room, list[Act]]:
    room = opened()
    return room, [("service", events.ReviewExpired(1), None, time(room.day + 14))]


@forgery
def a_round_that_expired_with_a_quorum() -> tuple[Room, list[Act]]:
    return voted(), [("service", events.ReviewExpired(1), None, time(20))]


@forgery
def an_approval_that_expired_one_second_early() -> tuple[Room, list[Act]]:
    room = approved()
    end = room.case.decision.expires_at
    return room, [("service", events.ApprovalExpired(1), None, deadline_after(end, -1)[:11] + "23:59:59Z")]


@forgery
def an_approval_that_expired_twice() -> tuple[Room, list[Act]]:
    return ended(), [("service", events.ApprovalExpired(1))]


# Decisions: numbers, dates, dissent


def decided(room: Room, **fields: Any) -> tuple[Room, list[Act]]:
    return room, [("ada", replace(room.draft(), **fields))]


@forgery
def dissent_in_another_order() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve", "reject", "reject")
    return (
        decided(room, dissent=room.draft().dissent[::-1]) if len(room.draft().dissent) > 1 else decided(room, quorum=1)
    )


@forgery
def dissent_with_another_reason() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve", "approve", "reject")
    return decided(room, dissent=(replace(room.draft().dissent[0], rationale=None),))


@forgery
def dissent_that_names_another_entry() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve", "approve", "reject")
    one = room.draft().dissent[0]
    return decided(room, dissent=(replace(one, index=one.index - 1),))


@forgery
def an_abstention_that_became_an_approval() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve", "approve", "abstain")
    return decided(room, tally=replace(room.draft().tally, approve=4, abstain=0))


@forgery
def conditions_on_a_rejection() -> tuple[Room, list[Act]]:
    return decided(voted("reject", "reject", "reject"), conditions=(condition("x"),))


@forgery
def a_milder_condition() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve_with_conditions", "approve_with_conditions")
    first, *rest = room.draft().conditions
    return decided(room, conditions=(replace(first, blocking=False), *rest))


@forgery
def a_condition_that_is_due_with_the_decision() -> tuple[Room, list[Act]]:
    room = voted("approve", "approve_with_conditions", "approve_with_conditions")
    return decided(room, conditions=(*room.draft().conditions, condition("x", due=time(room.day))))


@forgery
def an_approval_without_a_length() -> tuple[Room, list[Act]]:
    room = voted()
    return decided(room, expires_at=room.draft().valid_from)


@forgery
def an_approval_from_the_second_before() -> tuple[Room, list[Act]]:
    room = voted()
    room.day = 3
    return decided(room, valid_from="2026-01-03T23:59:59Z")


LEAP = 698
"""Days after 1 January 2026 of 30 November 2027: three months later is the last day of February of a leap year."""


def at_the_end_of_a_month(**fields: Any) -> tuple[Room, list[Act]]:
    room = voted()
    room.day = LEAP
    good = {
        "valid_from": "2028-02-29T00:00:00Z",
        "expires_at": "2029-02-28T00:00:00Z",
        "retention_until": "2038-02-28T00:00:00Z",
    }
    return decided(room, **(good | fields))


@forgery
def a_start_after_the_last_day_of_february() -> tuple[Room, list[Act]]:
    fields = {"expires_at": "2029-02-28T00:00:00Z", "retention_until": "2039-02-28T00:00:00Z"}
    return at_the_end_of_a_month(valid_from="2028-02-29T00:00:01Z", **fields)


@forgery
def an_end_after_the_last_day_of_february() -> tuple[Room, list[Act]]:
    return at_the_end_of_a_month(expires_at="2029-03-01T00:00:00Z")


@forgery
def a_record_dropped_the_day_before() -> tuple[Room, list[Act]]:
    return at_the_end_of_a_month(retention_until="2038-02-27T23:59:59Z")


def waived(end: str) -> Room:
    room = registered()
    missing = events.RequirementOutcome("r", "not_met", "1", "at most 0", None, "freezing")
    room.freeze(requirements=(missing,), waivers=(events.Waiver("r", "ben", DONE, end),))
    room.open()
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    return room


@forgery
def an_approval_longer_than_its_waiver() -> tuple[Room, list[Act]]:
    room = waived("2026-05-31T00:00:00Z")
    return decided(room, expires_at="2026-05-31T00:00:01Z")


@forgery
def an_approval_at_the_second_when_its_waiver_ends() -> tuple[Room, list[Act]]:
    room = waived("2026-01-05T00:00:00Z")
    draft = room.draft()
    return room, [("ada", replace(draft, valid_from=time(4), expires_at=time(4)), None, time(4))]


@forgery
def a_waiver_that_ends_with_the_freezing() -> tuple[Room, list[Act]]:
    room = registered()
    missing = events.RequirementOutcome("r", "not_assessed", None, "at most 0", None, "freezing")
    body = events.EvidenceFrozen(
        1, "0" * 64, EVIDENCE, "c" * 64, (missing,), waivers=(events.Waiver("r", "ben", DONE, time(room.day)),)
    )
    return room, [("ben", events.frozen(body))]


@forgery
def a_waiver_of_another_requirement() -> tuple[Room, list[Act]]:
    room = registered()
    missing = events.RequirementOutcome("r", "not_met", "1", "at most 0", None, "freezing")
    body = events.EvidenceFrozen(
        1, "0" * 64, EVIDENCE, "c" * 64, (missing,), waivers=(events.Waiver("s", "ben", DONE, time(99)),)
    )
    return room, [("ben", events.frozen(body))]


# Appeals


@forgery
def an_appeal_against_nothing() -> tuple[Room, list[Act]]:
    room = opened()
    room.day = 20
    room.do("service", events.ReviewExpired(1))
    return room, [("olga", events.AppealFiled("a1", "olga", DONE))]


def appealing(room: Room | None = None) -> Room:
    room = room or rejected()
    for who in ("eve", "fay"):
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", DONE))
    return room


def ruling(who: str, *panel: str, outcome: str = "approved", words: str = "we looked") -> Act:
    return (who, events.AppealDecided("a1", panel or ("dan", "eve", "fay"), outcome, text(words)))


@forgery
def a_panel_with_one_who_decided() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve", "ada", "dan", "eve", "fay")]


@forgery
def a_panel_with_the_owner() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve", "dan", "eve", "fay", "olga")]


@forgery
def a_panel_of_one() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve", "eve")]


@forgery
def a_panel_with_one_who_left() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve"), removed("fay"), ruling("eve")]


@forgery
def a_panel_with_an_auditor() -> tuple[Room, list[Act]]:
    return appealing(), [added("fay", "auditor"), ruling("eve")]


@forgery
def a_panel_that_somebody_picked() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve", "eve", "fay")]


@forgery
def a_panel_that_does_not_know_of_somebody_new() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve"), added("gus", "member"), ruling("fay")]


@forgery
def a_ruling_after_the_decision_of_others() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve"), ruling("fay"), ruling("dan")]


@forgery
def a_ruling_signed_twice_by_one() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("eve"), ruling("eve")]


@forgery
def a_ruling_by_somebody_beside_the_panel() -> tuple[Room, list[Act]]:
    return appealing(), [ruling("cleo")]


@forgery
def a_ruling_after_a_new_round() -> tuple[Room, list[Act]]:
    return again(appealing()), [ruling("eve")]


@forgery
def a_second_appeal_with_the_same_id() -> tuple[Room, list[Act]]:
    return appealed("rejected"), [("olga", events.AppealFiled("a1", "olga", DONE))]


@forgery
def a_second_appeal_at_the_same_time() -> tuple[Room, list[Act]]:
    return appealing(), [("dan", events.AppealFiled("a2", "dan", DONE))]


@forgery
def an_appeal_in_somebody_elses_name() -> tuple[Room, list[Act]]:
    return rejected(), [("dan", events.AppealFiled("a1", "olga", DONE))]


# Several cases, interleaved


@forgery
def a_vote_with_the_bundle_of_another_case() -> tuple[Room, list[Act]]:
    room = lent(opened())
    return room, [declared("ada", case="loan"), (*ballot(room, "ada")[:2], "loan")]


@forgery
def a_declaration_of_another_case() -> tuple[Room, list[Act]]:
    room = lent(opened())
    mine = replace(ballot(room, "ada")[1], bundle=room.state.cases["loan"].bundle)
    return room, [declared("ada"), ("ada", mine, "loan")]


@forgery
def the_votes_of_another_case() -> tuple[Room, list[Act]]:
    room = lent(voted())
    return room, [("ada", replace(room.draft(), bundle=room.state.cases["loan"].bundle), "loan")]


@forgery
def a_comment_of_another_case() -> tuple[Room, list[Act]]:
    return lent(remarked()), [("ben", events.CommentResolved("c1", DONE), "loan")]


@forgery
def a_condition_of_another_case() -> tuple[Room, list[Act]]:
    return lent(conditional()), [("dan", events.ConditionSubmitted("ben-1", "dan", (), DONE), "loan")]


@forgery
def an_export_of_another_case() -> tuple[Room, list[Act]]:
    return lent(opened()), [("service", events.ExportMade("case", "credit", 3, RIGHT_ROOT, 1), "loan")]


# Alerts


@forgery
def a_remedy_that_is_none() -> tuple[Room, list[Act]]:
    return alerted(), [("ben", events.MonitoringAlert("a1", MODEL, "all is well", "acted"), "")]


@forgery
def a_silence_until_a_day_that_does_not_exist() -> tuple[Room, list[Act]]:
    return alerted(), [("ben", events.MonitoringAlert("a1", MODEL, "ignore_until 2027-02-29T00:00:00Z", "acted"), "")]


@forgery
def a_roll_back_to_nothing() -> tuple[Room, list[Act]]:
    return alerted(), [("ben", events.MonitoringAlert("a1", MODEL, "roll_back", "acted"), "")]


@forgery
def an_alert_put_aside_in_a_members_name() -> tuple[Room, list[Act]]:
    return alerted(), [("ben", events.MonitoringAlert("a1", MODEL, "psi", "overridden"), "", None, "service")]


@forgery
def an_alert_about_a_table() -> tuple[Room, list[Act]]:
    return alerted(), [("service", events.MonitoringAlert("a9", DATA, "psi", "confirmed"), "")]


# Keys, members, editions


@forgery
def a_second_root_key_that_the_first_one_revoked() -> tuple[Room, list[Act]]:
    room = founded()
    acts = [
        ("service", key_added("root2", "root", "root"), ""),
        ("service", events.KeyRevoked(keyid("root"), DONE), "", None, "root2"),
    ]
    return room, [*acts, ("service", events.KeyRevoked(keyid("root2"), DONE), "")]


@forgery
def a_key_revoked_twice() -> tuple[Room, list[Act]]:
    revoked = ("service", events.KeyRevoked(keyid("dan"), DONE), "")
    return founded(), [revoked, revoked]


@forgery
def a_key_with_the_purpose_of_another_owner() -> tuple[Room, list[Act]]:
    return founded(), [("service", key_added("new", "dan", "record"), "")]


@forgery
def a_member_key_for_the_service() -> tuple[Room, list[Act]]:
    return founded(), [("service", key_added("new", "service", "member"), "")]


@forgery
def a_checkpoint_key_on_the_curve_of_entries() -> tuple[Room, list[Act]]:
    return founded(), [("service", key_added("new", "service", "log"), "")]


@forgery
def a_revoked_key_that_comes_back_for_another() -> tuple[Room, list[Act]]:
    revoked = ("service", events.KeyRevoked(keyid("dan"), DONE), "")
    return founded(), [revoked, ("service", replace(key_added("dan", "dan", "member"), owner="eve"), "")]


@forgery
def a_member_called_root() -> tuple[Room, list[Act]]:
    return founded(), [added("root", "chair")]


@forgery
def a_member_removed_twice() -> tuple[Room, list[Act]]:
    return founded(), [removed("dan"), removed("dan")]


@forgery
def the_same_edition_again() -> tuple[Room, list[Act]]:
    return founded(), [("service", events.RulesAdopted(1, DONE), "")]


@forgery
def a_vote_by_the_key_of_another_member() -> tuple[Room, list[Act]]:
    room = opened()
    return room, [declared("ada"), (*ballot(room, "ada"), None, "ben")]


# Evidence


@forgery
def evidence_recorded_again_with_other_words() -> tuple[Room, list[Act]]:
    item = EVIDENCE[0]
    body = events.EvidenceRecorded(item.digest, item.key, item.method, 2, MODEL, (DATA,), 10, 10, "assessed")
    return registered(), [("service", body, "")]


@forgery
def evidence_frozen_under_another_method() -> tuple[Room, list[Act]]:
    first, *rest = EVIDENCE
    items = (*EVIDENCE, replace(first, method="explain.global"))
    assert rest
    return registered(), [("service", events.frozen(events.EvidenceFrozen(1, "0" * 64, items, "c" * 64, ())))]


@forgery
def a_version_of_the_evidence_left_out() -> tuple[Room, list[Act]]:
    return opened(), [("service", events.frozen(events.EvidenceFrozen(3, "0" * 64, EVIDENCE, "c" * 64, ())))]


@forgery
def evidence_frozen_after_the_decision() -> tuple[Room, list[Act]]:
    return approved(), [("service", events.frozen(events.EvidenceFrozen(2, "0" * 64, EVIDENCE, "c" * 64, ())))]


@pytest.mark.parametrize("name", FORGERIES)
def test_both_verifiers_refuse_and_name_the_entry(tmp_path: Path, name: str) -> None:
    room, acts = FORGERIES[name]()
    lines = written(room, acts)
    refused(resigned(lines), tmp_path, len(lines) - 1)
    honest = check(resigned(lines[:-1]), tmp_path)
    assert honest["valid"], honest["reason"]


def test_the_seconds_that_are_just_right_are_accepted(tmp_path: Path) -> None:
    room = opened()
    on_time = [declared("ada"), (*ballot(room, "ada"), time(room.day + 14))]
    until = [("ben", events.MonitoringAlert("a1", MODEL, "ignore_until 2028-02-29T00:00:00Z", "acted"), "")]
    back = [("ben", events.MonitoringAlert("a1", MODEL, f"roll_back {MODEL}", "acted"), "")]
    done = approved()
    ending = [("service", events.ApprovalExpired(1), None, done.case.decision.expires_at)]
    waiver = waived("2026-05-31T00:00:00Z")
    for start, acts in (
        (room, on_time), (alerted(), until), (alerted(), back), (done, ending), at_the_end_of_a_month(),
        decided(waiver, expires_at="2026-05-31T00:00:00Z"), (opened(), [("service", events.ReviewExpired(1), None, time(15, 1))]),
    ):  # fmt: skip
        answer = check(resigned(written(start, acts)), tmp_path)
        assert answer["valid"], answer["reason"]


def test_a_case_export_holds_one_case(tmp_path: Path) -> None:
    lines = filled(lent(approved())).lines
    files = export_files(Source(tuple(lines), checkpoint(lines), "credit"))
    whole = Book(lines).files()
    from governance.dossier.verify_checkpoint import proof, tree
    from tests.dossier.ledger import said_in

    levels = tree([files["leaves"][place : place + 32] for place in range(0, len(files["leaves"]), 32)])
    proofs = {f"proofs/{index}.tlog-proof": proof(levels, index, files["checkpoint"]) for index in range(len(lines))}
    both = whole | {"leaves": files["leaves"]} | proofs
    assert {said_in(line)["case"] for line in lines} == {None, "credit", "loan"}
    refused(both, tmp_path, None, "export of one case")
