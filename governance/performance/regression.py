"""How far predicted numbers are from what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.performance.curve import mean_measure
from governance.performance.report import Measure, RegressionReport, ResidualBin
from governance.statistics import mean_of

Floats = NDArray[np.float64]
_PROBABILITIES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def regression_measures(actual: Floats, predicted: Floats, weight: Floats | None, confidence: float) -> list[Measure]:
    """Return MAE, RMSE, mean error, R2 and the median absolute error, in the unit of the target (R2 without unit, best 1).

    The mean error is predicted minus actual: positive when the model predicts too much. Intervals are Student's of the means;
    RMSE's is the root of the mean square's; R2's rests on its influence function.
    """
    mass = np.ones(len(actual)) if weight is None else weight
    error = predicted - actual
    n = len(actual)
    squares = mean_measure("mean_squared_error", error**2, weight, confidence, least=0.0)
    return [
        mean_measure("mean_absolute_error", np.abs(error), weight, confidence, least=0.0),
        _root(squares),
        mean_measure("mean_error", error, weight, confidence),
        _r2(actual, error, mass, confidence),
        Measure(
            metric="median_absolute_error",
            value=float(np.median(np.abs(error))),
            low=None,
            high=None,
            n=n,
            method="",
            reason="given without an interval",
        ),
    ]


def _root(squares: Measure) -> Measure:
    def root(value: float | None) -> float | None:
        return None if value is None else float(np.sqrt(max(value, 0.0)))

    name, method = "root_mean_squared_error", "Student, of the mean square"
    return Measure(
        metric=name,
        value=root(squares.value),
        low=root(squares.low),
        high=root(squares.high),
        n=squares.n,
        method=method,
        reason=squares.reason,
    )


def _r2(actual: Floats, error: Floats, mass: Floats, confidence: float) -> Measure:
    centred = (actual - np.average(actual, weights=mass)) ** 2
    total = float(np.average(centred, weights=mass))
    if total <= 0:
        return Measure(
            metric="r2",
            value=None,
            low=None,
            high=None,
            n=len(actual),
            method="",
            reason="every actual value is the same",
        )
    value = 1 - float(np.average(error**2, weights=mass)) / total
    influence = mean_of((error**2 - (1 - value) * centred) / total, mass)
    ends = influence.interval(confidence)
    if ends is None:
        return Measure(
            metric="r2", value=value, low=None, high=None, n=len(actual), method="", reason="one row has no spread"
        )
    half = (ends[1] - ends[0]) / 2
    return Measure(
        metric="r2",
        value=value,
        low=value - half,
        high=min(value + half, 1.0),
        n=len(actual),
        method="influence function",
    )


def regression_report(actual: Floats, predicted: Floats, bins: int, confidence: float) -> RegressionReport:
    """Return the histogram and the quantiles of the residuals (actual minus predicted), and their means by predicted value."""
    residual = actual - predicted
    low, high = np.quantile(residual, [0.001, 0.999])
    spread = (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)
    inner = np.linspace(*spread, 39)
    edges = np.unique(np.concatenate([[min(residual.min(), spread[0])], inner, [max(residual.max(), spread[1])]]))
    counts, _ = np.histogram(residual, edges)
    return RegressionReport(
        edges=tuple(edges.tolist()),
        counts=tuple(int(item) for item in counts),
        quantiles=tuple(
            (p, float(q)) for p, q in zip(_PROBABILITIES, np.quantile(residual, _PROBABILITIES), strict=True)
        ),
        by_prediction=tuple(_bins(actual, predicted, residual, bins, confidence)),
    )


def _bins(actual: Floats, predicted: Floats, residual: Floats, bins: int, confidence: float) -> list[ResidualBin]:
    order = np.argsort(predicted, kind="stable")
    ascending = predicted[order]
    cuts = np.unique(ascending[np.linspace(0, len(order), bins + 1).astype(np.intp)[1:-1]])
    place = np.searchsorted(cuts, ascending, side="right")
    found = []
    for index in np.unique(place):
        part = order[place == index]
        mean = mean_of(residual[part])
        low, high = mean.interval(confidence) or (mean.value, mean.value)
        found.append(
            ResidualBin(
                low=float(predicted[part].min()),
                high=float(predicted[part].max()),
                n=len(part),
                mean_predicted=float(predicted[part].mean()),
                mean_actual=float(actual[part].mean()),
                mean_residual=mean.value,
                low_residual=low,
                high_residual=high,
            )
        )
    return found
