"""More than two classes: each class against the rest, and the averages over classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from governance.fairness import disparity as gaps
from governance.fairness.assemble import Rules
from governance.fairness.intake import Chunk
from governance.fairness.report import Counts
from governance.statistics import TP, Attribute, Cells, Estimates, count, mover_mean, of_cells, total, wilson

PER_CLASS = ("base_rate", "selection_rate", "true_positive_rate", "false_positive_rate", "precision")
_GAPS = {
    "demographic_parity": "selection_rate",
    "equal_opportunity": "true_positive_rate",
    "predictive_parity": "precision",
}


@dataclass(frozen=True, slots=True, eq=False)
class MulticlassSummary:
    """For each class, the counts of "is it" by "was it predicted"; all over the same groups."""

    classes: tuple[str, ...]
    tables: tuple[Cells, ...]

    @property
    def cells(self) -> Cells:
        """The counts of the first class; which rows are known is the same for all."""
        return self.tables[0]

    def __add__(self, other: MulticlassSummary) -> MulticlassSummary:
        """Return the summary of both sets of rows."""
        return replace(self, tables=tuple(a + b for a, b in zip(self.tables, other.tables, strict=True)))

    def marginal(self, names: Sequence[str]) -> MulticlassSummary:
        """Return the summary by fewer attributes."""
        return replace(self, tables=tuple(table.marginal(names) for table in self.tables))

    def within(self, name: str, code: int) -> MulticlassSummary:
        """Return the summary of the rows with one value of an attribute, without that attribute."""
        return replace(self, tables=tuple(table.within(name, code) for table in self.tables))

    def estimates(self, rules: Rules) -> list[Estimates]:
        """Return count, accuracy and mean recall, then the rates of each class written as metric[class]."""
        confidence = rules.limits.confidence
        found = of_cells(self.cells, ("count",), confidence)
        per_class = [
            of_cells(table, tuple(m for m in PER_CLASS if m in rules.names), confidence) for table in self.tables
        ]
        if rules.labelled:
            found += [self._accuracy(confidence), _macro([_named(items, "true_positive_rate") for items in per_class])]
        for name, items in zip(self.classes, per_class, strict=True):
            found += [replace(item, metric=f"{item.metric}[{name}]") for item in items]
        return found

    def _accuracy(self, confidence: float) -> Estimates:
        """Right answers are the true positives of all classes; every labelled row is a row of exactly one class."""
        whole = of_cells(self.cells, ("accuracy",), confidence)[0]
        hits = sum(total(table.mass, (TP,)) for table in self.tables)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(whole.base > 0, hits / whole.base, np.nan)
        assert whole.trials is not None
        top = np.nan_to_num(value) * whole.trials
        low, high = wilson(top, whole.trials, confidence)
        return replace(whole, value=value, low=low, high=high, top=top)

    def counts(self) -> list[Counts | None]:
        """Return None for each group: four counts do not describe many classes."""
        return [None] * len(self.cells.groups)

    def families(
        self,
        items: Mapping[str, Estimates],
        enough: Mapping[str, NDArray[np.bool_]],
        rules: Rules,
        rng: np.random.Generator,
    ) -> tuple[Mapping[str, tuple[str, ...]], dict[str, gaps.Family]]:
        """Return the disparities of each class and the redrawn rates; averages are drawn from the normal approximation."""
        wanted: dict[str, tuple[str, ...]] = {}
        if "accuracy" in items:
            wanted = {"accuracy_parity": ("accuracy",), "balanced_accuracy_parity": ("balanced_accuracy",)}
        found: dict[str, gaps.Family] = {}
        for name, table in zip(self.classes, self.tables, strict=True):
            parts = {gap: metric for gap, metric in _GAPS.items() if f"{metric}[{name}]" in items}
            wanted |= {f"{gap}[{name}]": (f"{metric}[{name}]",) for gap, metric in parts.items()}
            judged = {metric: enough[f"{metric}[{name}]"] for metric in parts.values()}
            drawn = gaps.families(table, tuple(judged), judged, rules.limits.draws, rng)
            found |= {f"{metric}[{name}]": family for metric, family in drawn.items()}
        return wanted, found


def _named(items: Sequence[Estimates], metric: str) -> Estimates:
    return next(item for item in items if item.metric == metric)


def _macro(recalls: Sequence[Estimates]) -> Estimates:
    """Return the mean recall over classes; not defined for a group in which a class has no rows."""
    value, low, high = mover_mean(
        [item.value for item in recalls], [item.low for item in recalls], [item.high for item in recalls]
    )
    return Estimates(
        metric="balanced_accuracy",
        value=value,
        low=low,
        high=high,
        base=np.sum([item.base for item in recalls], axis=0),
        rows=np.min([item.rows for item in recalls], axis=0),
        needs="rows of the rarest class",
        outcome=True,
    )


def summarise(chunk: Chunk, found: tuple[Attribute, ...]) -> MulticlassSummary:
    """Return the summary of one chunk of decisions among several classes."""
    result = chunk.outcome

    def against_rest(values: NDArray[np.float64], index: int) -> NDArray[np.uint8]:
        return np.where(np.isnan(values), 2, values == index).astype(np.uint8)

    tables = tuple(
        count(found, chunk.codes, against_rest(result.y_true, at), against_rest(result.y_pred, at), result.weight)
        for at in range(len(result.classes))
    )
    return MulticlassSummary(result.classes, tables)
