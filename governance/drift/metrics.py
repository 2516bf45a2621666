"""Metrics of one window with intervals, and their change from one window to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.data.outcome import Outcome
from governance.drift.report import Change, Estimate, MetricChange
from governance.drift.runs import Floats

Z: Final = 1.959963984540054
"""97.5 per cent quantile of the standard normal distribution."""
FEWEST: Final = 30
"""With fewer rows a change is not judged."""
BETTER: Final[Mapping[str, int]] = {
    "roc_auc": 1,
    "accuracy": 1,
    "precision": 1,
    "true_positive_rate": 1,
    "false_positive_rate": -1,
    "brier_score": -1,
    "mean_absolute_error": -1,
    "root_mean_squared_error": -1,
}
"""1 where more is better, -1 where less is; a metric that is not here is neither by itself."""


@dataclass(frozen=True)
class Measured:
    """One metric of one window."""

    value: float
    low: float
    high: float
    n: int

    def estimate(self) -> Estimate:
        """Return it as a result."""
        return Estimate(self.value, self.low, self.high, self.n)


def wilson(count: int, rows: int) -> Measured | None:
    """Return a share with Wilson's 95 per cent interval (1927); None without rows."""
    if rows == 0:
        return None
    share = count / rows
    middle = (share + Z**2 / (2 * rows)) / (1 + Z**2 / rows)
    half = Z / (1 + Z**2 / rows) * float(np.sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2)))
    return Measured(share, max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0), rows)


def mean(values: Floats) -> Measured | None:
    """Return a mean with its normal 95 per cent interval; None with fewer than two values."""
    if len(values) < 2:
        return None
    half = Z * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    value = float(values.mean())
    return Measured(value, value - half, value + half, len(values))


def roc_auc(positive: Floats, score: Floats) -> Measured | None:
    """Return the area under the ROC curve with DeLong's 95 per cent interval (DeLong et al. 1988; ranks as in Sun and Xu 2014).

    Args:
        positive: (n,) 1 or 0.
        score: (n,) finite.
    """
    from scipy.stats import rankdata

    ours, theirs = score[positive == 1], score[positive == 0]
    n, m = len(ours), len(theirs)
    if n < 2 or m < 2:
        return None
    rank = rankdata(np.concatenate([ours, theirs]))
    above = (rank[:n] - rankdata(ours)) / m
    below = 1 - (rank[n:] - rankdata(theirs)) / n
    area = float(above.mean())
    half = Z * float(np.sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m))
    return Measured(area, max(area - half, 0.0), min(area + half, 1.0), n + m)


def measured(found: Outcome) -> dict[str, Measured]:
    """Return the metrics of a window that its rows allow, by fairlearn's names; main metric first."""
    known = found.labelled
    if found.task == "regression":
        return _regression(found.y_true[known], found.y_pred[known])
    if found.task == "multiclass":
        hit = wilson(int((found.y_true[known] == found.y_pred[known]).sum()), int(known.sum()))
        return {"accuracy": hit} if hit else {}
    return _binary(found, known)


def _regression(y: Floats, prediction: Floats) -> dict[str, Measured]:
    error = prediction - y
    found = {"mean_absolute_error": mean(np.abs(error)), "mean_error": mean(error)}
    square = mean(error**2)
    if square:
        found["root_mean_squared_error"] = Measured(
            _root(square.value), _root(square.low), _root(square.high), square.n
        )
    return {name: item for name, item in found.items() if item is not None}


def _root(square: float) -> float:
    return float(np.sqrt(max(square, 0.0)))


def _binary(found: Outcome, known: np.ndarray) -> dict[str, Measured]:
    y, chosen = found.y_true[known], found.y_pred[known]
    result: dict[str, Measured | None] = {}
    if found.score is not None:
        result["roc_auc"] = roc_auc(y, found.score[known])
    result["accuracy"] = wilson(int((y == chosen).sum()), len(y))
    result["precision"] = wilson(int(y[chosen == 1].sum()), int(chosen.sum()))
    result["true_positive_rate"] = wilson(int(chosen[y == 1].sum()), int(y.sum()))
    result["false_positive_rate"] = wilson(int(chosen[y == 0].sum()), int((1 - y).sum()))
    if found.score is not None and found.score.size and np.nanmin(found.score) >= 0 and np.nanmax(found.score) <= 1:
        result["brier_score"] = mean((found.score[known] - y) ** 2)
    decided = ~np.isnan(found.y_pred)
    labelled = ~np.isnan(found.y_true)
    result["selection_rate"] = wilson(int(found.y_pred[decided].sum()), int(decided.sum()))
    result["base_rate"] = wilson(int(found.y_true[labelled].sum()), int(labelled.sum()))
    if found.score is not None:
        result["mean_score"] = mean(found.score[~np.isnan(found.score)])
    return {name: item for name, item in result.items() if item is not None}


def change(name: str, reference: Measured, current: Measured, tolerance: float) -> MetricChange:
    """Return current minus reference with its 95 per cent interval, held against the tolerance.

    The windows are independent: the halves of both intervals add as squares (Newcombe 1998, method 10, for shares).
    """
    value = current.value - reference.value
    low = value - float(np.hypot(current.value - current.low, reference.high - reference.value))
    high = value + float(np.hypot(current.high - current.value, reference.value - reference.low))
    sign = BETTER.get(name)
    if sign is None:
        return MetricChange(value, low, high, None, "for_information", "neither good nor bad by itself")
    if min(reference.n, current.n) < FEWEST:
        rows = min(reference.n, current.n)
        return MetricChange(value, low, high, tolerance, "cannot_tell", f"{rows} rows, fewer than {FEWEST}")
    worst, best = sorted((sign * low, sign * high))
    verdict, reason = _judged(worst, best, sign * value, tolerance)
    return MetricChange(value, low, high, tolerance, verdict, reason)


def _judged(low: float, high: float, gain: float, tolerance: float) -> tuple[Change, str]:
    """Return the verdict on a gain (negative: got worse) with its interval."""
    if high < 0 and gain <= -tolerance:
        return "worse", f"worse by {-gain:.3f}, more than the tolerance of {tolerance:g} and beyond chance"
    if low > 0:
        return "better", f"better by {gain:.3f}, beyond chance"
    if low >= -tolerance:
        return "within_tolerance", f"at most {max(-low, 0):.3f} worse, within the tolerance of {tolerance:g}"
    return (
        "cannot_tell",
        f"between {-low:.3f} worse and {high:.3f} better: the interval is wider than the tolerance of {tolerance:g}",
    )
