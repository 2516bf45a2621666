"""The words for a plan of several models; screen, command line, report and gate read them here."""

from __future__ import annotations

from collections.abc import Iterator

from governance.evidence import Escape, ReportLine
from governance.serving.schedule_report import PlacedModel, ScheduleReport
from governance.serving.words import VERDICTS, milliseconds


def lead(result: ScheduleReport, escape: Escape = str) -> str:
    """Return in a few sentences how long all models take, which decides it, and whether that keeps to the deadline."""
    said = (
        f"{len(result.plan)} {'model answers' if len(result.plan) == 1 else 'models answer'} on {result.cores} "
        f"{'core' if result.cores == 1 else 'cores'} within {milliseconds(result.makespan_ns)} to "
        f"{milliseconds(result.makespan_beside_ns)}; model {escape(result.last[:8])} is last."
    )
    said += (
        " No order and no number of threads is shorter."
        if result.proved
        else f" It is not proved that this is the shortest plan: none is below {milliseconds(result.bound_ns)}."
    )
    said += f" In the given order, one thread each, {milliseconds(result.given_order_ns)}."
    if result.measured is not None:
        item = result.measured
        said += f" Run on this machine: {milliseconds(item.value_ns)} ({milliseconds(item.low_ns)} to {milliseconds(item.high_ns)})."
    if result.deadline_ns is not None:
        said += f" Deadline of {milliseconds(result.deadline_ns)}: {VERDICTS[result.verdict]}."
    got = f"The machine gave {result.cores_got:.1f} of {result.cores} cores."
    return " ".join(part for part in (said, result.reason, "" if result.reason == got else got) if part)


def step(item: PlacedModel) -> str:
    """Return one model of the plan: "from 0 ms to 4.8 ms on 2 threads"."""
    threads = "1 thread" if item.threads == 1 else f"{item.threads} threads"
    return f"from {milliseconds(item.start_ns)} to {milliseconds(item.end_ns)} on {threads}"


def lines(result: ScheduleReport, escape: Escape = str) -> Iterator[ReportLine]:
    """Yield what a report says of a plan, a line each."""
    bound = f"none is below {milliseconds(result.bound_ns)}"
    yield ReportLine("Plan", f"{result.cores} cores", milliseconds(result.makespan_ns), bound, VERDICTS[result.verdict])
    for item in result.plan:
        yield ReportLine("Model", escape(item.model[:8]), step(item), "none", "")
