"""The table of the review's states, row by row."""

from __future__ import annotations

import pytest

from governance.dossier import verify_norms
from governance.drift.alerts import alerts
from governance.evidence.errors import CountersignError, RuleError
from governance.review import events, norms, opening
from governance.review.machine import apply, replay
from governance.review.state import BoardState, Entry
from tests.review.board import (
    EVIDENCE,
    MODEL,
    Room,
    approved,
    changed,
    condition,
    conditional,
    founded,
    opened,
    registered,
    text,
    time,
)


def refused(room: Room, actor: str, body: events.Body, words: str, case: str | None = "credit") -> None:
    before = room.state
    with pytest.raises(CountersignError, match=words):
        room.do(actor, body, case)
    assert room.state is before


def test_a_case_goes_from_draft_to_approved() -> None:
    room = registered()
    seen = [room.case.status]
    room.freeze()
    seen.append(room.case.status)
    room.open()
    seen.append(room.case.status)
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    room.decide()
    assert [*seen, room.case.status] == ["draft", "ready", "in_review", "approved"]
    assert room.case.approvers == {"ada", "ben", "cleo"}


def test_replaying_the_entries_gives_the_same_state() -> None:
    room = conditional()
    assert replay(room.entries) == room.state


def test_the_index_leaves_no_gap_and_time_does_not_run_backwards() -> None:
    room = opened()
    body = events.CorrectionNoted(0, text("x"))
    with pytest.raises(RuleError, match="next entry"):
        apply(room.state, Entry(room.state.next_index + 1, time(9), None, "service", body))
    with pytest.raises(RuleError, match="before the last"):
        apply(room.state, Entry(room.state.next_index, "2025-01-01T00:00:00Z", None, "service", body))


def test_an_act_on_a_case_that_does_not_exist_is_refused() -> None:
    refused(opened(), "ada", events.ConflictDeclared("ada", conflict=False), "no case", "other")


def test_the_charter_is_in_force_once_more_than_half_of_the_board_signed_it() -> None:
    room = founded()
    rules = room.state.charter
    assert rules is not None
    other = changed(rules, title="Another charter")
    for who in ("ada", "ben"):
        room.do(who, events.CharterAdopted(other.digest, other.to_json()), None)
        assert room.state.charter == rules
    room.do("ben", events.CharterAdopted(other.digest, other.to_json()), None)
    assert room.state.charter == rules
    room.do("dan", events.CharterAdopted(other.digest, other.to_json()), None)
    assert room.state.charter == other


def test_a_charter_needs_its_own_digest_and_a_board_member() -> None:
    room = founded()
    rules = room.state.charter
    assert rules is not None
    room.do("service", events.MemberAdded("eve", text("eve"), ("auditor",)), None)
    refused(room, "eve", events.CharterAdopted(rules.digest, rules.to_json()), "not a member of the board", None)
    refused(room, "ada", events.CharterAdopted("0" * 64, rules.to_json()), "digest", None)


def test_without_a_charter_nothing_is_frozen() -> None:
    room = Room()
    room.do("service", events.ModelRegistered("m", "C", "1", MODEL, "binary", "o", "high", text("u")), None)
    room.do("service", events.CaseRegistered("credit", text("t"), text("q"), (MODEL,), "o", "", "", "high"))
    body = events.frozen(events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64))
    for item in EVIDENCE:
        recorded = events.EvidenceRecorded(item.digest, item.key, item.method, 1, MODEL, (), 1, 1, "assessed")
        room.do("service", recorded, None)
    refused(room, "service", body, "No charter")


def test_a_case_needs_a_registered_model_and_a_new_id() -> None:
    room = registered()
    refused(room, "service", changed(room.case.body, case="two", models=("9" * 64,)), "not registered", "two")
    refused(room, "service", changed(room.case.body, case="two", models=()), "no model", "two")
    refused(room, "service", room.case.body, "exists already")
    refused(room, "service", changed(room.case.body, case="two"), "another case")


