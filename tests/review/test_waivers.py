"""Waivers: signed, reasoned, for a time; an approval ends with the first waiver that it rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.evidence.codec import encode
from governance.evidence.errors import RefusedInputError, RuleError
from governance.review import events, policy
from governance.review.gate import GateWaiver, evaluate
from tests.dossier.test_attacks import forged_after, refused, spread
from tests.review.board import EVIDENCE, Room, registered, text, time
from tests.review.test_gate import AUC, NOW, REQUIREMENT, finding

OUTSIDE = events.RequirementOutcome("adds-up", "not_met", "0.5", "at most 0.0001", EVIDENCE[1].digest, "freezing")


def waiver(until: str, by: str = "ben") -> events.Waiver:
    return events.Waiver("adds-up", by, text("retraining is under way"), until)


def opened_with(*waivers: events.Waiver) -> Room:
    room = registered()
    room.freeze(requirements=(OUTSIDE,), waivers=waivers)
    room.open()
    return room


@pytest.mark.parametrize("outcome", ["not_met", "not_assessed"])
def test_nothing_is_frozen_outside_a_limit_that_forbids_it(outcome: str) -> None:
    with pytest.raises(RuleError, match="adds-up is not met and not waived"):
        registered().freeze(requirements=(replace(OUTSIDE, outcome=outcome),))


@pytest.mark.parametrize("change", [{"outcome": "met"}, {"severity": "blocking"}, {"severity": ""}])
def test_a_requirement_that_is_met_or_forbids_nothing_lets_the_evidence_be_frozen(change: dict[str, str]) -> None:
    room = registered()
    room.freeze(requirements=(replace(OUTSIDE, **change),))
    assert room.case.status == "ready"


def test_a_live_waiver_lets_it_be_frozen_and_an_expired_one_does_not() -> None:
    assert opened_with(waiver(time(30))).case.status == "in_review"
    with pytest.raises(RuleError, match="not waived"):
        registered().freeze(requirements=(OUTSIDE,), waivers=(waiver(time(1)),))


def test_an_approval_ends_with_the_first_waiver_that_it_rests_on() -> None:
    room = opened_with(waiver(time(30)), replace(waiver(time(60)), id="other"))
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    longer = replace(room.draft(), expires_at=time(31))
    with pytest.raises(RuleError, match="may last from its beginning until"):
        room.do("ada", longer)
    room.decide()
    assert room.case.decision is not None
    assert room.case.decision.expires_at == time(30)


def test_nothing_is_approved_on_a_waiver_that_has_ended_but_it_can_be_rejected() -> None:
    approving, rejecting = opened_with(waiver(time(3))), opened_with(waiver(time(3)))
    for who in ("ada", "ben", "cleo"):
        approving.vote(who)
        rejecting.vote(who, "reject")
    approving.day = rejecting.day = 4
    with pytest.raises(RuleError, match="ended at"):
        approving.decide()
    rejecting.decide()
    assert rejecting.case.status == "rejected"


def test_the_verifier_refuses_evidence_that_the_policy_lets_nobody_freeze(tmp_path: Path) -> None:
    body = events.frozen(events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64, (OUTSIDE,)))
    refused(*spread(forged_after(registered(), "service", body), tmp_path), "nothing is frozen")


def test_the_verifier_refuses_an_approval_beyond_the_waiver_that_it_rests_on(tmp_path: Path) -> None:
    room = opened_with(waiver(time(30)))
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    longer = replace(room.draft(), expires_at=time(31))
    refused(*spread(forged_after(room, "ada", longer), tmp_path), "longer than the charter allows")


def test_the_verifier_refuses_an_approval_after_the_waiver_has_ended(tmp_path: Path) -> None:
    room = opened_with(waiver(time(30)))
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    end, kept = time(60), time(4000)
    late = replace(room.draft(), valid_from=time(40), expires_at=end, retention_until=kept)
    room.day = 40
    refused(*spread(forged_after(room, "ada", late), tmp_path), "waiver")


def test_the_report_names_who_waived_until_when_and_why_and_an_ended_waiver_as_ended() -> None:
    strict = policy.from_json({"title": "P", "requirements": [{**REQUIREMENT, "limit": {"min": "0.9"}}]})
    line = evaluate(strict, AUC, [GateWaiver("auc", "ben", "pilot", time(200))], NOW).requirements[0]
    assert (line.waived_by, line.waived_until, line.waived_why, line.lapsed) == ("ben", time(200), "pilot", False)
    ended = evaluate(strict, AUC, [GateWaiver("auc", "ben", "pilot", NOW)], NOW)
    assert (ended.satisfied, ended.requirements[0].waived_by, ended.requirements[0].lapsed) == (False, "", True)


CERTIFICATE = {**REQUIREMENT, "id": "adds-up", "method": "explain.global", "metric": "certificate.background_spread",
               "limit": {"max": "0.05"}, "severity": "freezing"}  # fmt: skip


@pytest.mark.parametrize(
    ("spread_found", "stops"),
    [(0.02, False), (0.2, True), ({"outcome": "not_assessed", "reason": "12 rows are too few to split"}, True)],
)
def test_a_policy_can_limit_the_certificate_of_explanations(spread_found: object, stops: bool) -> None:
    rules = policy.from_json({"title": "P", "requirements": [CERTIFICATE]})
    report = evaluate(rules, finding({"certificate": {"background_spread": spread_found}}, "explain.global"))
    assert bool(report.stops_freezing) == stops


def test_each_candidate_is_asked_what_concerns_a_model_and_all_at_once_what_concerns_data() -> None:
    from governance.evidence.codec import sha256
    from governance.evidence.evidence import Environment, Evidence, Input, Rows, RunKey

    def about(model: str, value: float) -> dict[str, Evidence]:
        key = RunKey("performance.summary", 1, (Input("model", model), Input("data", "b" * 64)), "", {}, {}, 0)
        item = Evidence(key, Rows(10, 10), Environment("3", "linux", {}), {"overall": {"roc_auc": value}})
        return {sha256(item.to_bytes()): item}

    data = {**REQUIREMENT, "id": "data", "method": "quality.checks", "metric": "failed", "limit": {"max": "0"}}
    rules = policy.from_json({"title": "P", "requirements": [REQUIREMENT, data]})
    models = ("1" * 64, "2" * 64)
    evidence = about(models[0], 0.7) | about(models[1], 0.6) | finding({"failed": 0}, "quality.checks")
    report = evaluate(rules, evidence, models=models)
    assert [(line.id, line.outcome) for line in report.requirements] == [
        ("auc-11111111", "met"), ("auc-22222222", "not_met"), ("data", "met"),
    ]  # fmt: skip
    only_one = evaluate(rules, about(models[0], 0.7), models=models).requirements
    assert [line.outcome for line in only_one] == ["met", "not_assessed", "not_assessed"]
    another = evaluate(rules, about("3" * 64, 0.9), models=models[:1]).requirements[0]
    assert (another.outcome, another.evidence) == ("not_assessed", None)
    assert encode(report)["requirements"][0]["model"] == models[0]


@pytest.mark.parametrize("name", list(policy.TEMPLATES))
def test_every_template_is_a_policy(name: str) -> None:
    assert policy.from_toml(policy.template(name)).requirements
    with pytest.raises(RefusedInputError, match="Known: credit, general"):
        policy.template("unknown")
