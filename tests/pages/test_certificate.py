"""What a page says about the certificate of an explanation under a policy."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from governance.evidence.codec import encode
from governance.evidence.evidence import Evidence, Input, NotAssessed, Rows, RunKey, environment
from governance.explain.results.report import Certificate, LocalExplanation
from governance.review import policy
from pages._ui import certificate
from tests.explain.results.test_report import explanation

GOOD = Certificate(1e-7, exact=True, std_error=0.0, background_rows=100, background_spread=0.01, neighbour_stability=0.9,
                   lime_agreement=0.7, rows_outside_background=0, scale="raw", units="log-odds")  # fmt: skip
CREDIT = policy.from_toml(policy.template("credit"))


def evidence(found: Certificate, method: str = "explain.local") -> Evidence:
    result: LocalExplanation = replace(explanation(), certificate=found)
    key = RunKey(method, 1, (Input("data", "00" * 32),), "", {}, {}, 0)
    return Evidence(key, Rows(1, 1), environment(), encode(result))


def said(found: Certificate) -> str:
    """All words of the verdict, as a page draws it."""

    def page(found: object) -> None:
        from pages._ui import certificate
        from tests.pages.test_certificate import CREDIT, evidence

        certificate.verdict(certificate.held(CREDIT, evidence(found)), "the policy")

    drawn = AppTest.from_function(page, kwargs={"found": found}).run(timeout=30)
    assert not drawn.exception
    return " ".join(item.value for item in drawn.markdown).replace("\\", "")


def test_the_limits_of_a_policy_hold_for_the_explanation_of_one_person_too() -> None:
    lines = certificate.held(CREDIT, evidence(GOOD))
    assert {item.metric for item in lines} == {
        "additivity_gap",
        "std_error",
        "background_spread",
        "neighbour_stability",
    }
    assert {item.line.outcome for item in lines} == {"met"}


def test_inside_the_limits_it_is_said_that_all_are_kept() -> None:
    assert "All 4 limits of the policy are kept" in said(GOOD)


def test_outside_the_limits_it_is_said_which_and_that_it_cannot_be_frozen_without_a_waiver() -> None:
    words = said(replace(GOOD, additivity_gap=0.25))
    assert "Of the 4 limits of the policy, 1 not kept: adding up (0.25, asked for: at most 0.0001)" in words
    assert "cannot be frozen as evidence for a signature without a waiver" in words


def test_what_was_not_measured_is_not_inside_the_limits() -> None:
    words = said(replace(GOOD, neighbour_stability=NotAssessed("no other rows")))
    assert "alike people, alike reasons (not assessed, asked for: at least 0.50)" in words
