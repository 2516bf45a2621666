"""What a reader learns about where a model errs more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import Rows
from governance.performance.report import Task


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that share the values of one or a few columns, found on one half and judged on the other."""

    cohort: str
    """The rows as a filter that every page and command reads: `region = "south" and age >= 60`."""
    columns: tuple[str, ...]
    """Columns that the filter names."""
    rows: int
    """Rows of both halves."""
    share: float
    """Of the rows used, 0 to 1: its coverage."""
    found: float
    """Error on the half where it was looked for; too high on average, since it was chosen for it."""
    judged: int
    """Rows of the other half."""
    error: float
    """Error on the other half: a share of wrong decisions, or a mean absolute error in the unit of the target."""
    low: float | None
    """Interval of `error`, corrected for the number of segments judged; None where one row has no spread."""
    high: float | None
    rest: float
    """Error on the other half outside the segment."""
    difference: float
    """`error` minus `rest`; 0 is best."""
    difference_low: float | None
    """Interval of the difference, corrected likewise."""
    difference_high: float | None
    share_of_errors: float
    """Part of all errors of the other half that falls into it, 0 to 1."""
    named: bool
    """Whether the whole corrected interval of the difference lies above 0."""


@dataclass(frozen=True, slots=True)
class ErrorNode:
    """One node of the error tree: grown on one half, measured on the other."""

    id: int
    """Position in the tree's list, from 0 for all rows."""
    parent: int
    """Id of the node above, -1 for the first."""
    test: str
    """What the rows share beyond those of the node above; "" for the first."""
    cohort: str
    """All tests on the way as one filter."""
    rows: int
    """Rows of both halves."""
    share: float
    """Of the rows used, 0 to 1."""
    judged: int
    """Rows of the half that was not used to grow the tree."""
    error: float | None
    """Their error; None when there are none."""
    low: float | None
    """95 % interval of this node alone, not corrected."""
    high: float | None
    leaf: bool
    """Whether nothing stands below it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column in which nothing was looked for."""

    column: str
    reason: str
    """Why, with the number."""


@dataclass(frozen=True, slots=True)
class SegmentsReport:
    """Where the model errs, as a list and as a tree."""

    task: Task
    measure: Literal["error_rate", "mean_absolute_error"]
    """What `error` means everywhere in the report."""
    rows: Rows
    weighted: bool
    error: float
    """Over all rows used."""
    low: float | None
    """95 % interval of it; None where one row has no spread."""
    high: float | None
    looked_at: int
    """Sets of rows that were compared in the search, in both halves together."""
    finds: int
    """Sets of rows that stood out in one half and were judged on the other; the intervals are corrected for their number."""
    confidence: float
    """Joint coverage of the intervals of all segments, 0 to 1."""
    segments: tuple[Segment, ...]
    """What was judged, the surest first; of two that share half of their rows the surer one. `named` tells those that hold."""
    tree: tuple[ErrorNode, ...]
    columns: tuple[str, ...]
    """Columns that were searched."""
    left_out: tuple[LeftOut, ...]

    @property
    def named(self) -> tuple[Segment, ...]:
        """The segments whose error is higher beyond chance."""
        return tuple(item for item in self.segments if item.named)
