"""What a dependence says in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from governance.evidence import Escape, ReportLine, interval, number
from governance.explain.results.dependence import Dependence


def lead(result: Dependence, escape: Escape = str) -> str:
    """Return how far the mean answer moves with the column, and in which direction, in a sentence."""
    if not result.steps:
        return f"The column {escape(result.column)} holds no value."
    lowest, highest = (pick(result.steps, key=lambda step: step.mean) for pick in (min, max))
    return (
        f"With {escape(result.column)} at {escape(lowest.label)} the mean answer is {number(lowest.mean)}, at "
        f"{escape(highest.label)} {number(highest.mean)}: a swing of {number(result.swing)} in {result.units}."
    )


def of_person(result: Dependence, escape: Escape = str) -> str:
    """Return how far the answer for the one person moves with the column, in a sentence; the mean's where no person is named."""
    if result.person is None or not result.steps or len(result.person.answers) != len(result.steps):
        return lead(result, escape)
    ends = sorted(
        zip(result.person.answers, (step.label for step in result.steps), strict=True), key=lambda end: end[0]
    )
    (lowest, at_lowest), (highest, at_highest) = ends[0], ends[-1]
    return (
        f"With {escape(result.column)} at {escape(at_lowest)} the answer for this person is {number(lowest)}, at {escape(at_highest)} "
        f"{number(highest)}: a swing of {number(highest - lowest)} in {result.units} for this person."
    )


def lines(result: Dependence) -> Iterator[ReportLine]:
    """Yield one line per value."""
    for step in result.steps:
        yield ReportLine(
            what="Mean answer with this value in every row (partial dependence)",
            about=f"{result.column}: {step.label}",
            value=number(step.mean, 4),
            bounds=interval(step.low, step.high, 4),
            judgement="",
        )
