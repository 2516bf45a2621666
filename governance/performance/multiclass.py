"""Models with more than two classes: one class against the rest, and averages over classes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.performance.curve import calibration, mean_measure, score_measures
from governance.performance.report import ClassReport, Measure, MulticlassReport
from governance.statistics import mover_mean, redrawn_counts, wilson
from governance.subject import Outcome

Floats = NDArray[np.float64]
_SMALLEST: Final = float(np.finfo(np.float64).eps)
"""Probabilities below are taken as this, so that one row that was held impossible does not make the mean infinite."""
_OF_SCORES: Final = ("roc_auc", "brier_score", "log_loss", "expected_calibration_error")
"""What each class's own score is asked, against the rest."""


def confusion(label: Floats, decision: Floats, classes: int, weight: Floats | None = None) -> Floats:
    """Return the (k, k) matrix of rows (or weights) by label and decision."""
    key = label.astype(np.intp) * classes + decision.astype(np.intp)
    return np.bincount(key, weight, minlength=classes * classes).reshape(classes, classes).astype(np.float64)


def averages(matrix: Floats) -> dict[str, Floats]:
    """Return accuracy and the means over classes of recall, precision and F1, for matrices (..., k, k).

    A class that never occurs as a label is left out of the means (sklearn counts it as 0 or warns); precision of a class that
    is never predicted counts as 0, as in sklearn.
    """
    hit = np.diagonal(matrix, axis1=-2, axis2=-1)
    support, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = hit / support
        present = support > 0
        precision = np.where(present, np.nan_to_num(hit / predicted), np.nan)
        f1 = np.where(present, np.nan_to_num(2 * hit / (support + predicted)), np.nan)
        accuracy = hit.sum(axis=-1) / matrix.sum(axis=(-2, -1))
        return {
            "accuracy": accuracy,
            "balanced_accuracy": np.nanmean(recall, axis=-1),
            "precision_macro": np.nanmean(precision, axis=-1),
            "f1_macro": np.nanmean(f1, axis=-1),
        }


def multiclass_measures(part: Outcome, *, draws: int, confidence: float, rng: np.random.Generator) -> list[Measure]:
    """Return accuracy, and the averages over classes.

    Accuracy has Wilson's interval and balanced accuracy the one recovered from Wilson's of each class, both of effective rows when rows
    have weights; the macro averages, whose parts share rows, have percentiles of multinomial draws of the confusion matrix.

    Args:
        part: rows whose label and decision are known, among k classes.
        draws: number of draws, 0 for none.
        confidence: coverage aimed at.
        rng: for the draws.
    """
    k, n = len(part.classes), len(part.y_true)
    matrix = confusion(part.y_true, part.y_pred, k, part.weight)
    squares = matrix if part.weight is None else confusion(part.y_true, part.y_pred, k, part.weight**2)
    effective = float(matrix.sum() ** 2 / squares.sum())
    point = averages(matrix)
    drawn = averages(redrawn_counts(matrix, draws, rng, rows=round(effective))) if draws else {}
    accuracy = float(point["accuracy"])
    low, high = (float(end) for end in wilson(accuracy * effective, effective, confidence))
    return [
        Measure(metric="accuracy", value=accuracy, low=low, high=high, n=n, method="Wilson"),
        _balanced(matrix, squares, n, confidence),
        *(_macro(name, point[name], drawn.get(name), n, confidence) for name in ("precision_macro", "f1_macro")),
        *_log_loss(part, confidence),
    ]


def probabilities(score: Floats | None) -> bool:
    """Return whether (n, k) scores are probabilities: from 0 to 1, and each row's sum is 1."""
    if score is None or not len(score) or not np.isfinite(score).all():
        return False
    return bool(score.min() >= 0 and score.max() <= 1 and np.allclose(score.sum(axis=1), 1, atol=1e-3))


def _log_loss(part: Outcome, confidence: float) -> list[Measure]:
    """Return the mean of -log p(label), natural logarithm, as sklearn's log_loss; nothing where scores are no probabilities."""
    if part.score is None or not probabilities(part.score):
        return []
    own = part.score[np.arange(len(part.y_true)), part.y_true.astype(np.intp)]
    return [mean_measure("log_loss", -np.log(np.maximum(own, _SMALLEST)), part.weight, confidence, least=0.0)]


def _balanced(matrix: Floats, squares: Floats, n: int, confidence: float) -> Measure:
    """Return the mean recall over the classes that occur, with the interval that theirs leave."""
    hits, support = np.diagonal(matrix), matrix.sum(axis=1)
    seen = support > 0
    recall, trials = hits[seen] / support[seen], support[seen] ** 2 / squares.sum(axis=1)[seen]
    value, low, high = mover_mean(recall, *wilson(recall * trials, trials, confidence))
    return Measure(
        metric="balanced_accuracy",
        value=float(value),
        low=float(low),
        high=float(high),
        n=n,
        method="recovered from Wilson",
    )


def _macro(name: str, point: Floats, drawn: Floats | None, n: int, confidence: float) -> Measure:
    if drawn is None:
        return Measure(
            metric=name, value=float(point), low=None, high=None, n=n, method="", reason="no draws were asked for"
        )
    tail = (1 - confidence) / 2
    low, high = (float(end) for end in np.nanquantile(drawn, [tail, 1 - tail]))
    return Measure(
        metric=name,
        value=float(point),
        low=low,
        high=high,
        n=n,
        method=f"bootstrap of the counts, {len(drawn):,} draws",
    )


def multiclass_report(
    classes: tuple[str, ...],
    label: Floats,
    decision: Floats,
    score: Floats | None,
    weight: Floats | None,
    confidence: float,
    *,
    bins: int = 10,
) -> MulticlassReport:
    """Return the confusion matrix in rows and each class against the rest; `bins` of equal size for the calibration of each."""
    matrix = confusion(label, decision, len(classes))
    per_class, likely = [], probabilities(score)
    for index, name in enumerate(classes):
        hit, support, predicted = matrix[index, index], matrix[index].sum(), matrix[:, index].sum()
        measures = [
            _rate("true_positive_rate", hit, support, confidence),
            _rate("precision", hit, predicted, confidence),
            _rate("false_positive_rate", predicted - hit, matrix.sum() - support, confidence),
        ]
        one = (label == index).astype(np.float64)
        if score is not None:
            found = score_measures(one, score[:, index], weight, confidence)
            measures += [item for item in found if item.metric in (_OF_SCORES if likely else ("roc_auc",))]
        believed = calibration(one, score[:, index], bins, confidence) if score is not None and likely else ()
        per_class.append(ClassReport(name=name, support=int(support), measures=tuple(measures), calibration=believed))
    return MulticlassReport(classes, tuple(tuple(int(cell) for cell in row) for row in matrix), tuple(per_class))


def _rate(name: str, top: float, base: float, confidence: float) -> Measure:
    if base <= 0:
        return Measure(
            metric=name, value=None, low=None, high=None, n=0, method="", reason="no rows in the denominator"
        )
    low, high = wilson(top, base, confidence)
    return Measure(metric=name, value=float(top / base), low=float(low), high=float(high), n=int(base), method="Wilson")
