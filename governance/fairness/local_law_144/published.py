"""Checks a table that somebody else published: which of its cells follow from the others, and with whom as the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from governance.evidence import TableReading
from governance.fairness.local_law_144.impact_ratio import Line, impact_table
from governance.fairness.local_law_144.published_table import PublishedLine, PublishedTable, Share, read_table
from governance.fairness.report import CellCheck, ImpactTable

Verdict = Literal["yes", "no", "not_checkable"]
Bounds = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Checked:
    """A published table held against itself."""

    table: ImpactTable
    """Computed from the counts; without categories where there are none."""
    cells: tuple[CellCheck, ...]
    best: str
    """The category with the best rate, by counts or as printed."""
    reference_found: str
    """The category with which all ratios that can be checked reproduce, "" when there is none."""
    notes: tuple[str, ...]
    """Lines that were taken for no category, and another reference than the best rate."""
    reading: TableReading
    """How the text was read."""


def check(text: str, *, keep_small: bool = False, justification: str = "") -> Checked:
    """Return the table computed from the counts, and each published rate and ratio against the rest of the table.

    A ratio is held against the best rate first; where that does not reproduce all of them and another reference does, that is said. Rates
    without counts are taken as printed: anything that rounds to them counts as possible.

    Raises:
        RefusedInputError: it is no such table.
    """
    published = read_table(text)
    counted = [
        Line(line.category, line.applicants, line.selected)
        for line in published.lines
        if line.applicants is not None and line.selected is not None
    ]
    table = impact_table(counted, unknown=published.unknown, keep_small=keep_small, justification=justification)
    best = _best(published, table)
    found = _reference(published.lines, best)
    notes = published.notes
    if found and found != best:
        notes = (
            *notes,
            f"The ratios reproduce with {found!r} as the reference, which has not the best rate ({best!r} has).",
        )
    cells = tuple(_cells(published.lines, found or best))
    return Checked(table=table, cells=cells, best=best, reference_found=found, notes=notes, reading=published.reading)


def rates_of(line: PublishedLine) -> Bounds | None:
    """Return between which numbers the rate of a line lies: one from counts, as printed otherwise; None when neither is there."""
    if line.applicants and line.selected is not None:
        exact = Fraction(line.selected, line.applicants)
        return exact, exact
    return (max(line.rate.low, Fraction(0)), line.rate.high) if isinstance(line.rate, Share) else None


def _best(published: PublishedTable, table: ImpactTable) -> str:
    if table.reference and len(table.groups) == len(published.lines):
        return table.reference
    excluded = {group.category for group in table.groups if group.excluded}
    known = {
        line.category: sum(bounds)
        for line in published.lines
        if line.category not in excluded and (bounds := rates_of(line)) is not None
    }
    return max(known, key=lambda name: known[name], default="")


def _reference(lines: Sequence[PublishedLine], best: str) -> str:
    """Return the first category, the best one first, with which no ratio is wrong and at least one of another line is right."""
    names = [best, *(line.category for line in lines if line.category != best)]
    for name in names:
        verdicts = [_ratio(line, name, lines)[1] for line in lines if isinstance(line.impact_ratio, Share)]
        if "no" not in verdicts and verdicts.count("yes") >= min(2, max(1, len(verdicts))):
            return name
    return ""


def _cells(lines: Sequence[PublishedLine], reference: str) -> Iterator[CellCheck]:
    for line in lines:
        if line.rate != "":
            computed, verdict = _rate(line)
            yield _cell(line, "rate", computed, verdict, "")
        if line.impact_ratio != "":
            computed, verdict = _ratio(line, reference, lines)
            yield _cell(line, "impact_ratio", computed, verdict, reference)


def _cell(
    line: PublishedLine, column: Literal["rate", "impact_ratio"], computed: Fraction | None, verdict: Verdict, by: str
) -> CellCheck:
    printed = line.rate if column == "rate" else line.impact_ratio
    return CellCheck(
        category=line.category,
        column=column,
        published=printed.text if isinstance(printed, Share) else printed,
        computed=None if computed is None else float(computed),
        reproduces=verdict,
        reference_found=by,
    )


def _rate(line: PublishedLine) -> tuple[Fraction | None, Verdict]:
    if line.selected is None or not line.applicants:
        return None, "not_checkable"
    exact = Fraction(line.selected, line.applicants)
    if not isinstance(line.rate, Share):
        return exact, "not_checkable"
    return exact, "yes" if _rounds_to(exact, line.rate) else "no"


def _ratio(line: PublishedLine, reference: str, lines: Sequence[PublishedLine]) -> tuple[Fraction | None, Verdict]:
    best = next((item for item in lines if item.category == reference), None)
    ours, theirs = rates_of(line), None if best is None else rates_of(best)
    if ours is None or theirs is None or theirs[1] <= 0:
        return None, "not_checkable"
    if line is best:
        ratio: Bounds = (Fraction(1), Fraction(1))
    else:
        if theirs[0] <= 0:
            return None, "not_checkable"
        ratio = ours[0] / theirs[1], ours[1] / theirs[0]
    middle = ratio[0] if ratio[0] == ratio[1] else sum(ours, Fraction(0)) / sum(theirs, Fraction(0))
    if not isinstance(line.impact_ratio, Share):
        return middle, "not_checkable"
    if ratio[0] == ratio[1]:
        return middle, "yes" if _rounds_to(ratio[0], line.impact_ratio) else "no"
    return middle, "yes" if ratio[0] <= line.impact_ratio.high and line.impact_ratio.low <= ratio[1] else "no"


def _rounds_to(exact: Fraction, printed: Share) -> bool:
    """Compare at the printed precision; halves may be rounded either way."""
    steps = Decimal((exact / printed.step).numerator) / Decimal((exact / printed.step).denominator)
    wanted = printed.value / printed.step
    return any(wanted == int(steps.quantize(Decimal(1), way)) for way in (ROUND_HALF_UP, ROUND_HALF_DOWN))
