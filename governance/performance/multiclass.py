"""Models with more than two classes: one class against the rest, and averages over classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.fairness.intervals import wilson
from governance.performance.curve import score_measures
from governance.performance.report import ClassReport, Measure, MulticlassReport

Floats = NDArray[np.float64]


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


def multiclass_measures(
    matrix: Floats, rows: int, draws: int, confidence: float, rng: np.random.Generator
) -> list[Measure]:
    """Return the averages over classes with intervals from multinomial draws of the confusion matrix."""
    point = averages(matrix)
    flat = matrix.reshape(-1)
    redrawn = rng.multinomial(rows, flat / flat.sum(), size=draws).reshape(draws, *matrix.shape).astype(np.float64)
    drawn = averages(redrawn) if draws else {}
    tail = (1 - confidence) / 2
    found = []
    for name, value in point.items():
        if name == "accuracy":
            low, high = (float(end) for end in wilson(value * rows, rows, confidence))
            found.append(Measure(name, float(value), low, high, rows, "Wilson"))
        elif draws:
            low, high = (float(end) for end in np.nanquantile(drawn[name], [tail, 1 - tail]))
            found.append(Measure(name, float(value), low, high, rows, f"bootstrap of the counts, {draws:,} draws"))
        else:
            found.append(Measure(name, float(value), None, None, rows, "", "no draws were asked for"))
    return found


def multiclass_report(
    classes: tuple[str, ...],
    label: Floats,
    decision: Floats,
    score: Floats | None,
    weight: Floats | None,
    confidence: float,
) -> MulticlassReport:
    """Return the confusion matrix in rows and each class against the rest."""
    matrix = confusion(label, decision, len(classes))
    per_class = []
    for index, name in enumerate(classes):
        hit, support, predicted = matrix[index, index], matrix[index].sum(), matrix[:, index].sum()
        measures = [
            _rate("true_positive_rate", hit, support, confidence),
            _rate("precision", hit, predicted, confidence),
            _rate("false_positive_rate", predicted - hit, matrix.sum() - support, confidence),
        ]
        if score is not None:
            one = (label == index).astype(np.float64)
            measures += [m for m in score_measures(one, score[:, index], weight, confidence) if m.metric == "roc_auc"]
        per_class.append(ClassReport(name, int(support), tuple(measures)))
    return MulticlassReport(classes, tuple(tuple(int(cell) for cell in row) for row in matrix), tuple(per_class))


def _rate(name: str, top: float, base: float, confidence: float) -> Measure:
    if base <= 0:
        return Measure(name, None, None, None, 0, "", "no rows in the denominator")
    low, high = wilson(top, base, confidence)
    return Measure(name, float(top / base), float(low), float(high), int(base), "Wilson")
