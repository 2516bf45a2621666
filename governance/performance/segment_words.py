"""What a search for weak segments says in plain words."""

from __future__ import annotations

from governance.evidence import Escape, ReportLine, interval, number, percent
from governance.performance.segment_report import ErrorNode, Segment, SegmentsReport


def lead(report: SegmentsReport, escape: Escape = str) -> str:
    """Return the answer to "where does the model err more?" in a sentence or two."""
    if not report.named:
        return (
            f"No segment is known to have {_worse(report)} than the rest: {report.looked_at:,} sets of rows were compared, and nothing "
            "that stood out in one half of the rows held in the other half beyond chance."
        )
    first = report.named[0]
    more = len(report.named) - 1
    have = "One more segment has" if more == 1 else f"{more} more segments have"
    others = f" {have} {_worse(report)} than the rest." if more else ""
    return f"{sentence(report, first, escape)}{others}"


def _worse(report: SegmentsReport) -> str:
    """Return what a weak segment has: a predicted number is off by much or little, a decision is wrong or not."""
    return "more errors" if report.measure == "error_rate" else "larger errors"


def sentence(report: SegmentsReport, segment: Segment, escape: Escape = str) -> str:
    """Return what one segment says: who, how often wrong, against whom, and how much of all errors it holds."""
    there = escape(segment.cohort)
    if report.measure == "error_rate":
        said = f"is wrong about {percent(segment.error)} of the rows with {there}, against {percent(segment.rest)} of the others"
    else:
        said = f"is off by {number(segment.error)} on average for the rows with {there}, against {number(segment.rest)} for the others"
    share = percent(segment.judged / report.tree[0].judged)
    held = "the errors" if report.measure == "error_rate" else "all that predictions are off"
    return f"The model {said}. Of the half that judged it, {share} of the rows hold {percent(segment.share_of_errors)} of {held}."


def amount(report: SegmentsReport, value: float | None) -> str:
    """Return an error as a person reads it: a share as a percentage, a mean absolute error as a number."""
    return percent(value) if report.measure == "error_rate" else number(value)


def ends(report: SegmentsReport, low: float | None, high: float | None) -> str:
    """Return an interval of an error in the same unit."""
    if report.measure == "error_rate" and low is not None and high is not None:
        return f"{percent(low)} to {percent(high)}"
    return interval(low, high)


def of_node(report: SegmentsReport, node: ErrorNode) -> str:
    """Return what a node of the error tree says: its error with the interval, and its rows."""
    within = ends(report, node.low, node.high)
    said = "wrong about " if report.measure == "error_rate" else "off by "
    return f"{said}{amount(report, node.error)} ({within}), {node.rows:,} rows"


def verdict(report: SegmentsReport, segment: Segment) -> str:
    """Return what the corrected interval says."""
    return _worse(report) if segment.named else "not beyond chance"


def lines(report: SegmentsReport) -> tuple[ReportLine, ...]:
    """Return the segments as lines of a report."""
    return tuple(
        ReportLine(
            what="Error above the rest",
            about=item.cohort,
            value=amount(report, item.difference),
            bounds=ends(report, item.difference_low, item.difference_high),
            judgement=verdict(report, item),
        )
        for item in report.segments
    )
