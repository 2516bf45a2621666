"""What a search for weak segments says in plain words."""

from __future__ import annotations

from governance.evidence import Escape, ReportLine, interval, number, percent
from governance.language import mark, speaking
from governance.performance.segment_report import ErrorNode, Segment, SegmentsReport


def lead(report: SegmentsReport, escape: Escape = str) -> str:
    """Return the answer to "where does the model err more?" in a sentence or two."""
    voice = speaking(escape)
    if not report.named:
        return voice.say(
            "No segment is known to have {errors} than the rest: {looked_at} sets of rows were compared, and nothing that stood out in "
            "one half of the rows held in the other half beyond chance.",
            errors=voice.say(_worse(report)),
            looked_at=voice.whole(report.looked_at),
        )
    more = len(report.named) - 1
    others = voice.count(
        more,
        "One more segment has {errors} than the rest.",
        "{n} more segments have {errors} than the rest.",
        errors=voice.say(_worse(report)),
    )
    said = sentence(report, report.named[0], voice)
    return f"{said} {others}" if more else said


def _worse(report: SegmentsReport) -> str:
    """Return what a weak segment has: a predicted number is off by much or little, a decision is wrong or not."""
    return mark("more errors") if report.measure == "error_rate" else mark("larger errors")


def sentence(report: SegmentsReport, segment: Segment, escape: Escape = str) -> str:
    """Return what one segment says: who, how often wrong, against whom, and how much of all errors it holds."""
    voice = speaking(escape)
    decides = report.measure == "error_rate"
    write = voice.percent if decides else voice.number
    return voice.say(
        "The model is wrong about {error} of the rows with {there}, against {rest} of the others. Of the half that judged it, {share} of "
        "the rows hold {held} of the errors."
        if decides
        else "The model is off by {error} on average for the rows with {there}, against {rest} for the others. Of the half that judged it, "
        "{share} of the rows hold {held} of all that predictions are off.",
        error=write(segment.error),
        there=voice(segment.cohort),
        rest=write(segment.rest),
        share=voice.percent(segment.judged / report.tree[0].judged),
        held=voice.percent(segment.share_of_errors),
    )


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
    return _worse(report) if segment.named else mark("not beyond chance")


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
