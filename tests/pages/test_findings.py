"""The sentence that stands beside a piece of evidence on the page of a case."""

from __future__ import annotations

from governance.evidence.codec import encode
from governance.evidence.evidence import Evidence, Input, NotAssessed, Rows, RunKey, environment
from pages._ui import findings


def evidence(method: str, result: object) -> Evidence:
    key = RunKey(method, 1, (Input("data", "00" * 32),), "", {}, {}, 0)
    return Evidence(key, Rows(3, 3), environment(), result)


def test_what_was_not_assessed_says_why() -> None:
    found = evidence("fairness.by_group", encode(NotAssessed("12 rows, fewer than 30")))
    assert findings.sentence(found).replace("\\", "") == "Not assessed: 12 rows, fewer than 30"


def test_evidence_of_another_version_is_said_to_be_so() -> None:
    assert "another version" in findings.sentence(evidence("performance.summary", {"old": 1}))


def test_a_method_that_is_gone_is_no_error() -> None:
    assert "another version" in findings.sentence(evidence("no.such.method", {"old": 1}))
