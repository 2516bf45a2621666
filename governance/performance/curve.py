"""Counts over thresholds, calibration by bins, and the scores' own measures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.performance.report import CalibrationBin, Measure, ThresholdCurve
from governance.statistics import METHOD, auc_of_rows, calibration_error, critical, mean_of, wilson

Floats = NDArray[np.float64]


def thresholds(score: Floats, most: int, *also: float) -> tuple[Floats, bool]:
    """Return ascending thresholds and whether they hold every distinct score.

    They are scores that occur, evenly spread over the ranks when there are more than `most`, the values in `also`, and one
    value above all scores, at which nobody is selected.
    """
    values = np.unique(score)
    exact = len(values) <= most
    if not exact:
        ordered = np.sort(score)
        values = np.unique(ordered[np.linspace(0, len(ordered) - 1, most).astype(np.intp)])
    top = float(score.max()) if len(score) else 1.0
    above = np.nextafter(top, np.inf)
    return np.unique(np.concatenate([values, [item for item in also if np.isfinite(item)], [above]])), exact


def at_or_above(ascending: Floats, cuts: Floats) -> NDArray[np.int64]:
    """Return how many of the ascending scores are at or above each threshold."""
    return len(ascending) - np.searchsorted(ascending, cuts, side="left").astype(np.int64)


def threshold_curve(label: Floats, score: Floats, most: int, current: float) -> ThresholdCurve:
    """Return true and false positives at each threshold; label 1 or 0, no missing values."""
    cuts, exact = thresholds(score, most, current)
    positive, negative = np.sort(score[label == 1]), np.sort(score[label == 0])
    return ThresholdCurve(
        thresholds=tuple(cuts.tolist()),
        true_positives=tuple(at_or_above(positive, cuts).tolist()),
        false_positives=tuple(at_or_above(negative, cuts).tolist()),
        positives=len(positive),
        negatives=len(negative),
        exact=exact,
    )


def calibration(label: Floats, score: Floats, bins: int, confidence: float) -> tuple[CalibrationBin, ...]:
    """Return bins of about equal size over the score with what happened in each; equal scores stay in one bin."""
    order = np.argsort(score, kind="stable")
    ascending, happened = score[order], label[order]
    cuts = ascending[np.linspace(0, len(score), bins + 1).astype(np.intp)[1:-1]] if len(score) else np.array([])
    place = np.searchsorted(np.unique(cuts), ascending, side="right")
    found = []
    for index in range(int(place.max()) + 1 if len(place) else 0):
        part = place == index
        n = int(part.sum())
        if n == 0:
            continue
        low, high = wilson(happened[part].sum(), n, confidence)
        found.append(
            CalibrationBin(
                low=float(ascending[part][0]), high=float(ascending[part][-1]), n=n, mean_score=float(ascending[part].mean()),
                rate=float(happened[part].mean()), rate_low=float(low), rate_high=float(high),
            )
        )  # fmt: skip
    return tuple(found)


def mean_measure(
    name: str,
    values: Floats,
    weight: Floats | None,
    confidence: float,
    *,
    method: str = "Student",
    least: float = -np.inf,
) -> Measure:
    """Return the weighted mean of `values` with Student's interval, whose lower end stops at `least`."""
    mean = mean_of(values, weight)
    ends = mean.interval(confidence, least=least)
    if ends is None:
        return Measure(
            metric=name,
            value=mean.value,
            low=None,
            high=None,
            n=len(values),
            method=method,
            reason="one row has no spread",
        )
    return Measure(name, mean.value, *ends, len(values), method)


def average_precision(label: Floats, score: Floats, weight: Floats) -> float:
    """Return the sum over recall steps of precision, as sklearn does; 1 is best, the base rate is chance."""
    order = np.argsort(-score, kind="stable")
    ordered, mass, hit = score[order], weight[order], label[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], [True]))
    tp, everything = np.cumsum(mass * hit)[last], np.cumsum(mass)[last]
    precision = np.divide(tp, everything, out=np.zeros_like(tp), where=everything > 0)
    return float((np.diff(np.concatenate([[0.0], tp / tp[-1]])) * precision).sum())


def score_measures(label: Floats, score: Floats, weight: Floats | None, confidence: float) -> list[Measure]:
    """Return what the scores say regardless of a threshold: areas, and for probabilities Brier score and log loss.

    The interval of average precision is the logit interval of Boyd, Eng and Page (ECML 2013).
    """
    mass = np.ones(len(label)) if weight is None else weight
    n, one = len(label), label == 1
    if not one.any() or one.all() or mass[one].sum() <= 0 or mass[~one].sum() <= 0:
        nothing = "only one label occurs"
        found = [
            Measure(metric=name, value=None, low=None, high=None, n=n, method="", reason=nothing)
            for name in ("roc_auc", "average_precision")
        ]
    else:
        found = [_area(label, score, weight, confidence), _precision_area(label, score, mass, confidence)]
    if score.min() < 0 or score.max() > 1:
        return found
    smallest = np.finfo(np.float64).eps
    clipped = np.clip(score, smallest, 1 - smallest)
    found.append(mean_measure("brier_score", (score - label) ** 2, weight, confidence, least=0.0))
    found.append(mean_measure("log_loss", -np.log(np.where(one, clipped, 1 - clipped)), weight, confidence, least=0.0))
    found.append(_calibration_error(label, score, mass))
    return found


def _area(label: Floats, score: Floats, weight: Floats | None, confidence: float) -> Measure:
    area = auc_of_rows(label, score, weight)
    assert area is not None
    return Measure("roc_auc", area.value, *area.interval(confidence), len(label), METHOD)


def _precision_area(label: Floats, score: Floats, mass: Floats, confidence: float) -> Measure:
    value = average_precision(label, score, mass)
    one = mass[label == 1]
    effective = one.sum() ** 2 / (one * one).sum()
    if not 0 < value < 1:
        return Measure(metric="average_precision", value=value, low=value, high=value, n=len(label), method="logit")
    logit = np.log(value / (1 - value))
    half = critical(confidence) / np.sqrt(effective * value * (1 - value))
    low, high = 1 / (1 + np.exp(half - logit)), 1 / (1 + np.exp(-half - logit))
    return Measure(
        metric="average_precision", value=value, low=float(low), high=float(high), n=len(label), method="logit"
    )


def _calibration_error(label: Floats, score: Floats, mass: Floats) -> Measure:
    reason = "chance alone makes it positive; read the calibration bins, which have intervals"
    value = calibration_error(label, score, mass)
    return Measure(
        metric="expected_calibration_error", value=value, low=None, high=None, n=len(label), method="", reason=reason
    )
