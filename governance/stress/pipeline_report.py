"""What trained variants of a pipeline say; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.stress.report import Effect

Sort = Literal["serving_error", "training_error", "operator", "column_dropped", "cleaning", "permutation"]
"""What is varied: data that are decided about, data that are learnt from, an operator of the pipeline (operator impact), a column,
a step of cleaning, or a column shuffled (permutation importance)."""


@dataclass(frozen=True, slots=True)
class PipelineVariant:
    """One variant beside the pipeline as it is."""

    sort: Sort
    name: str
    """In words, with names as they stand in the file."""
    refitted: bool
    """Whether the model was trained again."""
    rows: int
    """Rows that were changed, in the training data or among those that are decided about; 0 for operators and columns."""
    decisions_changed: int
    broken: int
    """Right before and wrong after."""
    mended: int
    """Wrong before and right after."""
    effects: tuple[Effect, ...]

    def effect(self, metric: str, attribute: str = "", group: str = "") -> Effect | None:
        """Return one effect, None when it was not measured."""
        wanted = (metric, attribute, group)
        return next((item for item in self.effects if (item.metric, item.attribute, item.group) == wanted), None)


@dataclass(frozen=True, slots=True)
class VariantNotRun:
    """A variant that was not tried, or could not be trained."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What was done, and what running each variant whole would have done."""

    fits: int
    """Models trained."""
    fits_whole: int
    """Trainings if every variant ran whole."""
    columns_encoded: int
    """Columns that were encoded, training and decided rows counted once each."""
    columns_encoded_whole: int
    rows_asked: int
    """Rows that a model was asked about."""
    rows_asked_whole: int
    whole_runs: int
    """Variants that were also run whole by scikit-learn's own pipeline, and compared."""
    whole_decisions_differ: int
    """Decisions that differ there; best 0."""
    whole_difference: float
    """Largest difference of a score there; best 0."""


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Every variant of a pipeline, beside the pipeline as it is."""

    pipeline: tuple[str, ...]
    """Its steps in words, the model last."""
    variants: tuple[PipelineVariant, ...]
    not_run: tuple[VariantNotRun, ...]
    shared: Shared
    trained_rows: int
    rows: int
    """Rows that are decided about; no row that was learnt from is among them."""
    labelled: int
    metrics: tuple[str, ...]
    notes: tuple[str, ...]
