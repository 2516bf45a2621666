"""Every metric of a confusion matrix as a function of counts, under fairlearn's and sklearn's names.

Counts are arrays of shape (..., 3, 3): label by decision, each 0, 1, or 2 for unknown. Which cells a rate divides stands in
`metric_list`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import unknown_choice
from governance.statistics import metric_list
from governance.statistics.metric import FN, FP, TP, Cell, Metric

Floats = NDArray[np.float64]


def known(name: str) -> Metric | None:
    """Return the metric called `name`, None for one that is not in the list; "precision[yes]" is the precision of a class."""
    plain = name.partition("[")[0]
    return next((metric for metric in metric_list.METRICS if metric.name == plain), None)


def named(name: str) -> Metric:
    """Return the metric called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    metric = known(name)
    if metric is None:
        raise unknown_choice("metric", name, tuple(item.name for item in metric_list.METRICS))
    return metric


def of_counts(*, labelled: bool = True) -> tuple[str, ...]:
    """Return the metrics of counts of labels by decisions, "count" first; without labels those that need none."""
    return tuple(item.name for item in metric_list.METRICS if item.family == "counts" and (labelled or item.label_free))


def shares_of_rows() -> tuple[str, ...]:
    """Return the metrics that are a share of rows."""
    return tuple(metric.name for metric in metric_list.METRICS if metric.top)


def rate(name: str) -> Metric:
    """Return the share of rows called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    metric = known(name)
    if metric is None or not metric.top:
        raise unknown_choice("metric", name, shares_of_rows())
    return metric


def total(table: NDArray[Any], cells: tuple[Cell, ...]) -> Floats:
    """Return the sum of the named cells of a (..., 3, 3) table."""
    first, *rest = cells
    summed = table[..., first[0], first[1]].astype(np.float64)
    for label, decision in rest:
        summed += table[..., label, decision]
    return summed


def divide(top: Floats, base: Floats) -> Floats:
    """Return top / base, NaN where base is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(base > 0, top / base, np.nan)


def value(name: str, table: NDArray[Any]) -> Floats:
    """Return the metric `name` of each (3, 3) table along the leading axes; NaN where its base is empty.

    For f1 the base is 2 TP + FP + FN; balanced accuracy is the mean of the true positive and true negative rates.
    """
    if name == "count":
        return np.asarray(table.sum(axis=(-2, -1)), dtype=np.float64)
    if name == "balanced_accuracy":
        return np.asarray((value("true_positive_rate", table) + value("true_negative_rate", table)) / 2)
    if name == "f1":
        twice = 2 * total(table, (TP,))
        return divide(twice, twice + total(table, (FP, FN)))
    share = rate(name)
    return divide(total(table, share.top), total(table, share.base))
