"""What `models.predict` is asked and what it answers, light to import."""

from __future__ import annotations

from dataclasses import dataclass

from governance.subject import Task


@dataclass(frozen=True, slots=True)
class PredictParameters:
    """How the rows are walked through; does not change the answers."""

    chunk_rows: int = 65_536
    """Rows read from disk at a time, at least 1."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """The scores of one class, or the predicted values of a regression."""

    name: str
    """Class label; "" for regression."""
    predicted: int
    """Rows that the model itself gives this label; 0 for regression."""
    mean: float
    low: float
    """Smallest score."""
    high: float
    """Largest score."""


@dataclass(frozen=True, slots=True)
class PredictionSummary:
    """The predictions of a data set in a few numbers; the rows themselves are in the array `predictions`."""

    n: int
    """Rows predicted."""
    task: Task
    classes: tuple[str, ...]
    """In the order of the scores; () for regression."""
    scores: tuple[ClassScore, ...]
    """One entry per class; one entry for regression."""
    probabilities: bool
    """Whether the scores lie between 0 and 1 and add up to 1; False for regression."""
    notes: tuple[str, ...] = ()
    """What must be known beside the numbers, in sentences."""
