"""Impact ratios as New York City's Local Law 144 defines them, and the four-fifths rule in whole numbers.

Sources: 6 RCNY 5-300 and 5-301 (definitions of selection rate, scoring rate, impact ratio; exclusion under 2 %); Uniform
Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D, and question 11 of their questions and answers (four-fifths).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from governance.evidence import RefusedInputError
from governance.fairness.report import ImpactCategory, ImpactTable

STANDARD_JUSTIFICATION = (
    "Fewer than 2 % of the people in the data belong to it, so that its ratio would rest on too few decisions."
)


@dataclass(frozen=True, slots=True)
class Line:
    """Counts of one category."""

    category: str
    applicants: int
    selected: int


def below_four_fifths(selected: int, applicants: int, best_selected: int, best_applicants: int) -> bool:
    """Return whether the rate is below four fifths of the best rate; exactly 0.80 is not. Whole numbers, no rounding."""
    return 5 * selected * best_applicants < 4 * best_selected * applicants


def checked(lines: Sequence[Line]) -> None:
    """Refuse counts that cannot be counts.

    Raises:
        RefusedInputError: a category twice, a negative count, or more people selected than applied.
    """
    names = [line.category for line in lines]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RefusedInputError(
            f"Category {twice[0]!r} occurs {names.count(twice[0])} times, expected once.", "Add the rows up."
        )
    for line in lines:
        if line.applicants < 0 or line.selected < 0 or line.selected > line.applicants:
            raise RefusedInputError(
                f"Category {line.category!r} has {line.selected} selected of {line.applicants} applicants.",
                "Expected 0 <= selected <= applicants.",
            )


def impact_table(
    lines: Sequence[Line],
    *,
    attributes: tuple[str, ...] = ("category",),
    form: Literal["selection_rate", "scoring_rate"] = "selection_rate",
    median: float | None = None,
    unknown: int = 0,
    keep_small: bool = False,
    justification: str = "",
) -> ImpactTable:
    """Return rates and impact ratios of the categories, in the order given.

    The reference is the category with the highest rate among those not excluded (the larger one of two equal rates). A category
    under 2 % of the people in the table is excluded, with the justification recorded, unless `keep_small`.

    Raises:
        RefusedInputError: counts that cannot be counts.
    """
    checked(lines)
    everyone = sum(line.applicants for line in lines)
    excluded = {line.category for line in lines if not keep_small and 50 * line.applicants < everyone}
    best = _best([line for line in lines if line.category not in excluded and line.applicants])
    groups = tuple(_category(line, best, excluded=line.category in excluded) for line in lines)
    return ImpactTable(
        attributes=attributes,
        form=form,
        median=median,
        groups=groups,
        reference=best.category if best else "",
        unknown=unknown,
        justification=(justification or STANDARD_JUSTIFICATION) if excluded else "",
    )


def _best(lines: Sequence[Line]) -> Line | None:
    """Return the line with the highest rate, compared as fractions; None when nobody was selected."""
    best: Line | None = None
    for line in lines:
        if best is None:
            best = line
            continue
        left, right = line.selected * best.applicants, best.selected * line.applicants
        if left > right or (left == right and line.applicants > best.applicants):
            best = line
    return best if best is not None and best.selected > 0 else None


def _category(line: Line, best: Line | None, *, excluded: bool) -> ImpactCategory:
    rate = line.selected / line.applicants if line.applicants else None
    if best is None or excluded or rate is None:
        return ImpactCategory(
            category=line.category,
            applicants=line.applicants,
            selected=line.selected,
            rate=rate,
            impact_ratio=None,
            excluded=excluded,
            below_four_fifths=None,
        )
    ratio = (line.selected * best.applicants) / (line.applicants * best.selected)
    below = below_four_fifths(line.selected, line.applicants, best.selected, best.applicants)
    return ImpactCategory(
        category=line.category,
        applicants=line.applicants,
        selected=line.selected,
        rate=rate,
        impact_ratio=ratio,
        excluded=excluded,
        below_four_fifths=below,
    )
