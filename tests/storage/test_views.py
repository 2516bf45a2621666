"""The read side says what the signed lines say."""

from __future__ import annotations

import pytest

from storage.ledger.events import EVENTS
from storage.workspace import Workspace
from tests.storage.board import BUNDLE, CASE, MODEL, tell
from tests.storage.scene import evidence_body


@pytest.fixture
def told(workspace: Workspace) -> Workspace:
    tell(workspace)
    return workspace


def test_the_story_has_every_event(told: Workspace) -> None:
    assert {item.type for item in told.read().entries()} == set(EVENTS)
    assert told.verify().valid


def test_models_data_and_evidence_are_found(told: Workspace) -> None:
    views = told.read()
    (model,) = views.models()
    assert (model.model, model.version, model.intended_use.text) == ("credit", "2.0", "Rank applications.")
    assert model.provenance == {"source": "simulated"}
    assert views.model(MODEL) == model
    assert views.model("9" * 64) is None
    (data,) = views.datasets()
    assert (data.rows, data.role) == (4000, "evaluation")
    assert views.dataset("4" * 64) == data
    body = evidence_body(1)
    found = views.find_evidence(body["key"])
    assert found is not None
    assert views.evidence(body["digest"]) == found
    assert views.all_evidence(model="a" * 64, method="fairness.by_group") == (found,)
    assert views.all_evidence(method="drift.columns") == ()
    assert views.find_evidence("0" * 64) is None


def test_members_and_keys_are_shown_with_what_became_of_them(told: Workspace) -> None:
    views = told.read()
    assert [item.member for item in views.members()] == ["ada", "bob"]
    eve = views.members(removed=True)[2]
    assert (eve.member, eve.removed is None, eve.keyid) == ("eve", False, None)
    keys = {item.owner: item for item in views.keys()}  # noqa: SIM118
    assert keys["eve"].revoked is not None
    assert all(item.present for item in keys.values())
    assert keys["ada"].keyid == views.members()[0].keyid


def test_a_case_is_shown_with_its_frozen_evidence_and_round(told: Workspace) -> None:
    found = told.read().case(CASE)
    assert found is not None
    assert (found.title.text, found.question.text) == ("Credit 2.0", "May it be used?")
    assert found.frozen is not None
    assert found.opened is not None
    assert (found.frozen.bundle, found.opened.round, found.opened.body["quorum"]) == (BUNDLE, 1, 2)
    assert found.records == told.read().count(case=CASE)
    assert told.read().cases() == (found,)
    assert told.read().case("nothing") is None


def test_comments_are_shown_with_their_resolution(told: Workspace) -> None:
    first, reply = told.read().comments(CASE)
    assert (first.member, first.text.text, first.blocking) == ("ada", "Why?", True)
    assert (first.resolved_by, first.resolution and first.resolution.text) == ("ada", "Thanks.")
    assert (reply.reply_to, reply.resolved, reply.anchor) == ("k-1", None, "row 3")


def test_a_changed_vote_names_the_one_that_replaced_it(told: Workspace) -> None:
    ada, old, new = told.read().votes(CASE)
    assert (ada.member, ada.vote, ada.rationale, ada.replaced) == ("ada", "approve", None, None)
    assert (old.vote, old.replaced) == ("reject", new.index)
    assert (new.vote, new.replaced) == ("approve_with_conditions", None)
    assert (new.name.text, new.rationale and new.rationale.text) == ("Bob", "because approve_with_conditions")


def test_a_decision_and_its_conditions_are_shown(told: Workspace) -> None:
    (decision,) = told.read().decisions(CASE)
    assert (decision.outcome, decision.rationale.text) == ("conditional", "Good enough with care.")
    assert decision.body["tally"]["approve"] == 1
    log, watch = told.read().conditions(CASE)
    submissions = [item.index for item in told.read().entries(types=["condition.submitted"])]
    assert (log.condition, log.submitted, log.overdue) == ("log", submissions[-1], None)
    assert log.accepted is not None
    assert (watch.accepted, watch.overdue is None, watch.text.text) == (None, False, "do watch")


def test_history_holds_the_case_and_who_may_act(told: Workspace) -> None:
    found = told.read().history(CASE)
    kinds = {item.type for item in found}
    assert {"ledger.created", "key.revoked", "member.added", "charter.adopted", "vote.cast"} <= kinds
    assert not kinds & {"model.registered", "monitoring.alert"}
    assert [item.index for item in found] == sorted(item.index for item in found)
    with told.write() as unit:
        assert unit.history(CASE) == found
        assert unit.entries() == told.read().entries()


def test_records_are_filtered_and_paged(told: Workspace) -> None:
    views = told.read()
    votes = views.entries(types=["vote.cast"], newest_first=True)
    assert [item.actor for item in votes] == ["bob", "bob", "ada"]
    assert views.entries(types=["vote.cast"], offset=1, limit=1)[0].index == votes[1].index
    assert views.count(actor="bob", types=["vote.cast"]) == 2
    assert len(views.entries(limit=5)) == 5
    assert views.entries(offset=10_000) == ()
    assert views.actors() == ("ada", "bob", "service")
    assert set(views.event_types()) == set(EVENTS)


def test_an_erased_text_is_gone_and_the_ledger_still_holds(told: Workspace) -> None:
    first = told.read().comments(CASE)[0]
    with told.write() as unit:
        assert unit.erase_text(first.text.sha256)
        assert not unit.erase_text(first.text.sha256)
        unit.commit()
    again = told.read().comments(CASE)[0]
    assert (again.text.text, again.text.shown) == (None, "(erased)")
    assert told.read().text(first.text.sha256) is None
    assert told.verify().valid


def test_texts_are_disclosed_with_their_salt(told: Workspace) -> None:
    from storage.texts import commitment

    first = told.read().comments(CASE)[0]
    found = told.read().texts([first.text.sha256])[first.text.sha256]
    assert found.text == "Why?"
    assert len(found.salt) == 16
    assert commitment(found.salt, found.text) == first.text.sha256


def test_the_same_words_twice_have_two_digests(workspace: Workspace) -> None:
    with workspace.write() as unit:
        assert unit.text("yes") != unit.text("yes")
