"""What a dependence says in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from governance.evidence import Escape, ReportLine, interval, number
from governance.explain.results.dependence import Dependence
from governance.language import speaking


def lead(result: Dependence, escape: Escape = str) -> str:
    """Return how far the mean answer moves with the column, and in which direction, in a sentence."""
    voice = speaking(escape)
    if not result.steps:
        return voice.say("The column {column} holds no value.", column=voice(result.column))
    lowest, highest = (pick(result.steps, key=lambda step: step.mean) for pick in (min, max))
    return voice.say(
        "With {column} at {at_lowest} the mean answer is {lowest}, at {at_highest} it is {highest}: a swing of {swing} in {units}.",
        column=voice(result.column),
        at_lowest=voice(lowest.label),
        lowest=voice.number(lowest.mean),
        at_highest=voice(highest.label),
        highest=voice.number(highest.mean),
        swing=voice.number(result.swing),
        units=voice.say(result.units),
    )


def of_person(result: Dependence, escape: Escape = str) -> str:
    """Return how far the answer for the one person moves with the column, in a sentence; the mean's where no person is named."""
    if result.person is None or not result.steps or len(result.person.answers) != len(result.steps):
        return lead(result, escape)
    ends = sorted(
        zip(result.person.answers, (step.label for step in result.steps), strict=True), key=lambda end: end[0]
    )
    (lowest, at_lowest), (highest, at_highest) = ends[0], ends[-1]
    voice = speaking(escape)
    return voice.say(
        "With {column} at {at_lowest} the answer for this person is {lowest}, at {at_highest} it is {highest}: a swing of {swing} in "
        "{units} for this person.",
        column=voice(result.column),
        at_lowest=voice(at_lowest),
        lowest=voice.number(lowest),
        at_highest=voice(at_highest),
        highest=voice.number(highest),
        swing=voice.number(highest - lowest),
        units=voice.say(result.units),
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
