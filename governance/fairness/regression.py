"""Predicted numbers: errors by group from sums that add up over chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from governance.fairness import disparity as gaps
from governance.fairness.assemble import Rules
from governance.fairness.intake import Chunk
from governance.fairness.metrics import parities
from governance.fairness.report import Counts
from governance.statistics import (
    Attribute,
    Cells,
    Estimates,
    combined,
    count,
    counted,
    gathered,
    student_interval,
    total,
)

Floats = NDArray[np.float64]
_COLUMNS = 8
"""Sums of w, w^2, w e, w |e|, w e^2, w e^4, w y, w y^2 over rows with a label and a prediction; e is prediction - label."""
_KNOWN = ((0, 0),)


@dataclass(frozen=True, slots=True, eq=False)
class RegressionSummary:
    """Rows by known or unknown value, and sums of errors."""

    cells: Cells
    sums: Floats
    """(g, 8) sums, in the order of the groups of `cells`."""
    shift: float
    """Taken from every label before it is summed, so that R2 does not lose digits."""

    def __add__(self, other: RegressionSummary) -> RegressionSummary:
        """Return the summary of both sets of rows."""
        moved = _reshifted(other.sums, other.shift - self.shift)
        both = np.concatenate([self.cells.groups, other.cells.groups])
        _, sums = gathered(both, [np.concatenate([self.sums, moved])])
        assert sums[0] is not None
        return RegressionSummary(self.cells + other.cells, sums[0], self.shift)

    def marginal(self, names: Sequence[str]) -> RegressionSummary:
        """Return the summary by fewer attributes."""
        keep = [at for at, item in enumerate(self.cells.attributes) if item.name in names]
        _, sums = gathered(self.cells.groups[:, keep], [self.sums])
        assert sums[0] is not None
        return replace(self, cells=self.cells.marginal(names), sums=sums[0])

    def within(self, name: str, code: int) -> RegressionSummary:
        """Return the summary of the rows with one value of an attribute, without that attribute."""
        at = [item.name for item in self.cells.attributes].index(name)
        mask = self.cells.groups[:, at] == code
        others = [index for index in range(len(self.cells.attributes)) if index != at]
        _, sums = gathered(self.cells.groups[mask][:, others], [self.sums[mask]])
        assert sums[0] is not None
        return replace(self, cells=self.cells.within(name, code), sums=sums[0])

    def estimates(self, rules: Rules) -> list[Estimates]:
        """Return count, MAE, RMSE, mean error and R2 of every group, in the unit of the label (R2 without unit)."""
        everyone = counted(self.cells.rows.sum(axis=(1, 2)).astype(np.float64))
        if not rules.labelled:
            return [everyone]
        return [everyone, *_errors(self.sums, total(self.cells.rows, _KNOWN), rules.limits.confidence)]

    def counts(self) -> list[Counts | None]:
        """Return None for each group: there are no decisions to count."""
        return [None] * len(self.sums)

    def families(
        self,
        items: Mapping[str, Estimates],
        enough: Mapping[str, NDArray[np.bool_]],
        rules: Rules,
        rng: np.random.Generator,
    ) -> tuple[Mapping[str, tuple[str, ...]], dict[str, gaps.Family]]:
        """Return the disparities that can be asked for; their draws come from the normal approximation."""
        del enough, rules, rng
        return {name: parts for name, parts in parities("numbers").items() if all(part in items for part in parts)}, {}


def _reshifted(sums: Floats, by: float) -> Floats:
    """Return the sums as if `by` had been added to every label before summing."""
    moved = sums.copy()
    moved[:, 7] = sums[:, 7] + 2 * by * sums[:, 6] + by * by * sums[:, 0]
    moved[:, 6] = sums[:, 6] + by * sums[:, 0]
    return moved


def _errors(sums: Floats, rows: Floats, confidence: float) -> list[Estimates]:
    w, w2, error, absolute, square, fourth, y, yy = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = w * w / w2
        mean, mae, mse = error / w, absolute / w, square / w
        spread_of_squares = fourth / w - mse**2
        spread = yy / w - (y / w) ** 2
        r2 = np.where(spread > 0, 1 - mse / spread, np.nan)
    nothing = np.full(len(w), np.nan)
    squares = student_interval(mse, spread_of_squares, effective, confidence, least=0.0)
    ends = {
        "mean_absolute_error": student_interval(mae, mse - mae**2, effective, confidence, least=0.0),
        "root_mean_squared_error": (np.sqrt(squares[0]), np.sqrt(squares[1])),
        "mean_error": student_interval(mean, mse - mean**2, effective, confidence),
        "r2": (nothing, nothing),
    }
    values = {"mean_absolute_error": mae, "root_mean_squared_error": np.sqrt(mse), "mean_error": mean, "r2": r2}
    return [
        Estimates(
            metric=name,
            value=values[name],
            low=low,
            high=high,
            base=w,
            rows=rows,
            needs="labelled rows",
            outcome=False,
        )
        for name, (low, high) in ends.items()
    ]


def summarise(chunk: Chunk, found: tuple[Attribute, ...]) -> RegressionSummary:
    """Return the summary of one chunk of predicted numbers."""
    result = chunk.outcome
    label = np.where(np.isnan(result.y_true), 2, 0).astype(np.uint8)
    decision = np.where(np.isnan(result.y_pred), 2, 0).astype(np.uint8)
    cells = count(found, chunk.codes, label, decision, result.weight)
    known = result.labelled
    flat = combined(chunk.codes, found)
    order = combined(list(cells.groups.T), found)
    place = np.searchsorted(order, flat[known])
    y, error = result.y_true[known], result.y_pred[known] - result.y_true[known]
    shift = float(y.mean()) if len(y) else 0.0
    w = np.ones(len(y)) if result.weight is None else result.weight[known]
    y = y - shift
    columns = (w, w * w, w * error, w * np.abs(error), w * error**2, w * error**4, w * y, w * y * y)
    sums = np.stack([np.bincount(place, column, minlength=len(order)) for column in columns], axis=1)
    return RegressionSummary(cells, sums.astype(np.float64), shift)
