"""Whether a converted model answers as the estimator it came from, and where the difference comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.errors import RefusedInputError
from governance.models.convert import columns_of, is_detector
from governance.models.predictor import OnnxPredictor
from governance.models.reading import signature_of

TOLERANCE: Final = 1e-4
"""Largest accepted difference: of a probability, or of a predicted value relative to the largest one."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The comparison of two models on the same rows."""

    rows: int
    """Rows compared, at least 1."""
    max_difference: float
    """Largest absolute difference of a score; best 0. Relative to the largest predicted value (at least 1) for regression."""
    beyond: int
    """Rows whose difference is above the tolerance."""
    labels_differ: int
    """Rows with another label; 0 for regression."""
    rounding: float
    """Largest difference of the estimator to itself when its numbers are rounded to float32 first."""
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether every difference lies within the tolerance."""
        return self.beyond == 0

    def explain(self) -> str:
        """Return in one or two sentences what the difference is and where it comes from."""
        said = f"{self.rows} rows compared: largest difference {self.max_difference:.3g}, {self.labels_differ} labels differ."
        if self.holds:
            return said
        if self.rounding > self.tolerance:
            return (
                f"{said} {self.beyond} rows differ by more than {self.tolerance:g}. The estimator itself changes by "
                f"{self.rounding:.3g} when its numbers are rounded from float64 to float32: values that lie on a threshold of a "
                "tree fall on the other side."
            )
        return (
            f"{said} {self.beyond} rows differ by more than {self.tolerance:g}. Rounding the raw numbers to float32 does not "
            "explain it: a step inside the pipeline rounds (scaling before a tree model is the usual one, and trees do not need "
            "it), or its conversion is not faithful."
        )


def compare(estimator: Any, model: bytes, sample: pd.DataFrame, tolerance: float = TOLERANCE) -> Agreement:
    """Return how far the model in `model` answers as `estimator` does on the rows of `sample`.

    Raises:
        RefusedInputError: the sample has no rows, or one of the two cannot predict them.
    """
    if sample.empty:
        raise RefusedInputError("The sample has no rows.", "Give rows of the training data.")
    found = OnnxPredictor(model, signature_of(model)).predict(sample)
    native = native_scores(estimator, sample)
    scale = 1.0 if found.classes else max(1.0, float(np.abs(native).max()))
    gap = np.abs(found.score - native).max(axis=1) / scale
    rounded = np.abs(native_scores(estimator, _as_float32(sample)) - native).max() / scale
    return Agreement(
        rows=len(sample),
        max_difference=float(gap.max()),
        beyond=int((gap > tolerance).sum()),
        labels_differ=_labels_differ(estimator, sample, found.label),
        rounding=float(rounded),
        tolerance=tolerance,
    )


def native_scores(estimator: Any, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return what the estimator's own library says: (n, k) probabilities, or (n, 1) predicted values or scores of outliers."""
    estimator = getattr(estimator, "best_estimator_", estimator)
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(_rows(estimator, frame)), dtype=np.float64)
    ask = estimator.decision_function if is_detector(estimator) else estimator.predict
    return np.asarray(ask(_rows(estimator, frame)), dtype=np.float64).reshape(len(frame), 1)


def _rows(estimator: Any, frame: pd.DataFrame) -> Any:
    chosen = frame[list(columns_of(estimator, frame))]
    return chosen if hasattr(estimator, "feature_names_in_") else chosen.to_numpy()


def _labels_differ(estimator: Any, sample: pd.DataFrame, label: NDArray[np.intp] | None) -> int:
    estimator = getattr(estimator, "best_estimator_", estimator)
    if label is None:
        return 0
    own = np.asarray(estimator.classes_).tolist()
    native = np.asarray(estimator.predict(_rows(estimator, sample))).tolist()
    return sum(own.index(value) != code for value, code in zip(native, label.tolist(), strict=True))


def _as_float32(frame: pd.DataFrame) -> pd.DataFrame:
    floats = frame.select_dtypes("float64").columns
    return frame.astype(dict.fromkeys(floats, "float32")).astype(dict.fromkeys(floats, "float64"))
