"""What a method looks at: data, perhaps a model, perhaps something to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.data.dataset import Dataset
from governance.models.signature import Prediction, Predictor

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Subject:
    """The inputs of a method; what its spec `needs` is present."""

    data: Dataset
    """The rows under review, cohort applied."""
    model: Predictor | None = None
    reference: Dataset | None = None
    """Training baseline, background, or earlier window."""
    predictions: Prediction | None = None
    """The model's answers for the rows of `data`, in order."""
    reference_predictions: Prediction | None = None
    candidate_predictions: Prediction | None = None
    """Another model's answers for the rows of `data`, in order."""
    attributions: pa.Table | None = None
    """Shapley values for the rows of `data` (one float32 column per raw feature), memory-mapped."""
