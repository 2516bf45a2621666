"""What was checked on a table, what came of it, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckOutcome = Literal["passed", "failed", "not_run"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check with its outcome."""

    check: str
    """Its id, see `check_list.CHECKS`."""
    column: str
    """"" when the check is about the whole table."""
    outcome: CheckOutcome
    value: float | None
    """What was measured (a share of rows unless the question says otherwise), None when nothing was."""
    threshold: float | None
    """The value at which the outcome turns, None when there is no such number."""
    reason: str
    """One sentence with the numbers; for "not_run" why it could not be run."""
    examples: tuple[str, ...] = ()
    """Values that made it fail, at most five."""


@dataclass(frozen=True, slots=True)
class ColumnCount:
    """What one column holds, for the table beneath the checks."""

    name: str
    kind: str
    missing: int
    distinct: int | None
    """Different values of a text column, None for numbers and beyond 10,000."""
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Every check of one table."""

    checks: tuple[Check, ...]
    """Failed first, then not run, then passed; within these by check and column."""
    columns: tuple[ColumnCount, ...]
    source: str
    """Where the expectations come from, in words."""
    rows: int
    sampled_rows: int
    """Rows looked at for leakage, order and medians: every k-th row when the table is long."""

    def count(self, outcome: CheckOutcome) -> int:
        """Return how many checks ended in this way."""
        return sum(check.outcome == outcome for check in self.checks)
