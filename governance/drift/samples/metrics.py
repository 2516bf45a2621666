"""Metrics of one window with intervals, and their change from one window to another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.results.report import Change, Estimate, MetricChange
from governance.statistics import auc_of_rows, mean_of, mover_difference, wilson
from governance.subject import Outcome

if TYPE_CHECKING:
    from governance.drift.samples.two_samples import Floats

Z95: Final = 1.959963984540054
"""Standard errors on each side of a 95 per cent interval."""
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


def measured_share(count: int, rows: int) -> Measured | None:
    """Return a share with Wilson's 95 per cent interval; None without rows."""
    if rows == 0:
        return None
    low, high = wilson(count, rows)
    return Measured(value=count / rows, low=float(low), high=float(high), n=rows)


def measured_mean(values: Floats, *, least: float = -np.inf) -> Measured | None:
    """Return a mean with Student's 95 per cent interval, whose lower end stops at `least`; None with fewer than two values."""
    if len(values) < 2:
        return None
    mean = mean_of(values)
    low, high = mean.interval(least=least) or (mean.value, mean.value)
    return Measured(value=mean.value, low=low, high=high, n=len(values))


def measured_area(positive: Floats, score: Floats) -> Measured | None:
    """Return the area under the ROC curve with its 95 per cent interval; None when one label is absent.

    Args:
        positive: (n,) 1 or 0.
        score: (n,) finite.
    """
    area = auc_of_rows(positive, score)
    if area is None:
        return None
    low, high = area.interval()
    return Measured(value=area.value, low=low, high=high, n=len(score))


def measured(found: Outcome) -> dict[str, Measured]:
    """Return the metrics of a window that its rows allow, by fairlearn's names; main metric first."""
    known = found.labelled
    if found.task == "regression":
        return _regression(found.y_true[known], found.y_pred[known])
    if found.task == "multiclass":
        hit = measured_share(int((found.y_true[known] == found.y_pred[known]).sum()), int(known.sum()))
        return {"accuracy": hit} if hit else {}
    return _binary(found, known)


def _regression(y: Floats, prediction: Floats) -> dict[str, Measured]:
    error = prediction - y
    found = {"mean_absolute_error": measured_mean(np.abs(error), least=0.0), "mean_error": measured_mean(error)}
    square = measured_mean(error**2, least=0.0)
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
        result["roc_auc"] = measured_area(y, found.score[known])
    result["accuracy"] = measured_share(int((y == chosen).sum()), len(y))
    result["precision"] = measured_share(int(y[chosen == 1].sum()), int(chosen.sum()))
    result["true_positive_rate"] = measured_share(int(chosen[y == 1].sum()), int(y.sum()))
    result["false_positive_rate"] = measured_share(int(chosen[y == 0].sum()), int((1 - y).sum()))
    if found.score is not None and found.score.size and np.nanmin(found.score) >= 0 and np.nanmax(found.score) <= 1:
        result["brier_score"] = measured_mean((found.score[known] - y) ** 2, least=0.0)
    decided = ~np.isnan(found.y_pred)
    labelled = ~np.isnan(found.y_true)
    result["selection_rate"] = measured_share(int(found.y_pred[decided].sum()), int(decided.sum()))
    result["base_rate"] = measured_share(int(found.y_true[labelled].sum()), int(labelled.sum()))
    if found.score is not None:
        result["mean_score"] = measured_mean(found.score[~np.isnan(found.score)])
    return {name: item for name, item in result.items() if item is not None}


def change(name: str, reference: Measured, current: Measured, tolerance: float) -> MetricChange:
    """Return current minus reference with its 95 per cent interval, held against the tolerance.

    The windows are independent: the halves of both intervals add as squares (Newcombe 1998, method 10, for shares).
    """
    value = current.value - reference.value
    ends = mover_difference(
        current.value, current.low, a_high=current.high, b=reference.value, b_low=reference.low, b_high=reference.high
    )
    low, high = (float(end) for end in ends)
    sign = BETTER.get(name)
    if sign is None:
        return MetricChange(
            value=value,
            low=low,
            high=high,
            tolerance=None,
            verdict="for_information",
            reason="neither good nor bad by itself",
        )
    if min(reference.n, current.n) < FEWEST:
        rows = min(reference.n, current.n)
        return MetricChange(
            value=value,
            low=low,
            high=high,
            tolerance=tolerance,
            verdict="cannot_tell",
            reason=f"{rows} rows, fewer than {FEWEST}",
        )
    worst, best = sorted((sign * low, sign * high))
    verdict, reason = _judged(worst, best, sign * value, tolerance)
    return MetricChange(value=value, low=low, high=high, tolerance=tolerance, verdict=verdict, reason=reason)


def tolerated(tolerance: float, reference: Outcome) -> float:
    """Return the tolerance in the unit of the metrics: for regression a share of the reference's mean absolute error."""
    if reference.task != "regression":
        return tolerance
    error = measured(reference).get("mean_absolute_error")
    return tolerance * error.value if error else tolerance


def worse_by_interval(name: str, found: MetricChange) -> float:
    """Return the one-sided p value of "got worse" that the interval stands for: below .025 where all of it is worse.

    The half of the interval that reaches towards "better" is taken for 1.96 standard errors of a normal law.
    """
    sign = BETTER.get(name, 1)
    if found.value is None or found.low is None or found.high is None:
        return 1.0
    gain, best = sign * found.value, max(sign * found.low, sign * found.high)
    return math.erfc(-gain * Z95 / (best - gain) / math.sqrt(2)) / 2 if best > gain else float(gain >= 0)


def held(found: MetricChange, p: float, level: float, among: str) -> MetricChange:
    """Return the change; one that looks worse by itself and not after the correction cannot be told from chance.

    Args:
        found: the change with the verdict of its own interval.
        p: its p value after the correction of its family.
        level: what its family may spend.
        among: what it is one of, in words.
    """
    if found.verdict != "worse" or p < level:
        return found
    reason = (
        f"looks worse by {abs(found.value or 0.0):.3f}, but among {among} chance alone does that "
        f"(adjusted p {p:.2g}, held against {level:.2g})"
    )
    return replace(found, verdict="cannot_tell", reason=reason)


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
