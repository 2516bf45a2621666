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

from governance.drift.results.report import Estimate
from governance.drift.samples.two_samples import Floats, Ints
from governance.statistics import critical

BINS: Final = 200
DRAWS: Final = 200
"""Times that unknown labels are drawn."""
HALVES: Final = 30
"""Times that the reference is split in two."""


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
    """Return the expected metrics of the current window with 95 per cent intervals, corrected for the optimism of calibration.

    Isotonic regression follows the rows that it was fitted to, so the published formula looks too good by an amount that falls like
    n^(-2/3) (Groeneboom and Jongbloed 2014): fits to halves of the reference, which look 2^(2/3) times as much too good,
    show how much (extrapolation of Richardson), and how far another reference would lead elsewhere (the delete-half jackknife, Shao
    and Wu 1989). The interval adds to that the uncertainty of the correction itself and how the unknown labels happen to fall.
    """
    rows = found.current.astype(np.float64)
    fitted = calibrated(found, positive, weight)
    centre = expected(found, fitted, rows)
    halves = [
        expected(found, calibrated(found, positive, weight * side), rows)
        for chosen in (rng.permutation(len(weight)) < len(weight) // 2 for _ in range(HALVES))
        for side in (chosen, ~chosen)
        if (weight * side).sum() > 0
    ]
    fallen = [expected(found, rng.binomial(found.current, fitted) / np.maximum(rows, 1), rows) for _ in range(DRAWS)]
    n = int(rows.sum())
    return {name: _estimate(value, _of(halves, name), _of(fallen, name), n) for name, value in centre.items()}


def _of(drawn: list[dict[str, float]], name: str) -> Floats:
    return np.array([item[name] for item in drawn if name in item])


def _estimate(value: float, halves: Floats, fallen: Floats, n: int) -> Estimate:
    """Return the corrected value; every metric here lies between 0 and 1."""
    if min(len(halves) / (2 * HALVES), len(fallen) / DRAWS) < 0.5:
        return Estimate(value, None, None, n, "too few draws for an interval")
    optimism = float(halves.mean() - value) / (2 ** (2 / 3) - 1)
    half = critical(0.95) * float(np.sqrt(halves.var() + fallen.var() + optimism**2))
    centre = min(max(value - optimism, 0.0), 1.0)
    words = "corrected for the optimism of calibration; jackknife of the calibration, draws of the labels"
    return Estimate(centre, max(centre - half, 0.0), min(centre + half, 1.0), n, words)
