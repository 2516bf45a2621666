"""Every metric of a confusion matrix as a function of counts, and which way is worse for the people concerned.

Counts are arrays of shape (..., 3, 3): label by decision, each 0, 1 or 2 for unknown. Names are fairlearn's and sklearn's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from governance.errors import unknown_choice
from governance.fairness.report import Polarity

Floats = NDArray[np.float64]
Cell = tuple[int, int]

TN, FP, FN, TP = (0, 0), (0, 1), (1, 0), (1, 1)
KNOWN: tuple[Cell, ...] = (TN, FP, FN, TP)
Direction = Literal["higher", "lower", ""]
"""Which way is worse; "" for neither."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """A metric that is a share of rows: sum of the cells of `top` over the sum of the cells of `base`."""

    name: str
    top: tuple[Cell, ...]
    base: tuple[Cell, ...]
    needs: str
    """What the base counts, in words."""
    worse_if_good: Direction
    """Which way is worse for people when being selected is good for them."""
    worse_if_bad: Direction

    def worse(self, polarity: Polarity) -> Direction:
        """Return which way is worse for people."""
        return self.worse_if_good if polarity == "good" else self.worse_if_bad


_POSITIVE, _NEGATIVE = (FN, TP), (TN, FP)
_SELECTED, _REJECTED = (FP, TP), (TN, FN)

# Errors against people carry a direction: refusing who deserves it when selection is good, selecting who does not when it is bad.
# Errors in their favour carry none. Whether a base rate is high says nothing about the model.
PROPORTIONS: tuple[Proportion, ...] = (
    Proportion(
        "base_rate", ((1, 0), (1, 1), (1, 2)), tuple((y, d) for y in (0, 1) for d in (0, 1, 2)), "labelled rows", "", ""
    ),
    Proportion(
        "selection_rate",
        ((0, 1), (1, 1), (2, 1)),
        tuple((y, d) for y in (0, 1, 2) for d in (0, 1)),
        "decided rows",
        "lower",
        "higher",
    ),
    Proportion("true_positive_rate", (TP,), _POSITIVE, "positive labels", "lower", ""),
    Proportion("false_positive_rate", (FP,), _NEGATIVE, "negative labels", "", "higher"),
    Proportion("true_negative_rate", (TN,), _NEGATIVE, "negative labels", "", "lower"),
    Proportion("false_negative_rate", (FN,), _POSITIVE, "positive labels", "higher", ""),
    Proportion("precision", (TP,), _SELECTED, "selected rows", "", "lower"),
    Proportion("negative_predictive_value", (TN,), _REJECTED, "rows not selected", "lower", ""),
    Proportion("false_discovery_rate", (FP,), _SELECTED, "selected rows", "", "higher"),
    Proportion("false_omission_rate", (FN,), _REJECTED, "rows not selected", "higher", ""),
    Proportion("accuracy", (TN, TP), KNOWN, "labelled rows", "lower", "lower"),
)
COMPOSITES = ("balanced_accuracy", "f1")
SCORED = ("roc_auc", "mean_score", "expected_calibration_error")
REGRESSION = ("mean_absolute_error", "root_mean_squared_error", "mean_error", "r2")
BINARY = ("count", *(item.name for item in PROPORTIONS), *COMPOSITES)
LABEL_FREE = ("count", "selection_rate", "mean_score")
"""Metrics that need no label."""
_OTHER_DIRECTIONS: dict[str, Direction] = {
    "balanced_accuracy": "lower", "f1": "lower", "roc_auc": "lower", "expected_calibration_error": "higher",
    "mean_absolute_error": "higher", "root_mean_squared_error": "higher", "r2": "lower",
}  # fmt: skip
_BY_NAME = {item.name: item for item in PROPORTIONS}


def proportion(name: str) -> Proportion:
    """Return the proportion called `name`.

    Raises:
        RefusedInputError: there is none.
    """
    if name not in _BY_NAME:
        raise unknown_choice("metric", name, tuple(_BY_NAME))
    return _BY_NAME[name]


def direction(name: str, polarity: Polarity) -> Direction:
    """Return which way the metric is worse for people, "" when neither way is."""
    if name in _BY_NAME:
        return _BY_NAME[name].worse(polarity)
    if name == "mean_score":
        return "lower" if polarity == "good" else "higher"
    return _OTHER_DIRECTIONS.get(name, "")


def total(table: NDArray[Any], cells: tuple[Cell, ...]) -> Floats:
    """Return the sum of the named cells of a (..., 3, 3) table."""
    first, *rest = cells
    found = table[..., first[0], first[1]].astype(np.float64)
    for label, decision in rest:
        found += table[..., label, decision]
    return found


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
        found = total(table, (TP,))
        return divide(2 * found, 2 * found + total(table, (FP, FN)))
    item = proportion(name)
    return divide(total(table, item.top), total(table, item.base))


def parts(name: str) -> tuple[str, ...]:
    """Return the proportions that a composite metric is made of; the metric itself otherwise."""
    return {"balanced_accuracy": ("true_positive_rate", "true_negative_rate"), "f1": ("true_positive_rate",)}.get(
        name, (name,)
    )
