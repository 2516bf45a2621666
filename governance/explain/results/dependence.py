"""What a reader learns about how the model's answer follows one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.explain.results.report import Scale


@dataclass(frozen=True, slots=True)
class Step:
    """The answers with one value of the column put into every row."""

    value: float | None
    """The value, None for a name and for a missing value."""
    label: str
    """The value as text; "missing" for none."""
    mean: float
    """Mean answer over the rows: the partial dependence (Friedman, Annals of Statistics 29:1189-1232, 2001)."""
    low: float | None
    """95 % interval of the mean, since the rows are a sample; None for one row."""
    high: float | None
    rows: int
    """Rows of the data that hold this value; of numbers, those nearest to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row's answers with each value put in its place (individual conditional expectation, Goldstein et al. 2015)."""

    row: int
    """Position in the data, from 0."""
    answers: tuple[float, ...]
    """One for each step."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """How the model's answer follows one column: the mean, single rows, and where the data lie."""

    column: str
    kind: Literal["number", "name"]
    scale: Scale
    units: str
    """Of the answers."""
    target: str
    """Class whose answer is shown; "" for regression."""
    steps: tuple[Step, ...]
    """Numbers ascending, names by how often they occur; a missing value last."""
    lines: tuple[Line, ...]
    """Some rows, spread evenly over those that are averaged."""
    person: Line | None
    """The row that was asked for; None when none was."""
    own_value: str
    """That row's own value as text, "" when none was asked for."""
    averaged: int
    """Rows over which the mean is taken."""
    middle_low: float | None
    """The 5 % quantile of the column, None for names: nine tenths of the data lie between it and `middle_high`."""
    middle_high: float | None
    left_out: int
    """Values of a column of names that are too rare to be shown."""
    notes: tuple[str, ...]

    @property
    def swing(self) -> float:
        """The largest mean minus the smallest, at least 0."""
        means = [step.mean for step in self.steps]
        return max(means) - min(means) if means else 0.0
