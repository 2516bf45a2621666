"""The verifier holds the policy against the evidence itself, and agrees with the gate, which shares no code with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from governance.dossier.verify_fields import Refused
from governance.dossier.verify_gate import asked, holds, limit_words, look_up, work_out
from governance.evidence.codec import encode, sha256
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Environment, Evidence, Input, Rows, RunKey
from governance.review import events, path, policy
from governance.review.gate import evaluate
from governance.review.policy import Limit
from tests.dossier.ledger import Book, check, lines_of, predicate, signer_of
from tests.dossier.test_attacks import at, refused
from tests.review.board import DATA, MODEL, Room, registered
from tests.review.test_path import RESULT

PATHS = (
    "overall.roc_auc", "overall.n", "overall.calibrated", "overall.method", "overall", "overall.nothing", "harm", "harm.value",
    "groups[group.sex=Female].metrics[metric=accuracy].low", "groups[group.sex=Female].metrics[metric=accuracy]",
    "groups[group.sex=X].metrics[metric=accuracy].value", "groups[1].n", "groups[9].n", "groups[0].metrics[*].value", "overall[0]",
    "disparities[metric=demographic_parity, attribute=sex].ratio", "disparities[metric=demographic_parity].ratio",
    "min(disparities[*].ratio)", "max(disparities[metric=demographic_parity].ratio)", "count(groups[*])", "min(groups[*].n)",
    "count(groups[group.sex=Z])", "min(groups[*].metrics[metric=accuracy].value)", "max(overall.method)", "groups[group=x].n",
    'importance."payer.code"', 'importance."say \\"hi\\""', "groups[group.sex.deep=x].n", "overall.roc_auc.deep",
)  # fmt: skip


@pytest.mark.parametrize("metric", PATHS)
def test_both_read_the_same_value(metric: str) -> None:
    theirs = path.look_up(path.read_path(metric), RESULT)
    assert look_up(metric, RESULT) == (theirs if isinstance(theirs, str) else None)


@pytest.mark.parametrize("metric", ["", "min()", "overall.", "a b", ".x", 'x."', "a[", "a]"])
def test_a_path_that_cannot_be_read_is_refused(metric: str) -> None:
    with pytest.raises(Refused, match="path"):
        look_up(metric, RESULT)


LIMITS = st.sampled_from(
    [
        Limit(min="0.5"),
        Limit(max="0.5"),
        Limit(min="0.25", max="1"),
        Limit(equals="true"),
        Limit(equals="delong"),
        Limit(min="400"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 0.25, 1e-7, 1e22, 12.0, "a", "0.5", "NaN"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "value", "outcome", "reason", "sex"]), inner, max_size=4)
    ),
    max_leaves=12,
)
ANY_PATH = st.sampled_from(
    ["a", "b", "a.b", "a[*]", "a[0]", "a[*].b", "min(a[*])", "max(a[*].b)", "count(a[*])", "a[b=0.5]", "a[b.a=true].a"]
)


@settings(max_examples=300, deadline=None)
@given(metric=ANY_PATH, result=JSON, limit=LIMITS)
def test_both_judge_any_finding_alike(metric: str, result: Any, limit: Limit) -> None:
    said = path.look_up(path.read_path(metric), result)
    mine = look_up(metric, result)
    assert mine == (said if isinstance(said, str) else None)
    plain = {"min": limit.min, "max": limit.max, "equals": limit.equals}
    assert limit_words(plain) == limit.words
    if mine is not None:
        assert holds(plain, mine) == limit.holds(mine)


def finding(method: str, model: str | None, result: Any, cohort: str = "") -> Evidence:
    inputs = (Input("data", DATA),) + ((Input("model", model),) if model else ())
    return Evidence(RunKey(method, 1, inputs, cohort, {}, {}, 0), Rows(10, 10), Environment("3", "linux", {}), result)


RULES = policy.from_json(
    {
        "title": "P",
        "requirements": [
            {"id": "auc", "method": "performance.summary", "metric": "overall.roc_auc", "limit": {"min": "0.7"}, "severity": "blocking"},
            {"id": "ratio", "method": "fairness.by_group", "metric": "min(d[*].ratio)", "limit": {"min": "0.8"}, "severity": "advisory"},
            {"id": "failed", "method": "quality.checks", "metric": "failed", "limit": {"max": "0"}, "severity": "blocking"},
            {"id": "women", "method": "performance.summary", "metric": "n", "limit": {"min": "1"}, "severity": "blocking", "cohort": "F"},
            {"id": "word", "method": "quality.checks", "metric": "verdict", "limit": {"min": "1"}, "severity": "advisory"},
        ],
    }
)  # fmt: skip
FOUND = (
    finding("performance.summary", MODEL, {"overall": {"roc_auc": 0.81}}),
    finding("fairness.by_group", MODEL, {"d": [{"ratio": 0.75}, {"ratio": 1.0}]}),
    finding("quality.checks", None, {"failed": 0, "verdict": "fine"}),
)


def judged() -> tuple[Room, dict[str, bytes]]:
    """Return a room whose frozen evidence, policy and requirements are real."""
    room = registered()
    files = {item.digest: item.to_bytes() for item in FOUND}
    items = {item.digest: events.FrozenItem(item.digest, item.key.digest, item.key.method) for item in FOUND}
    for item in FOUND:
        model = None if item.key.method == "quality.checks" else MODEL
        body = events.EvidenceRecorded(
            item.digest, item.key.digest, item.key.method, 1, model, (DATA,), 10, 10, "assessed"
        )
        room.do("service", body, None)
    report = evaluate(RULES, {item.digest: item for item in FOUND}, models=(MODEL,))
    body = events.EvidenceFrozen(1, "0" * 64, tuple(items.values()), RULES.digest, report.outcomes())
    room.do("service", events.frozen(body))
    return room, files | {RULES.digest: RULES.to_bytes()}


def written(room: Room, files: dict[str, bytes]) -> dict[str, bytes]:
    return Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=files).files()


def test_requirements_are_those_of_policy_and_evidence(tmp_path: Path) -> None:
    room, files = judged()
    answer = check(written(room, files), tmp_path)
    assert answer["valid"], answer["reason"]
    assert not any("requirements" in note for note in answer["not_checked"])
    outcomes = {line.id: line.outcome for line in room.case.frozen.requirements}  # type: ignore[union-attr]
    assert outcomes == {
        "auc": "met",
        "ratio": "not_met",
        "failed": "met",
        "women": "not_assessed",
        "word": "not_assessed",
    }


@pytest.mark.parametrize(
    "change", [{"outcome": "met"}, {"value": "0.9"}, {"limit": "at least 0.1"}, {"severity": "blocking"}, None]
)
def test_a_requirement_that_says_otherwise_is_refused(tmp_path: Path, change: dict[str, str] | None) -> None:
    room, files = judged()
    index = at(room, "evidence.frozen")
    body = room.entries[index].body
    lines = [replace(line, **change) if change and line.id == "ratio" else line for line in body.requirements]  # type: ignore[arg-type]
    forged = events.frozen(replace(body, requirements=tuple(lines if change else lines[:-1])))
    room.entries[index] = replace(room.entries[index], body=forged)
    refused(written(room, files), tmp_path, index, "not what the policy and the evidence say")


def test_what_is_not_there_is_told_and_another_policy_refused(tmp_path: Path) -> None:
    room, files = judged()
    for gone in (RULES.digest, FOUND[0].digest):
        answer = check(written(room, {name: data for name, data in files.items() if name != gone}), tmp_path)
        assert answer["valid"]
        assert any("policy or evidence is not in this export" in note for note in answer["not_checked"])
    index = at(room, "evidence.frozen")
    other = json.dumps({"format": "other"}).encode()
    forged = events.frozen(replace(room.entries[index].body, policy_digest=sha256(other)))
    room.entries[index] = replace(room.entries[index], body=forged)
    refused(written(room, files | {sha256(other): other}), tmp_path, index, "another form")


def confirmed(automatic: object, actor: str, rule: str = "realised") -> tuple[dict[str, bytes], int]:
    """Return an export in which `actor` suspends an approval by an alert, under a policy with this `automatic`, and the entry."""
    room, files = judged()
    policy_bytes = json.dumps(
        json.loads(RULES.to_bytes()) | ({"automatic": automatic} if automatic is not None else {})
    )
    frozen = room.entries[at(room, "evidence.frozen")].body
    again = Room()
    for entry in room.entries[: at(room, "evidence.frozen")]:
        again.do(entry.actor, entry.body, entry.case)
    digest = sha256(policy_bytes.encode())
    again.do("service", events.frozen(replace(frozen, policy_digest=digest)))
    again.open()
    for who in ("ada", "ben", "cleo"):
        again.vote(who)
    again.decide()
    again.do(actor, events.MonitoringAlert("a1", MODEL, rule, "confirmed", FOUND[0].digest), None)
    assert again.case.status == "suspended"
    return written(again, files | {digest: policy_bytes.encode()}), len(again.entries) - 1


@pytest.mark.parametrize(
    ("automatic", "actor", "rule", "allowed"),
    [
        (["realised"], "service", "realised", True),
        (None, "ada", "realised", True),
        (None, "service", "realised", False),
        ([], "service", "realised", False),
        (["realised"], "service", "column", False),
        ("realised", "service", "realised", False),
        ({"realised": 1}, "service", "realised", False),
        (7, "service", "realised", False),
        (None, "service", "psi", False),
    ],
)
def test_the_service_suspends_an_approval_alone_only_where_its_policy_foresaw_it(
    automatic: object, actor: str, rule: str, allowed: bool, tmp_path: Path
) -> None:
    files, index = confirmed(automatic, actor, rule)
    if allowed:
        answer = check(files, tmp_path)
        assert answer["valid"], answer["reason"]
        assert not any("is its word" in note for note in answer["not_checked"])
    else:
        refused(files, tmp_path, index, "names no such automatic rule")


def test_a_confirmation_whose_policy_is_not_here_is_the_services_word(tmp_path: Path) -> None:
    files, index = confirmed(["realised"], "service")
    left = {name: data for name, data in files.items() if not (name.startswith("evidence/") and b"policy/1" in data)}
    assert len(left) == len(files) - 1
    answer = check(left, tmp_path)
    assert answer["valid"], answer["reason"]
    assert any(note.startswith(f"entry {index}: that policy") for note in answer["not_checked"])


def test_each_candidate_is_asked_as_the_gate_asks() -> None:
    models = ["1" * 64, "2" * 64]
    found = {item.digest: item for item in (*(finding("performance.summary", model, {"overall": {"roc_auc": 0.6 + at_ / 5}})
                                              for at_, model in enumerate(models)), FOUND[2])}  # fmt: skip
    plain = {digest: json.loads(item.to_bytes()) for digest, item in found.items()}
    rules = json.loads(RULES.to_bytes())["requirements"]
    mine = [line for rule in rules for line in asked(rule, plain, models)]
    theirs = evaluate(RULES, found, models=models).outcomes()
    assert mine == [encode(line) for line in theirs]
    assert [line["outcome"] for line in mine[:2]] == ["not_met", "met"]


@pytest.mark.parametrize("value", ["inf", "-Infinity", "NaN", "delong"])
def test_what_is_no_number_keeps_no_limit(value: str) -> None:
    limit = Limit(min="0.5")
    assert holds({"min": "0.5", "max": "", "equals": ""}, value) is limit.holds(value) is None


def test_two_lines_never_share_an_id() -> None:
    rule = {"method": "performance.summary", "metric": "n", "limit": {"min": "1"}, "severity": "blocking"}
    rules = policy.from_json({"title": "P", "requirements": [{"id": "a" * 55 + end, **rule} for end in ("x", "y")]})
    models = ["1" * 64, "2" * 64]
    found = {item.digest: item for item in (finding("performance.summary", model, {"n": 3}) for model in models)}
    with pytest.raises(RefusedInputError, match=r"would have the id 'a{55}-11111111'"):
        evaluate(rules, found, models=models)
    plain = {digest: json.loads(item.to_bytes()) for digest, item in found.items()}
    with pytest.raises(Refused, match="two requirements have one id"):
        work_out(json.loads(rules.to_bytes()), plain, models)


@pytest.mark.parametrize("title", ["a\nb", "\u202eabc", "\u200b", ""])
def test_what_the_verifier_cannot_read_is_never_put_to_use(title: str) -> None:
    with pytest.raises(RefusedInputError, match="title"):
        policy.from_json(json.loads(RULES.to_bytes()) | {"title": title})
