"""What was found on one half is measured on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.data import columns_of, condition_text
from governance.performance.segment_report import ErrorNode, Segment
from governance.performance.segments.search import Candidate, Mask, Pool, flat
from governance.performance.segments.tree import Node
from governance.statistics import clopper_pearson, mean_of, mover_difference, wilson

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Halves:
    """The rows in two halves, with their losses."""

    loss: Floats
    """(n,) 1 for a wrong decision, or an absolute error."""
    weight: Floats | None
    """(n,) or None for equal weights."""
    searched: NDArray[np.intp]
    """Positions of the half that is searched."""
    judged: NDArray[np.intp]
    """Positions of the half that judges."""
    shares: bool
    """Whether the losses are 0 and 1, so that their means have Wilson's interval; else Student's."""

    def swapped(self) -> Halves:
        """Return the halves with their tasks exchanged."""
        return Halves(
            loss=self.loss, weight=self.weight, searched=self.judged, judged=self.searched, shares=self.shares
        )

    def pool(self, least: float) -> Pool:
        """Return the half that is searched; weights are scaled to effective rows (Kish 1965)."""
        mass = np.ones(len(self.searched)) if self.weight is None else self.weight[self.searched]
        scaled = mass * mass.sum() / (mass * mass).sum()
        return Pool(rows=self.searched, loss=self.loss[self.searched], mass=scaled, least=least)

    def mean(
        self, at: NDArray[np.intp], confidence: float, *, exact: bool = False
    ) -> tuple[float, float | None, float | None]:
        """Return the mean loss of the rows at these positions, at least one, with its interval.

        Args:
            at: positions of the rows.
            confidence: coverage aimed at, 0 to 1.
            exact: take Clopper and Pearson's interval for a share of unweighted rows: far out in the tails, where corrected intervals
                end, Wilson's covers a few tenths of a percent less than it says.
        """
        weight = None if self.weight is None else self.weight[at]
        if weight is not None and weight.sum() <= 0:
            return 0.0, None, None
        mean = mean_of(self.loss[at], weight)
        if self.shares and exact and weight is None:
            return mean.value, *clopper_pearson(int(self.loss[at].sum()), len(at), confidence)
        if self.shares:
            low, high = wilson(mean.value * mean.effective, mean.effective, confidence)
            return mean.value, float(low), float(high)
        ends = mean.interval(confidence, least=0.0)
        return (mean.value, None, None) if ends is None else (mean.value, *ends)

    def lost(self, at: NDArray[np.intp]) -> float:
        """Return the sum of the (weighted) losses at these positions."""
        return float(self.loss[at].sum() if self.weight is None else (self.loss[at] * self.weight[at]).sum())


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment with its rows."""

    segment: Segment
    rows: Mask
    """(n,)"""


def shared(one: Mask, two: Mask) -> float:
    """Return the part of the rows of both sets that lies in each of them (Jaccard), 0 to 1."""
    return float((one & two).sum() / max((one | two).sum(), 1))


def judge(halves: Halves, candidate: Candidate, confidence: float) -> Judged | None:
    """Return a find with its error on the other half, None where that half has no row of it or none outside it.

    The interval of the difference is recovered from those of both sides (Zou and Donner, Statistics in Medicine 27:1693-1702, 2008).
    """
    inside = candidate.rows
    here, there = halves.judged[inside[halves.judged]], halves.judged[~inside[halves.judged]]
    if not len(here) or not len(there):
        return None
    error, low, high = halves.mean(here, confidence, exact=True)
    rest, rest_low, rest_high = halves.mean(there, confidence, exact=True)
    ends: tuple[float | None, float | None] = None, None
    if low is not None and high is not None and rest_low is not None and rest_high is not None:
        found = mover_difference(a=error, a_low=low, a_high=high, b=rest, b_low=rest_low, b_high=rest_high)
        ends = float(found[0]), float(found[1])
    total = halves.lost(halves.judged)
    found_error = halves.mean(halves.searched[inside[halves.searched]], confidence)[0]
    segment = Segment(
        cohort=condition_text(candidate.condition),
        columns=candidate.columns,
        rows=int(inside.sum()),
        share=float(inside.mean()),
        found=found_error,
        judged=len(here),
        error=error,
        low=low,
        high=high,
        rest=rest,
        difference=error - rest,
        difference_low=ends[0],
        difference_high=ends[1],
        share_of_errors=halves.lost(here) / total if total > 0 else 0.0,
        named=ends[0] is not None and ends[0] > 0,
    )
    return Judged(segment, inside)


def measured(halves: Halves, tree: tuple[Node, ...], confidence: float) -> tuple[ErrorNode, ...]:
    """Return the nodes of the tree with their error on the other half."""
    return tuple(_node(halves, number, node, confidence) for number, node in enumerate(tree))


def _node(halves: Halves, number: int, node: Node, confidence: float) -> ErrorNode:
    here = halves.judged[node.rows[halves.judged]]
    error, low, high = halves.mean(here, confidence) if len(here) else (None, None, None)
    return ErrorNode(
        id=number,
        parent=node.parent,
        test=condition_text(node.test),
        cohort=condition_text(flat(node.path)) if node.path else "",
        rows=int(node.rows.sum()),
        share=float(node.rows.mean()),
        judged=len(here),
        error=error,
        low=low,
        high=high,
        leaf=node.leaf,
    )


def of_leaf(pool: Pool, node: Node) -> Candidate:
    """Return a leaf of the tree as something that may be a segment."""
    inside: Mask = node.rows[pool.rows]
    n, loss = np.array([pool.mass[inside].sum()]), np.array([(pool.mass * pool.loss)[inside].sum()])
    condition = flat(node.path)
    return Candidate(condition=condition, columns=columns_of(condition), rows=node.rows, z=float(pool.z(n, loss)[0]))
