"""Every threshold read off counts that were made once: rates, costs, and thresholds per group. Light enough for a slider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness.report import GroupCurve

Floats = NDArray[np.float64]

PER_GROUP_NOTICE = (
    "Different thresholds for different groups treat people differently because of who they are. In some jurisdictions that is "
    "unlawful disparate treatment, whatever its purpose; take legal advice before using it."
)


@dataclass(frozen=True, slots=True)
class Costs:
    """What each kind of decision costs, in any one unit; a gain is a negative cost."""

    false_positive: float = 1.0
    false_negative: float = 1.0
    true_positive: float = 0.0
    true_negative: float = 0.0


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """One group at one threshold."""

    name: str
    n: int
    """Rows with a score."""
    selected: int
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def selection_rate(self) -> float | None:
        """Share selected, None for nobody."""
        return self.selected / self.n if self.n else None

    @property
    def true_positive_rate(self) -> float | None:
        """Share selected of those with a positive label; best 1."""
        positives = self.true_positive + self.false_negative
        return self.true_positive / positives if positives else None

    @property
    def false_positive_rate(self) -> float | None:
        """Share selected of those with a negative label; best 0."""
        negatives = self.false_positive + self.true_negative
        return self.false_positive / negatives if negatives else None

    @property
    def precision(self) -> float | None:
        """Share with a positive label of those selected; best 1."""
        found = self.true_positive + self.false_positive
        return self.true_positive / found if found else None

    @property
    def accuracy(self) -> float | None:
        """Share decided rightly of those with a label; best 1."""
        labelled = self.true_positive + self.false_positive + self.false_negative + self.true_negative
        return (self.true_positive + self.true_negative) / labelled if labelled else None

    def cost(self, costs: Costs) -> float:
        """Return the sum of the costs of all labelled rows."""
        return (
            costs.false_positive * self.false_positive
            + costs.false_negative * self.false_negative
            + costs.true_positive * self.true_positive
            + costs.true_negative * self.true_negative
        )


def nearest(thresholds: Sequence[float], wanted: float) -> int:
    """Return the index of the lowest threshold that is at or above `wanted`; the last one when none is.

    When every distinct score is a threshold, the decisions at that index are exactly those at `wanted`.
    """
    return min(int(np.searchsorted(np.asarray(thresholds), wanted, side="left")), len(thresholds) - 1)


def at(curve: GroupCurve, index: int) -> AtThreshold:
    """Return the counts of one group at the threshold of this index."""
    tp, fp = curve.true_positives[index], curve.false_positives[index]
    return AtThreshold(
        name=curve.name,
        n=curve.n,
        selected=curve.selected[index],
        true_positive=tp,
        false_positive=fp,
        false_negative=curve.positives - tp,
        true_negative=curve.negatives - fp,
    )


def total_costs(curve: GroupCurve, costs: Costs) -> Floats:
    """Return the cost of the group's labelled rows at each threshold."""
    tp, fp = np.asarray(curve.true_positives, dtype=float), np.asarray(curve.false_positives, dtype=float)
    return np.asarray(
        costs.false_positive * fp
        + costs.false_negative * (curve.positives - tp)
        + costs.true_positive * tp
        + costs.true_negative * (curve.negatives - fp)
    )


def cheapest(curve: GroupCurve, costs: Costs) -> int:
    """Return the index of the threshold with the lowest cost, the lowest such threshold of equals."""
    return int(np.argmin(total_costs(curve, costs)))


def with_rate(curve: GroupCurve, rate: float) -> int:
    """Return the index of the threshold at which the share selected comes closest to `rate`."""
    return int(np.argmin(np.abs(np.asarray(curve.selected, dtype=float) / max(curve.n, 1) - rate)))
