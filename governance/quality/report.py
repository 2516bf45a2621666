"""What was checked on a table, what came of it, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

CheckName = Literal[
    "column_exists",
    "type",
    "missing",
    "empty_text",
    "padded_text",
    "broken_text",
    "infinite",
    "sentinel",
    "range",
    "values",
    "constant",
    "unit_jump",
    "unique_key",
    "duplicate_rows",
    "imbalance",
    "leakage",
    "order",
    "freshness",
    "rule",
    "foreign",
]
CheckOutcome = Literal["passed", "failed", "not_run"]

QUESTIONS: Final[dict[CheckName, str]] = {
    "column_exists": "Is the column there?",
    "type": "Does the column hold the kind of value that is expected?",
    "missing": "Which share of the rows has no value?",
    "empty_text": "Which share of the rows holds text without a visible character?",
    "padded_text": "Which share of the rows holds text that starts or ends with a space?",
    "broken_text": "Which share of the rows holds text that was decoded wrongly?",
    "infinite": "Which share of the rows holds an infinite number?",
    "sentinel": "Which share of the rows holds a code that usually means missing, such as -999?",
    "range": "Which share of the rows lies outside the stated range?",
    "values": "Which share of the rows holds a value that is not in the stated list?",
    "constant": "Does the column say anything at all?",
    "unit_jump": "Did the unit change, so that the median is ten, a hundred or a thousand times another?",
    "unique_key": "Which share of the rows repeats the identifier of an earlier row?",
    "duplicate_rows": "Which share of the rows repeats an earlier row in every column but the identifier?",
    "imbalance": "Which share of the rows has the rarest label?",
    "leakage": "Does one column alone tell the label, as if it had been written down afterwards?",
    "order": "Do the values change along the file, so that its beginning differs from its end?",
    "freshness": "Is the latest moment recent enough?",
    "rule": "Which share of the rows breaks the stated rule?",
    "foreign": "An expectation of another tool.",
}
"""The question that each check answers, in plain words."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check with its outcome."""

    check: CheckName
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
