"""What a reader learns about how right a model is, with the uncertainty of every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import Rows

Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number with its interval."""

    metric: str
    """sklearn's or fairlearn's word: accuracy, precision, true_positive_rate, roc_auc, brier_score, mean_absolute_error, ..."""
    value: float | None
    """None when it cannot be computed."""
    low: float | None
    """Lower end of the 95 % interval; None where there is none."""
    high: float | None
    n: int
    """Rows it rests on."""
    method: str
    """How the interval was computed: Wilson, score interval, Student, ..."""
    reason: str = ""
    """Why there is no value or no interval."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows by label and decision at one threshold."""

    threshold: float
    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int


@dataclass(frozen=True, slots=True)
class ThresholdCurve:
    """Counts at thresholds: the ROC curve, the precision-recall curve and the movable confusion matrix in one."""

    thresholds: tuple[float, ...]
    """Ascending; a row is selected when its score is at or above."""
    true_positives: tuple[int, ...]
    false_positives: tuple[int, ...]
    positives: int
    """Rows with label 1."""
    negatives: int
    exact: bool
    """Whether every distinct score is a threshold; otherwise evenly spread over the ranks."""

    def at(self, index: int) -> Confusion:
        """Return the confusion matrix at the threshold of this index."""
        tp, fp = self.true_positives[index], self.false_positives[index]
        return Confusion(self.thresholds[index], self.negatives - fp, fp, self.positives - tp, tp)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Rows of similar score: what was predicted and what happened."""

    low: float
    """Lowest score of the bin."""
    high: float
    n: int
    mean_score: float
    rate: float
    """Share of positive labels, 0 to 1."""
    rate_low: float
    """Wilson interval."""
    rate_high: float


@dataclass(frozen=True, slots=True)
class BinaryReport:
    """A model that says yes or no."""

    positive: str
    selected_is: Literal["good", "bad"]
    confusion: Confusion
    """At the threshold in force."""
    curve: ThresholdCurve | None
    """None when there are decisions but no scores."""
    calibration: tuple[CalibrationBin, ...]
    """Bins of equal size; () without scores or when scores are no probabilities."""


@dataclass(frozen=True, slots=True)
class ClassReport:
    """One class against the rest."""

    name: str
    support: int
    """Rows with this label."""
    measures: tuple[Measure, ...]
    calibration: tuple[CalibrationBin, ...] = ()
    """Bins of equal size of the class's own score, "rate" the share of rows with this label; () where scores are no probabilities."""


@dataclass(frozen=True, slots=True)
class MulticlassReport:
    """A model with more than two classes."""

    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """confusion[i][j]: rows of label i that were predicted j."""
    per_class: tuple[ClassReport, ...]


@dataclass(frozen=True, slots=True)
class ResidualBin:
    """Rows of similar predicted value."""

    low: float
    high: float
    """Lowest and highest predicted value."""
    n: int
    mean_predicted: float
    mean_actual: float
    mean_residual: float
    """Actual minus predicted; 0 is best."""
    low_residual: float
    """95 % interval of the mean residual."""
    high_residual: float


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """A model that predicts a number."""

    edges: tuple[float, ...]
    """Edges of the histogram of residuals, one more than `counts`."""
    counts: tuple[int, ...]
    quantiles: tuple[tuple[float, float], ...]
    """(probability, residual) pairs."""
    by_prediction: tuple[ResidualBin, ...]
    """Bins of equal size over the predicted value."""


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """How right a model is on one set of rows; exactly one of the three parts is there."""

    task: Task
    rows: Rows
    weighted: bool
    measures: tuple[Measure, ...]
    binary: BinaryReport | None
    multiclass: MulticlassReport | None
    regression: RegressionReport | None
    notices: tuple[str, ...]
    """What a reader must know: inverted scores, one class only, scores that are no probabilities."""

    def measure(self, name: str) -> Measure | None:
        """Return the measure called `name`, None when the report does not have it."""
        return next((item for item in self.measures if item.metric == name), None)
