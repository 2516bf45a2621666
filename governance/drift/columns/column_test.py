"""What a drift test of one column is, and what it gets to see. Light to import: statistics load what they need when they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from governance.drift.results.report import Kind
from governance.evidence import NotAssessed

if TYPE_CHECKING:
    from governance.drift.columns.null_distribution import Chance
    from governance.drift.samples.ecdf import Scan
    from governance.drift.samples.pairs import Pair
    from governance.drift.samples.shares import Tables
    from governance.drift.samples.two_samples import Ints, Runs


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that can change in a column; its tests share one question of the correction."""

    name: str
    in_cells: bool
    """Whether distances on counted cells see it too, so that they may alert when its tests are sure."""


VALUES: Final = Facet("values", in_cells=True)
MISSING_VALUES: Final = Facet("missing values", in_cells=True)
NEW_CATEGORIES: Final = Facet("new categories", in_cells=False)
INFINITE_VALUES: Final = Facet("infinite values", in_cells=False)
FACETS: Final = (VALUES, MISSING_VALUES, NEW_CATEGORIES, INFINITE_VALUES)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a test measured, before correction and judgement."""

    statistic: float | None
    """In the unit that the test names; None when it cannot be had."""
    p_value: float | None
    """0 to 1; None for a distance, which has a noise floor instead."""
    noise_floor: float | None
    """What the effect stays under in 95 of 100 pairs of windows without any drift."""
    reason: str
    """How it was found, or why it could not be."""
    effect: float | None = None
    """What is held against the limit and the noise floor."""
    also: Mapping[str, float] = field(default_factory=dict)
    """Further figures by name."""
    open: bool = True
    """Whether it could have come out otherwise, judged from both windows together; only then it takes part in the correction."""


@dataclass(frozen=True, slots=True)
class NumericValues:
    """The usable values of a numeric column in both windows, at least one in each."""

    runs: Runs
    scan: Scan
    chance: Chance
    cells: Tables
    """Rows in the deciles of the reference, missing values not among them."""
    drawn: Tables | None
    """Cells, the missing one last, under no drift; None where the chi-square law serves."""
    cells_are: str = "reference deciles"


@dataclass(frozen=True, slots=True)
class CategoryValues:
    """The levels of a categorical column in both windows, at least one row in each."""

    cells: Tables
    """Rows of each level, missing values not among them."""
    relabelled: Ints | None
    """Current rows of each level under no drift; None where the chi-square law serves."""
    drawn: Tables | None
    """Cells, the missing one last, under no drift; None where the chi-square law serves."""
    cells_are: str = "categories"


Values: TypeAlias = NumericValues | CategoryValues


@dataclass(frozen=True, slots=True)
class CountedColumn:
    """What a test gets to see."""

    pair: Pair
    """Counts of all rows, of missing and of infinite ones."""
    values: Values | NotAssessed
    """The usable values, or why there are none to compare."""

    @property
    def usable(self) -> Values:
        """The values of a column that has some.

        Raises:
            TypeError: it has none; a test that `needs_values` is never asked then.
        """
        if isinstance(self.values, NotAssessed):
            raise TypeError(f"no values: {self.values.reason}")
        return self.values

    @property
    def numbers(self) -> NumericValues:
        """The values of a numeric column.

        Raises:
            TypeError: the column is categorical; a test is asked only about the kinds that it names.
        """
        if not isinstance(self.values, NumericValues):
            raise TypeError(f"not numeric: {self.values}")
        return self.values

    @property
    def categories(self) -> CategoryValues:
        """The levels of a categorical column.

        Raises:
            TypeError: the column is numeric; a test is asked only about the kinds that it names.
        """
        if not isinstance(self.values, CategoryValues):
            raise TypeError(f"not categorical: {self.values}")
        return self.values


def always(_: Pair) -> bool:
    """Return that a test is asked of every column of its kinds."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTest:
    """One drift test. Limits, verdicts, alarms, absent rows, glossary, screen, text and JSON are derived from it."""

    id: str
    """Its name in documents and parameters, never changed."""
    kinds: tuple[Kind, ...]
    """Columns that it applies to."""
    facet: Facet
    """What change it looks for."""
    measure: Callable[[CountedColumn], Measured]
    default_limit: float
    """From this effect on a change counts in practice."""
    unit: str
    """What the effect is measured in, with its range."""
    label: str
    """What a screen calls it: a plain word with the field's word beside it."""
    said: str
    """The effect in half a sentence; `{0}` is the effect."""
    meaning: str
    """What the number says, with its best value: one or two sentences for people without training."""
    field_name: str
    """What the field calls it, "" where that is the plain name."""
    source: str
    """Where its definition comes from."""
    corrected: bool = True
    """Whether it carries a p value and takes part in the correction; False for a distance that has a noise floor alone."""
    decides: bool = True
    """Whether it takes part in the verdict; False for a distance that is shown beside the others."""
    needs_values: bool = True
    """Whether it compares values, so that it has nothing to say of a window that lacks them; it is there with the reason then."""
    applies: Callable[[Pair], bool] = always
    """Whether it is asked of a column at all."""
