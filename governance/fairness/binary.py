"""Yes-or-no decisions: counts by group x label x decision, and the scores behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from governance.fairness import disparity as gaps
from governance.fairness.assemble import Rules
from governance.fairness.intake import Chunk
from governance.fairness.metrics import parities
from governance.fairness.report import Counts
from governance.fairness.scores import Scores, added, estimates, score_rows
from governance.statistics import FN, FP, TN, TP, Attribute, Cells, Estimates, coded, count, of_cells


@dataclass(frozen=True, slots=True, eq=False)
class BinarySummary:
    """Counts, and scores where there are any."""

    cells: Cells
    scores: Scores | None

    def __add__(self, other: BinarySummary) -> BinarySummary:
        """Return the summary of both sets of rows."""
        return self.joined([other])

    def joined(self, others: Sequence[BinarySummary]) -> BinarySummary:
        """Return the summary of these and all other rows."""
        scores = [part.scores for part in (self, *others)]
        known = [item for item in scores if item is not None]
        cells = reduce(add, (part.cells for part in (self, *others)))
        return BinarySummary(cells, added(known) if len(known) == len(scores) else None)

    def marginal(self, names: Sequence[str]) -> BinarySummary:
        """Return the summary by fewer attributes."""
        return BinarySummary(self.cells.marginal(names), self.scores)

    def within(self, name: str, code: int) -> BinarySummary:
        """Return the summary of the rows with one value of an attribute, without that attribute."""
        return BinarySummary(
            self.cells.within(name, code), None if self.scores is None else self.scores.within(name, code)
        )

    def estimates(self, rules: Rules) -> list[Estimates]:
        """Return every metric of every group."""
        found = of_cells(self.cells, rules.names, rules.limits.confidence)
        if self.scores is not None and self.scores.score.size:
            found += estimates(self.scores, self.cells, rules.labelled, rules.limits.confidence)
        return found

    def counts(self) -> list[Counts | None]:
        """Return the counts of each group by name."""
        return [counts_of(table) for table in self.cells.rows]

    def families(
        self,
        items: Mapping[str, Estimates],
        enough: Mapping[str, NDArray[np.bool_]],
        rules: Rules,
        rng: np.random.Generator,
    ) -> tuple[Mapping[str, tuple[str, ...]], dict[str, gaps.Family]]:
        """Return the disparities that can be asked for and the redrawn rates."""
        counted = {name: parts for name, parts in gaps.of_counts().items() if all(part in items for part in parts)}
        scored = {name: parts for name, parts in parities("scores").items() if all(part in items for part in parts)}
        names = tuple(dict.fromkeys(part for parts in counted.values() for part in parts))
        return {**counted, **scored}, gaps.families(self.cells, names, enough, rules.limits.draws, rng)


def summarise(chunk: Chunk, found: tuple[Attribute, ...]) -> BinarySummary:
    """Return the summary of one chunk of binary outcomes."""
    result = chunk.outcome
    label = coded(result.y_true)
    cells = count(found, chunk.codes, label, coded(result.y_pred), result.weight)
    scores = None if result.score is None else score_rows(found, chunk.codes, label, result.score, result.weight)
    return BinarySummary(cells, scores)


def counts_of(table: NDArray[np.int64]) -> Counts:
    """Return the (3, 3) table of one group by name."""
    tn, fp, fn, tp = (int(table[cell]) for cell in (TN, FP, FN, TP))
    return Counts(
        true_negative=tn,
        false_positive=fp,
        false_negative=fn,
        true_positive=tp,
        unlabelled_not_selected=int(table[2, 0]),
        unlabelled_selected=int(table[2, 1]),
        undecided=int(table[:2, 2].sum()),
        neither=int(table[2, 2]),
    )