def test_evidence_must_be_complete_recorded_and_named_by_its_digest() -> None:
    room = registered()
    good = events.frozen(events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64))
    refused(room, "service", changed(good, bundle="0" * 64), "bundle digest")
    refused(room, "service", events.frozen(changed(good, version=2)), "next version")
    refused(room, "service", events.frozen(changed(good, evidence=())), "no evidence")
    refused(
        room,
        "service",
        events.frozen(changed(good, evidence=EVIDENCE[:2])),
        r"requires evidence from fairness\.by_group",
    )
    forged = (*EVIDENCE[:2], changed(EVIDENCE[2], digest="9" * 64))
    refused(room, "service", events.frozen(changed(good, evidence=forged)), "never recorded")
    excused = (events.NotApplicable("fairness.by_group", text("no people")),)
    thin = events.frozen(changed(good, evidence=EVIDENCE[:2], not_applicable=excused))
    for who in ("service", "olga"):
        refused(room, who, thin, "absence of fairness.by_group")
    room.do("ben", thin)
    assert room.case.status == "ready"


def test_a_waiver_by_the_owner_is_refused() -> None:
    room = registered()
    waiver = events.Waiver("r1", "olga", text("late"), time(30))
    body = events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64, waivers=(waiver,))
    refused(room, "service", events.frozen(body), "waiver")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"round": 2}, "next round"),
        ({"quorum": 2}, "Quorum"),
        ({"majority": "2/3"}, "Quorum"),
        ({"required_roles": ()}, "Quorum"),
        ({"charter_digest": "0" * 64}, "charter"),
        ({"bundle": "0" * 64}, "other evidence"),
        ({"recused": ()}, "Recused"),
        ({"deadline": "2025-01-01T00:00:00Z"}, "Voting closes at 2026-01-16"),
        ({"roster": (events.Seat("ada", ("chair",)),)}, "roster"),
        ({"recused": (events.Recusal("olga", "x"), events.Recusal("dan", "awkward"))}, "Recused"),
    ],
)
def test_the_rules_of_a_round_are_those_of_the_charter(fields: dict[str, object], words: str) -> None:
    room = registered()
    room.freeze()
    refused(room, "service", changed(opening.draft(room.state, room.case, time(1)), **fields), words)


def test_a_round_that_could_never_reach_a_quorum_is_not_opened() -> None:
    room = registered()
    room.freeze()
    room.do("service", events.MemberRemoved("cleo", text("left")), None)
    refused(room, "service", opening.draft(room.state, room.case, time(1)), "role lay")


def test_new_evidence_voids_earlier_votes() -> None:
    room = opened()
    room.vote("ada")
    stale = room.entries[-1].body
    room.freeze(evidence=tuple(reversed(EVIDENCE)))
    assert (room.case.status, dict(room.case.ballots)) == ("in_review", {})
    refused(room, "ada", stale, "other evidence")


def test_a_review_without_a_quorum_expires_to_deferred() -> None:
    room = opened()
    room.vote("ada")
    refused(room, "service", events.ReviewExpired(1), "not expired")
    room.day = 16
    room.do("service", events.ReviewExpired(1))
    assert room.case.status == "deferred"


def test_a_review_with_enough_votes_does_not_expire() -> None:
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    room.day = 16
    refused(room, "service", events.ReviewExpired(1), "not expired")
    room.decide()
    assert room.case.status == "approved"


def test_a_decided_case_is_reviewed_again_only_with_a_reason() -> None:
    room = approved()
    refused(room, "service", opening.draft(room.state, room.case, time(1)), "says why")
    room.open(text("new data"))
    assert (room.case.status, room.case.review.round, dict(room.case.ballots)) == ("in_review", 2, {})


