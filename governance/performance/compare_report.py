"""What a reader learns when two models are held against each other on the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import Rows
from governance.performance.report import Task


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """One measure of two models."""

    metric: str
    """sklearn's or fairlearn's word."""
    current: float
    """Of the model that is looked at."""
    candidate: float
    """Of the other one."""
    change: float
    """Candidate minus current."""
    low: float | None
    """Paired interval of the change; None where too few draws define it."""
    high: float | None
    verdict: Literal["better", "worse", "no_clear_change"]
    """What the other model is, where the whole interval lies on one side of 0."""


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """Two models on the same rows."""

    task: Task
    rows: Rows
    weighted: bool
    draws: int
    """Bootstrap draws, each of the same rows for both models."""
    confidence: float
    """Coverage that each interval aims at, 0 to 1; not corrected for their number."""
    decided_otherwise: int | None
    """Rows that the two decide differently; None for numbers."""
    measures: tuple[ComparedMeasure, ...]
