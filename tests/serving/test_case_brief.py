"""The brief of a case says what attestation and latency show, and for which side it speaks."""

from __future__ import annotations

from dataclasses import replace

from governance.dossier.decision_brief import DRAWN
from governance.language import speaking
from governance.serving.derive_report import DeriveReport
from governance.serving.latency_report import LatencyReport
from governance.serving.report import AttestReport, Coverage
from tests.serving.test_derive import people, report, turned
from tests.serving.test_latency import calm_times, judge

ATTEST = AttestReport(
    outcome="identical", same=True, rows=390, rows_answered=390, requests=300, unreachable=0, unusable=0, differing_rows=0,
    differing_requests=0, found_at=None, share_low=0.0, share_high=0.0286, largest_difference=0.0, tolerance=1e-6,
    tolerance_why="", coverage=Coverage("trees"), bound_rows=0.03, bound_requests=0.01, labels_only=False, first=(), reasons=(),
    place="branch", challenge="d" * 64, committed=7, pin="", claimed="", started="", ended="", log=False,
)  # fmt: skip


def drawn(method: str, report: AttestReport | DeriveReport | LatencyReport):
    return DRAWN[method](report, "e" * 64, speaking(str))


def test_the_same_answers_speak_for_the_model_and_other_ones_against_it() -> None:
    good = drawn("serving.attest", ATTEST)
    assert (good.side, good.sentence) == (
        "for",
        "branch answers as the approved model does, bit for bit: 300 requests.",
    )
    bad = drawn(
        "serving.attest", replace(ATTEST, outcome="different", same=False, differing_requests=30, share_low=0.06)
    )
    assert (bad.side, bad.claim) == ("against", "branch answers otherwise than the approved model: 30 of 300 requests.")
    assert (bad.bars[0].value, bad.bars[0].low) == (0.1, 0.06)


def test_answers_of_which_some_broke_the_protocol_leave_the_question_open() -> None:
    assert drawn("serving.attest", replace(ATTEST, same=False, unusable=3)).side == "open"


def test_a_budget_that_is_met_speaks_for_the_model_and_one_that_nobody_can_judge_for_neither() -> None:
    report = judge(calm_times())
    met = drawn("serving.latency", report)
    assert (met.side, met.sentence) == ("for", "All but 1.0 % of the requests are answered within 100 ms.")
    assert [bar.name for bar in met.bars] == ["p50", "p95", "p99"]
    unsure = drawn("serving.latency", replace(report, budget=replace(report.budget, verdict="cannot_judge")))
    assert unsure.side == "open"


def test_a_copy_that_keeps_to_its_limits_speaks_for_itself_and_one_that_breaks_them_against_it() -> None:
    frame = people(40_000)
    good = drawn("serving.derive", report(frame, frame["score"].to_numpy()))
    assert good.side == "for"
    assert good.sentence.startswith(
        "This copy of another model keeps to its limits: 0 of 40,000 rows are decided otherwise; the largest harm"
    )
    bad = drawn("serving.derive", report(frame, turned(frame, "F", 400)))
    assert bad.side == "against"
    assert "sex = F)" in bad.sentence
    assert [bar.name for bar in bad.bars if bar.stands_out] == ["share selected (selection rate), sex = F"]
    few = people(200)
    assert drawn("serving.derive", report(few, few["score"].to_numpy())).side == "open"
