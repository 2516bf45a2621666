"""A metric of every group with its interval, in one shape for all kinds of metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.statistics.counts import Cells
from governance.statistics.intervals import mover_mean, wilson
from governance.statistics.metric import FN, FP, TP, Cell
from governance.statistics.rates import divide, rate, total, value

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One metric of g groups."""

    metric: str
    value: Floats
    """(g,) NaN where it is not defined."""
    low: Floats
    """(g,) NaN where there is no interval."""
    high: Floats
    base: Floats
    """(g,) rows or sum of weights in the denominator."""
    rows: Floats
    """(g,) the fewest rows of any outcome that the metric needs."""
    needs: str
    """What `rows` counts, in words."""
    outcome: bool
    """Whether `rows` counts an outcome (limit: `min_outcomes`) or all rows (limit: `min_rows`)."""
    top: Floats | None = None
    """(g,) effective successes of a proportion, for tests; None for other metrics."""
    trials: Floats | None = None
    """(g,) effective trials."""


def effective(cells: Cells, base: tuple[Cell, ...]) -> Floats:
    """Return the effective rows of the denominators: (sum w)^2 / sum w^2 (Kish 1965); the rows for equal weights."""
    if cells.weight is None or cells.squares is None:
        return total(cells.rows, base)
    rows = divide(total(cells.weight, base) ** 2, total(cells.squares, base))
    return np.where(np.isnan(rows), 0.0, rows)


def _proportion(name: str, cells: Cells, confidence: float) -> Estimates:
    item = rate(name)
    share = value(name, cells.mass)
    trials = effective(cells, item.base)
    top = np.where(trials > 0, np.nan_to_num(share) * trials, 0.0)
    low, high = wilson(top, trials, confidence)
    outcome = item.needs not in {"labelled rows", "decided rows"}
    base, rows = total(cells.mass, item.base), total(cells.rows, item.base)
    return Estimates(
        metric=name,
        value=share,
        low=low,
        high=high,
        base=base,
        rows=rows,
        needs=item.needs,
        outcome=outcome,
        top=top,
        trials=trials,
    )


def _f1(cells: Cells, confidence: float) -> Estimates:
    """F1 = 2 J / (1 + J) of the proportion J = TP / (TP + FP + FN): Wilson's interval of J, mapped."""
    union = (TP, FP, FN)
    share = divide(total(cells.mass, (TP,)), total(cells.mass, union))
    trials = effective(cells, union)
    top = np.where(trials > 0, np.nan_to_num(share) * trials, 0.0)
    low, high = wilson(top, trials, confidence)
    base, rows = total(cells.mass, union), total(cells.rows, (TP, FN))
    return Estimates(
        metric="f1",
        value=value("f1", cells.mass),
        low=2 * low / (1 + low),
        high=2 * high / (1 + high),
        base=base,
        rows=rows,
        needs="positive labels",
        outcome=True,
        top=top,
        trials=trials,
    )


def _balanced(cells: Cells, confidence: float) -> Estimates:
    """The mean of two independent rates; its interval recovers their variances (Zou and Donner 2008)."""
    one = _proportion("true_positive_rate", cells, confidence)
    two = _proportion("true_negative_rate", cells, confidence)
    middle, low, high = mover_mean((one.value, two.value), (one.low, two.low), (one.high, two.high))
    return Estimates(
        metric="balanced_accuracy",
        value=middle,
        low=low,
        high=high,
        base=one.base + two.base,
        rows=np.minimum(one.rows, two.rows),
        needs="rows of the rarer label",
        outcome=True,
    )


def of_cells(cells: Cells, names: tuple[str, ...], confidence: float) -> list[Estimates]:
    """Return the named metrics of every group of `cells`, with "count" first among them if asked for."""
    return [_of_name(name, cells, confidence) for name in names]


def _of_name(name: str, cells: Cells, confidence: float) -> Estimates:
    if name == "count":
        return counted(total(cells.rows, tuple((y, d) for y in range(3) for d in range(3))))
    if name == "f1":
        return _f1(cells, confidence)
    return _balanced(cells, confidence) if name == "balanced_accuracy" else _proportion(name, cells, confidence)


def counted(rows: Floats) -> Estimates:
    """Return the number of rows of each group as an estimate, which has no interval."""
    nothing = np.full(len(rows), np.nan)
    return Estimates(
        metric="count", value=rows, low=nothing, high=nothing, base=rows, rows=rows, needs="rows", outcome=False
    )
