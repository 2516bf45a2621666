"""Performance without labels: what the model's own calibrated scores let one expect.

Confidence-based performance estimation: calibrate scores on the labelled reference (isotonic regression); then a current row with
calibrated score q counts as q positives and 1-q negatives, so E[TP] is the sum of q over the selected rows, and so on
(Bialek et al. 2024, "Estimating model performance under covariate shift without labels"). With importance weights the calibration is
fitted to a reference that looks like the current window (their PAPE). It cannot see that the same inputs lead to other outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.drift.report import Estimate
from governance.drift.runs import Floats, Ints

BINS: Final = 200
DRAWS: Final = 200


@dataclass(frozen=True)
class Binned:
    """Scores of both windows counted in common bins; the decision is the same for all rows of a bin."""

    middle: Floats
    """(k,) mean score, ascending."""
    selected: np.ndarray
    """(k,) bool: decided positive."""
    reference_bin: Ints
    """(n,) bin of each reference row."""
    current: Ints
    """(k,) current rows."""


def binned(reference: Floats, current: Floats, threshold: float) -> Binned:
    """Return both windows' finite scores in at most BINS+1 bins of equal pooled rank, split at the threshold."""
    both = np.concatenate([reference, current])
    inner = np.quantile(both, np.arange(1, BINS) / BINS)
    edges = np.unique(np.append(inner, np.nextafter(threshold, -np.inf)))
    at = np.searchsorted(edges, both, side="left")
    count = np.bincount(at, minlength=len(edges) + 1)
    total = np.bincount(at, weights=both, minlength=len(edges) + 1)
    full = np.flatnonzero(count)
    place = np.cumsum(count > 0) - 1
    middle = total[full] / count[full]
    here = np.bincount(place[at[len(reference) :]], minlength=len(full))
    return Binned(middle, middle >= threshold, place[at[: len(reference)]], here)


def calibrated(found: Binned, positive: Floats, weight: Floats) -> Floats:
    """Return the calibrated probability of each bin: weighted isotonic regression, flat or linear where no row lies."""
    from scipy.optimize import isotonic_regression

    k = len(found.middle)
    mass = np.bincount(found.reference_bin, weights=weight, minlength=k)
    hits = np.bincount(found.reference_bin, weights=weight * positive, minlength=k)
    seen = np.flatnonzero(mass > 0)
    fitted = isotonic_regression(hits[seen] / mass[seen], weights=mass[seen]).x
    return np.clip(np.interp(found.middle, found.middle[seen], fitted), 0.0, 1.0)


def expected(found: Binned, probability: Floats, rows: Floats) -> dict[str, float]:
    """Return the metrics that calibrated probabilities imply.

    Args:
        found: bins.
        probability: (k,) share of positives in each bin.
        rows: (k,) rows in each bin.
    """
    positive, negative = rows * probability, rows * (1 - probability)
    chosen = found.selected
    tp, fp = positive[chosen].sum(), negative[chosen].sum()
    fn, tn = positive[~chosen].sum(), negative[~chosen].sum()
    below = np.cumsum(negative) - negative / 2
    figures = {
        "roc_auc": (float((positive * below).sum()), float((tp + fn) * (fp + tn))),
        "accuracy": (float(tp + tn), float(rows.sum())),
        "precision": (float(tp), float(tp + fp)),
        "true_positive_rate": (float(tp), float(tp + fn)),
        "false_positive_rate": (float(fp), float(fp + tn)),
        "base_rate": (float(tp + fn), float(rows.sum())),
    }
    return {name: top / bottom for name, (top, bottom) in figures.items() if bottom > 0}


def estimates(found: Binned, positive: Floats, weight: Floats, rng: np.random.Generator) -> dict[str, Estimate]:
    """Return the expected metrics of the current window with 95 per cent intervals.

    The interval holds what chance adds twice: another reference sample would calibrate otherwise (Poisson bootstrap of its
    rows), and the unknown labels fall as they fall (binomial draws). The bootstrap of an isotonic fit is a little short:
    in simulation the interval covers the truth about nine times in ten.
    """
    rows = found.current.astype(np.float64)
    centre = expected(found, calibrated(found, positive, weight), rows)
    drawn: dict[str, list[float]] = {name: [] for name in centre}
    for _ in range(DRAWS):
        again = weight * rng.poisson(1.0, len(weight))
        if again.sum() == 0:
            continue
        probability = calibrated(found, positive, again)
        fallen = rng.binomial(found.current, probability) / np.maximum(rows, 1)
        for name, value in expected(found, fallen, rows).items():
            drawn.setdefault(name, []).append(value)
    n = int(rows.sum())
    return {name: _estimate(value, drawn[name], n) for name, value in centre.items()}


def _estimate(value: float, drawn: list[float], n: int) -> Estimate:
    if len(drawn) < DRAWS // 2:
        return Estimate(value, None, None, n, "too few draws for an interval")
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, float(min(low, value)), float(max(high, value)), n, "bootstrap of calibration and labels")
