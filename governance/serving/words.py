"""The words for results of this room; screen, command line, report and gate read them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.evidence import Escape, ReportLine
from governance.serving.budget import CALM
from governance.serving.latency_report import LatencyReport
from governance.serving.quantile import Quantile
from governance.serving.report import AttestReport, Coverage

OUTCOMES: Final = {
    "identical": "the answers are the approved model's, bit for bit",
    "equal_within": "the answers are the approved model's, up to rounding",
    "different": "another model answers",
}


def one_in(share: float) -> str:
    """Return a bounded share as a person says it: 0.0099 is "fewer than 1 in 101", 0.78 "fewer than 78 % of the"."""
    if share >= 1:
        return "any number of"
    return f"fewer than {share:.0%} of the".replace("%", " %") if share > 0.5 else f"fewer than 1 in {int(1 / share):,}"


def attest_lead(result: AttestReport, escape: Escape = str) -> str:
    """Return in a few sentences whether the served model is the approved one."""
    where = escape(result.place)
    if result.outcome == "different":
        found = (
            f"At {where} another model answers: {result.differing_requests:,} of {result.requests:,} requests had an answer that the "
            f"approved model does not give, the first of them was number {result.found_at}."
        )
        if result.share_high < 1:
            found += f" Between {result.share_low:.1%} and {result.share_high:.1%} of the requests go there."
        return found
    said = f"At {where} {OUTCOMES[result.outcome]}. {coverage(result.coverage)}"
    said += (
        f" At 95 %, {one_in(result.bound_requests)} requests go to another model ({result.requests:,} were answered)."
    )
    return said + _reservations(result)


def _reservations(result: AttestReport) -> str:
    said = ""
    if result.labels_only:
        said += " Scores are not returned: a small change of a score cannot show in labels."
    if result.unusable:
        said += f" {result.unusable:,} answers broke the protocol."
    if result.unreachable:
        said += f" {result.unreachable:,} requests had no answer."
    if result.log:
        said += " The answers come from a log that the server's operator wrote."
    return said


def coverage(found: Coverage) -> str:
    """Return what the rows tested, as a sentence."""
    if found.kind == "trees":
        said = (
            f"{_all(found.leaves_visited, found.leaves_reachable, 'leaf', 'leaves')} and "
            f"{_all(found.splits_tested, found.splits_reachable, 'split', 'splits')} of its trees were tested."
        )
        return said[0].upper() + said[1:]
    if found.kind == "weights":
        said = f"{_all(found.weights_tested, found.weights, 'coefficient', 'coefficients')} of its sum were tested."
        return said[0].upper() + said[1:]
    return (
        f"The graph has no trees or single weighted sum that rows could be made for: it was asked about {found.rows_like_data:,} rows "
        "of the data, and a change that touches few rows can stay unseen."
    )


def _all(part: int, whole: int, one: str, many: str) -> str:
    return f"all {whole:,} {many if whole != 1 else one}" if part >= whole else f"{part:,} of {whole:,} {many}"


def attest_lines(result: AttestReport) -> Iterator[ReportLine]:
    """Yield what a report says of an attestation, a line each."""
    yield ReportLine("Served model", result.place, result.outcome.replace("_", " "), OUTCOMES[result.outcome], "")
    yield ReportLine(
        "Requests answered",
        result.place,
        f"{result.requests:,}",
        one_in(result.bound_requests),
        "go to another model, 95 %",
    )
    yield ReportLine("Rows tested", result.place, f"{result.rows_answered:,}", coverage(result.coverage), "")
    yield ReportLine("Largest difference", result.place, f"{result.largest_difference:.2g}", result.tolerance_why, "")
    for item in result.first:
        yield ReportLine("Another answer", f"row {item.row}", item.got, f"approved: {item.expected}", item.purpose)


VERDICTS: Final = {"met": "met", "not_met": "not met", "cannot_judge": "cannot judge"}


def milliseconds(nanoseconds: int | None) -> str:
    """Return a time as a person reads it, "?" where there is none."""
    return "?" if nanoseconds is None else f"{nanoseconds / 1e6:.3g} ms"


def quantile_line(item: Quantile) -> str:
    """Return a quantile with its interval: "p99 4.8 ms (4 ms to 5.5 ms)"; an end that nobody can tell is a question mark."""
    return (
        f"p{100 * item.p:g} {milliseconds(item.value_ns)} ({milliseconds(item.low_ns)} to {milliseconds(item.high_ns)}, "
        f"{item.n_eff:,} independent of {item.n:,} requests)"
    )


def latency_lead(result: LatencyReport, escape: Escape = str) -> str:
    """Return in a few sentences how fast the model answers and whether that keeps to the budget."""
    at_rate = f" at {result.rate:g} requests a second" if result.rate else ", one request after the other"
    slow = f"all but {result.budget.share:.3g} of the requests within {milliseconds(result.budget.limit_ns)}"
    said = f"Budget of {slow}{at_rate}, {escape(result.place)}: {VERDICTS[result.budget.verdict]}."
    if result.budget.reason:
        said += f" {result.budget.reason}"
    if result.quantiles:
        last = result.quantiles[-1]
        said += f" p{100 * last.p:g} is {milliseconds(last.value_ns)} ({milliseconds(last.low_ns)} to {milliseconds(last.high_ns)})."
    return f"{said} {calm(result)}"


def calm(result: LatencyReport) -> str:
    """Return whether the machine was calm enough to judge."""
    state = "calm" if result.preempted_share <= CALM else "busy"
    return f"The machine was {state}: it did other work during {result.preempted_share:.1%} of the requests."


def holds(result: LatencyReport) -> str:
    """Return which rate the replay says it holds."""
    if result.holds is None:
        return "By replay it holds the budget at no rate that was tried."
    return f"By replay it holds the budget up to {result.holds:,.0f} requests a second."


def latency_lines(result: LatencyReport) -> Iterator[ReportLine]:
    """Yield what a report says of times, a line each."""
    verdict = VERDICTS[result.budget.verdict]
    limit = f"{milliseconds(result.budget.limit_ns)} for all but {result.budget.share:.3g}"
    yield ReportLine(
        "Latency budget", result.place, f"{result.budget.over:,} of {result.budget.n:,} over", limit, verdict
    )
    for item in result.quantiles:
        ends = f"{milliseconds(item.low_ns)} to {milliseconds(item.high_ns)}"
        yield ReportLine(f"Latency (p{100 * item.p:g})", result.place, milliseconds(item.value_ns), ends, "")
    yield ReportLine("Machine", result.place, f"{result.preempted_share:.1%} interrupted", "at most 5 %", calm(result))
