"""Whether a converted model answers as the estimator it came from, and where the difference comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.convert.convert import columns_of, guarded, is_detector
from governance.models.convert.probes import probes
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor

TOLERANCE: Final = 1e-4
"""Largest accepted difference: of a probability, or of a predicted value relative to the largest one."""


_UNLIKE: Final = (
    "that is no rounding, the converter leaves out a part of this model. Known are the exponential function of Poisson and gamma "
    "losses, the logistic function of reg:logistic, linear leaves, and the averaging of LightGBM's random forests."
)


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
    notes: tuple[str, ...] = ()
    """What was seen on rows that the sample lacks and that is no reason to refuse."""

    @property
    def holds(self) -> bool:
        """Whether every difference lies within the tolerance."""
        return self.beyond == 0

    @property
    def unlike(self) -> bool:
        """Whether most rows differ, which neither rounding nor thresholds explain."""
        return self.beyond * 2 > self.rows and self.rounding <= self.tolerance

    def explain(self) -> str:
        """Return in one or two sentences what the difference is and where it comes from."""
        said = f"{self.rows} rows compared: largest difference {self.max_difference:.3g}, {self.labels_differ} labels differ."
        if self.holds:
            return " ".join((said, *self.notes))
        if self.unlike:
            return f"{said} {self.beyond} rows differ by more than {self.tolerance:g}: {_UNLIKE}"
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
    predictor = OnnxPredictor(model, signature_of(model))
    found = predictor.predict(sample)
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
        notes=_beyond_the_sample(estimator, predictor, sample, tolerance) if not (gap > tolerance).any() else (),
    )


def _beyond_the_sample(
    estimator: Any, predictor: OnnxPredictor, sample: pd.DataFrame, tolerance: float
) -> tuple[str, ...]:
    """Hold both models against each other on rows that the sample lacks, where the estimator itself takes them.

    Raises:
        RefusedInputError: they differ on zeros, at thresholds of trees or on categories never seen.
    """
    notes = []
    for probe in probes(predictor.file, sample, predictor.signature.columns):
        try:
            native = native_scores(estimator, probe.frame)
        except RefusedInputError:
            continue
        away = _away(predictor, probe.frame, native)
        if not np.isnan(away).any() and away.max() <= tolerance:
            continue
        if np.isinf(away).all():  # a refusal is no silent difference
            notes.append(f"The file refuses rows with {probe.kind}, which the estimator takes.")
            continue
        said = f"On rows with {probe.kind}, which the sample lacks, the file and the estimator differ by {np.nanmax(away):.3g}."
        if probe.kind != "a missing value":
            raise RefusedInputError(said, "Nothing was written: the ONNX form loses what the estimator does there.")
        notes.append(f"{said} Give the file no missing values, or train with some.")
    return tuple(notes)


def _away(predictor: OnnxPredictor, frame: pd.DataFrame, native: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the difference of each row, infinite where the file refuses the rows."""
    try:
        found = predictor.predict(frame)
    except RefusedInputError:
        return np.full(len(frame), np.inf)
    scale = 1.0 if found.classes else max(1.0, float(np.nanmax(np.abs(native), initial=0.0)))
    return np.asarray(np.abs(found.score - native).max(axis=1) / scale)


def native_scores(estimator: Any, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return what the estimator's own library says: (n, k) probabilities, or (n, 1) predicted values or scores of outliers.

    Raises:
        RefusedInputError: the estimator does not take the rows.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    with guarded(estimator, "predict these rows"):
        return _scores(estimator, frame)


def _scores(estimator: Any, frame: pd.DataFrame) -> NDArray[np.float64]:
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
    with guarded(estimator, "predict these rows"):
        native = np.asarray(estimator.predict(_rows(estimator, sample))).ravel().tolist()
    return sum(own.index(value) != code for value, code in zip(native, label.tolist(), strict=True))


def _as_float32(frame: pd.DataFrame) -> pd.DataFrame:
    floats = frame.select_dtypes("float64").columns
    return frame.astype(dict.fromkeys(floats, "float32")).astype(dict.fromkeys(floats, "float64"))
