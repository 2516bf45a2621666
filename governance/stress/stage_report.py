"""What the stage tests say: at which step of a pipeline a batch first leaves what earlier rows suggest. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sort = Literal["range", "missing", "category", "one_each"]
"""range: a number outside the range; missing: no number; category: a text never seen; one_each: a row without its one category."""


@dataclass(frozen=True, slots=True)
class StageCheck:
    """One expectation of one column of a stage, held against a batch."""

    check: Sort
    column: str
    """Raw columns behind it, numbered where a stage makes several columns of one; "" for the stage as a whole."""
    expected: str
    """In words, with numbers as the reference holds them."""
    rows: int
    """Rows of the batch that break it."""
    by_chance: float
    """Rows of such a batch that would break it by chance if nothing had changed."""
    p_value: float
    """Chance of at least so many rows if nothing had changed, 0 to 1."""
    first_row: int
    """The first such row, from 0; -1 where there is none."""
    value: str
    """What stands in that row; "" where there is none."""
    failed: bool
    """Whether chance is ruled out, all expectations of all stages together, at 1 %."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage."""

    stage: int
    """From 0, in the order in which the file computes."""
    operator: str
    """ONNX operator; "input" for the columns as the model reads them."""
    tensor: str
    """Its name in the file; "" for the input."""
    columns: tuple[str, ...]
    """Raw columns that it is made from."""
    width: int
    """Columns that it makes."""
    expectations: int
    """How many were proposed from the reference and held against the batch."""
    failed: tuple[StageCheck, ...]
    """Those that the batch breaks beyond chance, the least likely first."""
    broken: tuple[StageCheck, ...]
    """Those that it breaks, but not beyond chance."""
    first_row: int
    """First row that breaks one of those that failed; -1 where none failed."""


@dataclass(frozen=True, slots=True)
class SkippedStage:
    """A stage that could not be looked at, and why."""

    tensor: str
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class StagesReport:
    """Every stage of a model's file, held against what the reference suggests."""

    stages: tuple[StageResult, ...]
    skipped: tuple[SkippedStage, ...]
    first: int
    """Place in `stages` of the first one that the batch leaves; -1 where it leaves none."""
    last: int
    """Place of the last one; where it is not the last stage, the file hides the error from there on."""
    rows: int
    reference_rows: int
    expectations: int
    """Of all stages."""
