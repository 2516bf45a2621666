"""A whole review through the verbs, under a charter that the board adopted."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta

import pytest

from governance.evidence.errors import CountersignError, RuleError
from governance.review import policy
from governance.workflow.assess import assess
from governance.workflow.assess.replay import replay
from governance.workflow.review import review
from governance.workflow.review.tick import tick
from governance.workflow.workspace import clock, clock_confirmed, subjects
from governance.workflow.workspace.act import state
from storage.workspace import Workspace
from tests.workflow.people import proven, secret


@pytest.fixture
def case(board: Workspace, registered: tuple[str, str]) -> str:
    model, _ = registered
    words = review.CaseWords("People 1.0", "May it be used?", (model,), "limited", owner="lars")
    name = review.open_case(board, words, actor=proven("lars"))
    found = assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(*registered)))
    review.freeze(board, name, (found.digest,), actor=proven("lars"), policy=policy.from_toml(policy.template()))
    review.start(board, name, actor=proven("lars"))
    return name


def cast(board: Workspace, case: str, member: str, choice: str, rationale: str = "") -> None:
    review.declare(board, case, member=member, passphrase=secret(member), conflict=False)
    bundle = state(board).case(case).bundle
    review.vote(board, case, choice, member=member, passphrase=secret(member), bundle=bundle, rationale=rationale)


def test_three_members_vote_and_the_dissent_stands_in_the_decision(board, case) -> None:
    cast(board, case, "ines", "approve")
    cast(board, case, "jonas", "approve")
    cast(board, case, "kemi", "reject", "The small group was not judged.")
    decision = review.decide(board, case, rationale="Two of three.", scope="The stated use.")
    assert decision.outcome == "approved"
    assert [item.member for item in decision.dissent] == ["kemi"]
    assert state(board).case(case).status == "approved"
    assert board.read().text(decision.dissent[0].rationale.sha256) == "The small group was not judged."


def test_a_vote_needs_the_members_own_passphrase(board, case) -> None:
    size = board.read().head().size
    with pytest.raises(CountersignError, match="passphrase"):
        review.declare(board, case, member="ines", passphrase="somebody else's", conflict=False)
    assert board.read().head().size == size


def test_a_vote_on_replaced_evidence_is_refused_and_nothing_is_recorded(board, case) -> None:
    review.declare(board, case, member="ines", passphrase=secret("ines"), conflict=False)
    size = board.read().head().size
    with pytest.raises(RuleError, match="other evidence"):
        review.vote(board, case, "approve", member="ines", passphrase=secret("ines"), bundle="ab" * 32)
    assert board.read().head().size == size


def test_no_decision_without_a_quorum(board, case) -> None:
    cast(board, case, "ines", "approve")
    with pytest.raises(RuleError, match="1 of 3 votes"):
        review.decide(board, case, rationale="Too early.", scope="Any.")


def test_the_owner_cannot_vote(board, case) -> None:
    with pytest.raises(RuleError, match="lars"):
        cast(board, case, "lars", "approve")


def test_a_second_process_sees_the_same_state(board, case) -> None:
    from governance.workflow.workspace import act as rules

    before = state(board)
    rules._states.clear()
    assert state(board) == before


def test_replay_finds_the_evidence_of_a_case_unchanged(board, case) -> None:
    assert [item.outcome for item in replay(board, case)] == ["identical"]


def test_replay_says_where_evidence_that_was_not_computed_by_us_differs(board, registered) -> None:
    found = assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(*registered)))
    name = next(iter(found.evidence.result))
    result = {**found.evidence.result, name: "forged"}
    forged = changed(found.evidence, result=result, key=changed(found.evidence.key, seed=1))
    stored = board.blobs.put(forged.to_bytes()).digest
    from governance.workflow.assess.replay import _again

    answer = _again(board, stored, "performance.summary")
    assert (answer.outcome, answer.reason) == ("different", f"first difference at result.{name}")


def test_the_clock_ends_a_review_once(board, case, monkeypatch) -> None:
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    size = board.read().head().size
    with pytest.raises(RuleError, match="Nothing is signed"):
        tick(board)
    assert board.read().head().size == size
    clock_confirmed.confirm(board, actor=proven("lars"))
    assert [(item.case, item.event) for item in tick(board)] == [(case, "review.expired")]
    assert tick(board) == ()
    assert state(board).case(case).status == "deferred"


STRICT = {
    "id": "auc", "method": "performance.summary", "metric": "measures[metric=roc_auc].value", "limit": {"min": "0.99"},
    "severity": "freezing",
}  # fmt: skip


def test_a_member_waives_with_their_own_key_and_the_waiver_counts_until_it_ends(board, case, monkeypatch) -> None:
    from governance.workflow.review import gate

    rules = policy.from_json({"title": "P", "requirements": [STRICT]})
    evidence = [item.digest for item in state(board).case(case).frozen.evidence]
    with pytest.raises(RuleError, match="auc is not met and not waived"):
        review.freeze(board, case, evidence, actor=proven("jonas"), policy=rules)
    with pytest.raises(RuleError, match="not by a member outside the case"):
        waived(board, case, evidence, rules, "lars")
    waived(board, case, evidence, rules, "jonas")
    line = gate.case_report(board, case).requirements[0]
    assert (line.waived_by, line.waived_why, gate.case_report(board, case).satisfied) == ("jonas", "A pilot.", True)
    assert gate.changed_lines(board, case) == ()
    later = gate.now() + timedelta(days=11)
    monkeypatch.setattr(gate, "now", lambda: later)
    assert (gate.case_report(board, case).satisfied, gate.case_report(board, case).requirements[0].lapsed) == (
        False,
        True,
    )


def waived(board: Workspace, case: str, evidence: list[str], rules: policy.Policy, who: str) -> None:
    until = (review.now() + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    words = review.WaiverWords("auc", who, "A pilot.", until)
    review.freeze(board, case, evidence, actor=proven(who), policy=rules, waivers=(words,), passphrase=secret(who))