def test_a_confirmed_alert_suspends_the_approval_of_that_model_only() -> None:
    room = approved()
    alert = events.MonitoringAlert("a1", MODEL, "psi > 0.2", "observed")
    room.do("service", alert, None)
    other = events.ModelRegistered("n", "Other", "1", "9" * 64, "binary", "olga", "high", text("use"))
    refused(room, "service", changed(alert, state="confirmed", model="9" * 64), "not registered", None)
    room.do("service", other, None)
    about_other = changed(alert, alert="a2", state="confirmed", model="9" * 64)
    refused(room, "service", about_other, "without evidence of it about its model", None)
    refused(room, "ben", changed(about_other, alert="a1"), "about another model", None)
    room.do("ben", about_other, None)
    assert room.case.status == "approved"
    room.do("service", changed(alert, state="confirmed", evidence=EVIDENCE[1].digest), None)
    assert room.case.status == "suspended"


def test_an_approval_ends_when_its_time_is_over() -> None:
    room = approved()
    refused(room, "service", events.ApprovalExpired(1), "not reached")
    room.day = 367
    room.do("service", events.ApprovalExpired(1))
    assert room.case.status == "suspended"


def test_a_retired_case_stays_retired() -> None:
    room = approved()
    retired = changed(room.case.decision, outcome="retired")
    refused(room, "ben", retired, "cannot retire")
    room.do("ada", retired)
    assert room.case.status == "retired"
    refused(room, "service", opening.draft(room.state, room.case, time(1), text("x")), "retired")


def test_conditions_are_accepted_by_somebody_else_before_the_case_is_approved() -> None:
    room = conditional()
    accept = events.ConditionAccepted
    refused(room, "ben", accept("ben-1", "ben"), "Nobody has submitted")
    submit = events.ConditionSubmitted("ben-1", "olga", (EVIDENCE[0].digest,), text("done"))
    refused(room, "dan", submit, "in the name of")
    refused(room, "olga", changed(submit, evidence=("9" * 64,)), "never recorded")
    room.do("olga", submit)
    refused(room, "olga", accept("ben-1", "olga"), "does not accept it")
    refused(room, "ben", accept("nope", "ben"), "no open condition")
    room.do("ben", accept("ben-1", "ben"))
    assert room.case.status == "approved"


def test_an_owner_does_not_accept_a_condition_that_another_submitted() -> None:
    room = conditional()
    room.do("dan", events.ConditionSubmitted("ben-1", "dan", (), text("done")))
    refused(room, "olga", events.ConditionAccepted("ben-1", "olga"), "no vote")


def test_an_overdue_condition_suspends() -> None:
    room = conditional(condition("ben-1", blocking=False))
    refused(room, "service", events.ConditionOverdue("ben-1"), "not overdue")
    room.day = 160
    room.do("service", events.ConditionOverdue("ben-1"))
    assert room.case.status == "suspended"


def test_an_entry_that_only_notes_something_changes_no_case() -> None:
    room = approved()
    before = room.case
    room.do("service", events.ExportMade("ledger", None, 3, "AAAA", 2), None)
    room.do("service", events.CorrectionNoted(2, text("typo")), None)
    refused(room, "service", events.CorrectionNoted(10**6, text("future")), "earlier entry", None)
    assert room.case is before


def test_a_member_needs_a_role_and_a_name_of_their_own() -> None:
    room = founded()
    refused(room, "root", events.MemberAdded("eve", text("e"), ()), "no role", None)
    refused(room, "root", events.MemberAdded("service", text("e"), ("lay",)), "not a name", None)
    refused(room, "root", events.MemberRemoved("eve", text("e")), "not a member", None)
    refused(room, "root", room.entries[0].body, "created once", None)


def test_an_empty_state_knows_nothing() -> None:
    assert BoardState().board == ()


def test_an_alert_takes_the_same_steps_in_the_record_in_the_verifier_and_where_it_is_followed() -> None:
    followed: dict[str, set[str]] = {}
    for (before, _), after in alerts._NEXT.items():
        followed.setdefault(after, set()).add(before)
    assert {state: set(known) for state, known in norms.FOLLOWS.items()} == followed
    assert verify_norms.FOLLOWS == norms.FOLLOWS
