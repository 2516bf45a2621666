"""The area under the ROC curve after some scores changed: only the changed rows are ranked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.stress.effect import RANKING, Clean, Grouping, Struck
from governance.stress.rank_pairs import below, pairs_moved
from governance.stress.report import Effect

NAME: Final = "roc_auc"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The scores of one group, sorted once."""

    grouping: Grouping
    at: int
    """Which group."""
    positives: Floats
    """Sorted scores of the rows with a positive label."""
    negatives: Floats
    worth: Floats
    """(n,) what each row of the group adds to the sum over pairs, of all rows of its grouping; shared by its groups."""
    sum: float
    """Over all pairs, how often the positive lies above the negative, ties counting half."""

    @property
    def pairs(self) -> int:
        """Pairs of a positive and a negative row."""
        return len(self.positives) * len(self.negatives)


class Ranking:
    """The areas of all rows and of each group; implements what `effects` does for shares, for `roc_auc`."""

    def __init__(self, clean: Clean) -> None:
        """Sort the scores of every group with a label."""
        self._clean = clean
        self._groups = [item for grouping in clean.groupings for item in _ranked(clean, grouping)]

    def effects(self, struck: Struck) -> tuple[Effect, ...]:
        """Return the change of every area; nothing after errors of rows or labels, which rank other rows."""
        clean = self._clean
        if struck.weight != 1 or bool((struck.truth != clean.truth[struck.rows]).any()):
            return ()
        known = struck.truth < clean.classes
        rows, new = struck.rows[known], struck.score[known]
        old, positive = clean.score[rows], clean.truth[rows] == 1
        found = []
        for ranked in self._groups:
            grouping, at = ranked.grouping, ranked.at
            own = grouping.codes[rows] == at
            before, lists = ranked.sum / ranked.pairs, (ranked.positives, ranked.negatives)
            moved = float(pairs_moved(lists, old[own], ranked.worth[rows[own]], new[own], positive[own]))
            after = (ranked.sum + moved) / ranked.pairs
            found.append(
                Effect(
                    metric=NAME,
                    attribute=grouping.attribute,
                    group=grouping.names[at],
                    rows=len(ranked.positives) + len(ranked.negatives),
                    before=before,
                    after=after,
                    change=after - before,
                    low=None,
                    high=None,
                    reason=RANKING,
                )
            )
        return tuple(found)


def _ranked(clean: Clean, grouping: Grouping) -> Iterator[_Ranked]:
    """Yield the groups with labels of both kinds."""
    known, worth = clean.truth < clean.classes, np.zeros(len(clean.truth))
    for at in range(len(grouping.names)):
        own = known & (grouping.codes == at)
        positive, negative = own & (clean.truth == 1), own & (clean.truth == 0)
        positives, negatives = np.sort(clean.score[positive]), np.sort(clean.score[negative])
        if not len(positives) or not len(negatives):
            continue
        worth[positive] = below(clean.score[positive], negatives)
        worth[negative] = len(positives) - below(clean.score[negative], positives)
        total = float(worth[positive].sum())
        yield _Ranked(grouping=grouping, at=at, positives=positives, negatives=negatives, worth=worth, sum=total)
