"""A metric of every group with its interval, in one shape for all kinds of metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness import metrics
from governance.fairness.cells import Cells
from governance.fairness.intervals import wilson
from governance.fairness.metrics import FN, FP, TP, Cell, divide, total

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
    found = divide(total(cells.weight, base) ** 2, total(cells.squares, base))
    return np.where(np.isnan(found), 0.0, found)


def _proportion(name: str, cells: Cells, confidence: float) -> Estimates:
    item = metrics.proportion(name)
    found = metrics.value(name, cells.mass)
    trials = effective(cells, item.base)
    top = np.where(trials > 0, np.nan_to_num(found) * trials, 0.0)
    low, high = wilson(top, trials, confidence)
    outcome = item.needs not in {"labelled rows", "decided rows"}
    base, rows = total(cells.mass, item.base), total(cells.rows, item.base)
    return Estimates(name, found, low, high, base, rows, item.needs, outcome, top, trials)


def _f1(cells: Cells, confidence: float) -> Estimates:
    """F1 = 2 J / (1 + J) of the proportion J = TP / (TP + FP + FN): Wilson's interval of J, mapped."""
    union = (TP, FP, FN)
    share = divide(total(cells.mass, (TP,)), total(cells.mass, union))
    trials = effective(cells, union)
    top = np.where(trials > 0, np.nan_to_num(share) * trials, 0.0)
    low, high = wilson(top, trials, confidence)
    found = metrics.value("f1", cells.mass)
    base, rows = total(cells.mass, union), total(cells.rows, (TP, FN))
    return Estimates(
        "f1",
        found,
        2 * low / (1 + low),
        2 * high / (1 + high),
        base,
        rows,
        "positive labels",
        outcome=True,
        top=top,
        trials=trials,
    )


def _balanced(cells: Cells, confidence: float) -> Estimates:
    """The mean of two independent rates; its interval recovers their variances (Zou and Donner 2008)."""
    one = _proportion("true_positive_rate", cells, confidence)
    two = _proportion("true_negative_rate", cells, confidence)
    found = (one.value + two.value) / 2
    low = found - np.hypot(one.value - one.low, two.value - two.low) / 2
    high = found + np.hypot(one.high - one.value, two.high - two.value) / 2
    rows = np.minimum(one.rows, two.rows)
    return Estimates(
        "balanced_accuracy", found, low, high, one.base + two.base, rows, "rows of the rarer label", outcome=True
    )


def of_cells(cells: Cells, names: tuple[str, ...], confidence: float) -> list[Estimates]:
    """Return the named metrics of every group of `cells`, with "count" first among them if asked for."""
    found = []
    for name in names:
        if name == "count":
            rows = total(cells.rows, tuple((y, d) for y in range(3) for d in range(3)))
            nothing = np.full(len(rows), np.nan)
            found.append(Estimates("count", rows, nothing, nothing, rows, rows, "rows", outcome=False))
        elif name == "f1":
            found.append(_f1(cells, confidence))
        elif name == "balanced_accuracy":
            found.append(_balanced(cells, confidence))
        else:
            found.append(_proportion(name, cells, confidence))
    return found
