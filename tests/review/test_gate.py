"""The gate: met, not met, not assessed; the last never passes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from hypothesis import given, strategies as st

from governance.cli.gate import gate as command
from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Environment, Evidence, Input, Rows, RunKey
from governance.review import policy as policies
from governance.review.gate import GateWaiver, evaluate

REQUIREMENT = {
    "id": "auc",
    "method": "performance.summary",
    "metric": "overall.roc_auc",
    "limit": {"min": "0.65"},
    "severity": "blocking",
}
NOW = "2026-06-01T00:00:00Z"


def policy(**fields: object) -> policies.Policy:
    return policies.from_json({"title": "P", "requirements": [{**REQUIREMENT, **fields}]})


def finding(result: object, method: str = "performance.summary", cohort: str = "") -> dict[str, Evidence]:
    key = RunKey(method, 1, (Input("data", "b" * 64),), cohort, {}, {}, 0)
    item = Evidence(key, Rows(10, 10), Environment("3", "linux", {}), result)
    return {sha256(item.to_bytes()): item}


AUC = finding({"overall": {"roc_auc": 0.7}})


def test_a_requirement_is_met_with_its_evidence_named() -> None:
    report = evaluate(policy(), AUC)
    line = report.requirements[0]
    assert (report.satisfied, line.outcome, line.value, line.limit, line.evidence) == (
        True,
        "met",
        "0.7",
        "at least 0.65",
        next(iter(AUC)),
    )
    assert report.outcomes()[0].value == "0.7"


@pytest.mark.parametrize(
    ("fields", "evidence", "outcome", "reason"),
    [
        ({"limit": {"min": "0.71"}}, AUC, "not_met", ""),
        ({"limit": {"max": "0.69"}}, AUC, "not_met", ""),
        ({"limit": {"min": "0.7", "max": "0.7"}}, AUC, "met", ""),
        ({"metric": "overall.f1"}, AUC, "not_assessed", "nothing at"),
        ({"method": "fairness.by_group"}, AUC, "not_assessed", "no evidence from fairness.by_group"),
        ({"cohort": "sex = F"}, AUC, "not_assessed", "no evidence from performance.summary on sex = F"),
        ({}, {**AUC, **finding({"overall": {"roc_auc": 0.8}})}, "not_assessed", "2 pieces of evidence"),
        ({}, finding({"overall": {"roc_auc": "good"}}), "not_assessed", "not a number"),
        ({}, finding({"outcome": "not_assessed", "reason": "12 rows"}), "not_assessed", "12 rows"),
        ({"limit": {"equals": "good"}}, finding({"overall": {"roc_auc": "good"}}), "met", ""),
        ({"limit": {"equals": "true"}}, finding({"overall": {"roc_auc": False}}), "not_met", ""),
    ],
)
def test_outcomes(fields: dict[str, object], evidence: dict[str, Evidence], outcome: str, reason: str) -> None:
    report = evaluate(policy(**fields), evidence)
    assert report.requirements[0].outcome == outcome
    assert reason in report.requirements[0].reason
    assert report.satisfied == (outcome == "met")


def test_an_advisory_requirement_is_reported_and_stops_nothing() -> None:
    report = evaluate(policy(limit={"min": "0.9"}, severity="advisory"), AUC)
    assert (report.satisfied, report.requirements[0].outcome) == (True, "not_met")


def test_a_waiver_counts_until_it_expires_and_never_hides_the_outcome() -> None:
    strict = policy(limit={"min": "0.9"})
    later, gone = "2026-06-01T00:00:01Z", NOW
    report = evaluate(strict, AUC, [GateWaiver("auc", "ben", "until retraining", later)], NOW)
    assert (report.satisfied, report.requirements[0].outcome, report.requirements[0].waived_by) == (
        True,
        "not_met",
        "ben",
    )
    assert not evaluate(strict, AUC, [GateWaiver("auc", "ben", "until retraining", gone)], NOW).satisfied
    assert not evaluate(strict, AUC, [GateWaiver("auc", "ben", "  ", later)], NOW).satisfied
    with pytest.raises(RefusedInputError, match="about no requirement"):
        evaluate(strict, AUC, [GateWaiver("f1", "ben", "x", later)], NOW)
    with pytest.raises(RefusedInputError, match="time"):
        evaluate(strict, AUC, [GateWaiver("auc", "ben", "x", later)])


@given(value=st.floats(0, 1), limit=st.decimals(0, 1, places=3))
def test_a_limit_is_compared_exactly(value: float, limit: object) -> None:
    outcome = (
        evaluate(policy(limit={"min": str(limit)}), finding({"overall": {"roc_auc": value}})).requirements[0].outcome
    )
    from decimal import Decimal

    assert outcome == ("met" if Decimal(repr(value)) >= Decimal(str(limit)) else "not_met")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limit": {}}, "no usable limit"),
        ({"limit": {"min": "0", "equals": "x"}}, "no usable limit"),
        ({"limit": {"min": "high"}}, "not a number"),
        ({"limit": {"min": "Infinity"}}, "not a number"),
        ({"limit": {"minimum": "1"}}, "unknown field 'minimum'"),
        ({"metric": "a..b"}, "path"),
        ({"severity": "fatal"}, "severity"),
        ({"extra": 1}, "unknown field 'extra'"),
        ({"id": "Not An Id"}, "id"),
    ],
)
def test_a_policy_that_is_not_one_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        policy(**change)


def test_an_empty_policy_and_a_doubled_requirement_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="asks for nothing"):
        policies.from_json({"title": "P", "requirements": []})
    with pytest.raises(RefusedInputError, match="two requirements 'auc'"):
        policies.from_json({"title": "P", "requirements": [REQUIREMENT, REQUIREMENT]})
    with pytest.raises(RefusedInputError, match="not TOML"):
        policies.from_toml("title")


def test_the_template_is_a_policy_and_its_digest_is_that_of_its_bytes() -> None:
    found = policies.from_toml(policies.template())
    assert found.digest == sha256(found.to_bytes())
    assert policies.from_json(json.loads(found.to_bytes())) == found


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: str) -> tuple[int, dict[str, object]]:
    (tmp_path / "policy.json").write_text(
        json.dumps({"title": "P", "requirements": [{**REQUIREMENT, "limit": {"min": limit}}]})
    )
    (tmp_path / "evidence.json").write_bytes(next(iter(AUC.values())).to_bytes())
    with pytest.raises(typer.Exit) as caught:
        command([tmp_path / "evidence.json"], tmp_path / "policy.json", json=True)
    return caught.value.exit_code, json.loads(capsys.readouterr().out)


def test_the_command_prints_one_document_and_ends_with_0_or_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, value = run(tmp_path, capsys, "0.65")
    assert (code, value["satisfied"]) == (0, True)
    assert {"id", "outcome", "value", "limit"} <= set(value["requirements"][0])
    assert value["requirements"][0]["value"] == 0.7
    code, value = run(tmp_path, capsys, "0.75")
    assert (code, value["satisfied"], value["requirements"][0]["outcome"]) == (1, False, "not_met")


def test_the_command_says_in_words_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, capsys, "0.75")
    with pytest.raises(typer.Exit):
        command([tmp_path / "evidence.json"], tmp_path / "policy.json")
    assert "NOT MET" in capsys.readouterr().out


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    (tmp_path / "policy.toml").write_text(policies.template())
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    for arguments, words in (
        (([tmp_path / "x.json"], None), "No policy"),
        ((None, tmp_path / "policy.toml"), "no evidence"),
        (([tmp_path / "x.json"], tmp_path / "policy.toml"), "not an evidence document"),
        (([tmp_path / "gone.json"], tmp_path / "policy.toml"), "no file"),
        (([tmp_path / "x.json"], tmp_path / "latin.toml"), "UTF-8"),
    ):
        with pytest.raises(RefusedInputError, match=words):
            command(*arguments)


def test_a_policy_without_automatic_rules_keeps_its_bytes_and_one_with_them_has_its_own() -> None:
    plain = policy()
    assert b"automatic" not in plain.to_bytes()
    ruled = replace(plain, automatic=("realised",))
    assert policies.from_json(json.loads(ruled.to_bytes())) == ruled
    assert ruled.digest != plain.digest
    with pytest.raises(RefusedInputError, match="column"):
        policies.from_json({**json.loads(ruled.to_bytes()), "automatic": ["column"]})
