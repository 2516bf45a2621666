"""The search on one half: every single column and every pair of columns, read off tables of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from governance.data import Condition, Every
from governance.performance.segments.coding import Coded

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
SIMPLER = 1.0
"""A second column has to add so many standard errors to the first one's."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set of rows that may be a segment."""

    condition: Condition
    columns: tuple[str, ...]
    """Columns that the condition names."""
    rows: Mask
    """(n,) which rows of the data lie in it, both halves."""
    z: float
    """Standard errors by which its error is above that of the other rows searched."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Rows that are searched, with what they lose."""

    rows: NDArray[np.intp]
    """Positions of the rows."""
    loss: Floats
    """Loss of each of them."""
    mass: Floats
    """Weight of each of them, scaled so that the sum is the number of effective rows."""
    least: float
    """Fewest effective rows of a segment, and of the rest."""

    def without(self, rows: Mask) -> Pool:
        """Return the pool without the rows of the data that `rows` marks."""
        kept = ~rows[self.rows]
        return Pool(rows=self.rows[kept], loss=self.loss[kept], mass=self.mass[kept], least=self.least)

    def tables(self, code: NDArray[np.intp], size: int) -> tuple[Floats, Floats]:
        """Return (size,) effective rows and (size,) sums of loss by code."""
        n = np.bincount(code, self.mass, minlength=size)
        loss = np.bincount(code, self.mass * self.loss, minlength=size)
        return np.asarray(n, dtype=np.float64), np.asarray(loss, dtype=np.float64)

    def z(self, n: Floats, loss: Floats) -> Floats:
        """Return the score statistic of a higher loss inside than outside, -inf where one side is too small."""
        total, sum_of_loss = self.mass.sum(), (self.mass * self.loss).sum()
        spread = (self.mass * self.loss**2).sum() / total - (sum_of_loss / total) ** 2
        rest = total - n
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = loss / n - (sum_of_loss - loss) / rest
            found = gap / np.sqrt(spread * (1 / n + 1 / rest))
        return np.where((n >= self.least) & (rest >= self.least) & np.isfinite(found), found, -np.inf)


def best(pool: Pool, columns: Sequence[Coded], paired: Sequence[Coded]) -> Candidate | None:
    """Return the set of rows whose loss is most standard errors above the others', None when no set is large enough.

    Args:
        pool: the rows to search.
        columns: looked at one by one.
        paired: looked at two by two.
    """
    singles = [item for column in columns if (item := _one(pool, column))]
    pairs = [item for first, second in combinations(paired, 2) if (item := _two(pool, first, second))]
    leader = max((*singles, *pairs), key=lambda item: item.z, default=None)
    if leader is None or len(leader.columns) == 1:
        return leader
    alone = [item for item in singles if item.columns[0] in leader.columns and item.z > leader.z - SIMPLER]
    return max(alone, key=lambda item: item.z, default=leader)


def strength(pool: Pool, column: Coded) -> float:
    """Return the largest z of a single column in either direction, to choose the columns that are paired."""
    n, loss = pool.tables(column.codes[pool.rows].astype(np.intp), column.size)
    inside = column.selector
    both = pool.z(inside @ n, inside @ loss)
    return float(np.max(np.abs(both[np.isfinite(both)]), initial=0.0))


def _one(pool: Pool, column: Coded) -> Candidate | None:
    n, loss = pool.tables(column.codes[pool.rows].astype(np.intp), column.size)
    z = pool.z(column.selector @ n, column.selector @ loss)
    if not len(z) or not np.isfinite(z.max()):
        return None
    at = int(z.argmax())
    masks, ends = column.parts
    rows = masks[at][column.codes]
    return Candidate(condition=column.condition(*ends[at]), columns=(column.name,), rows=rows, z=float(z[at]))


def _two(pool: Pool, first: Coded, second: Coded) -> Candidate | None:
    code = first.codes[pool.rows].astype(np.intp) * second.size + second.codes[pool.rows]
    n, loss = (
        first.selector @ table.reshape(first.size, second.size) @ second.selector.T
        for table in pool.tables(code, first.size * second.size)
    )
    z = pool.z(n, loss)
    if not z.size or not np.isfinite(z.max()):
        return None
    row, column = (int(at) for at in np.unravel_index(int(z.argmax()), z.shape))
    (masks, ends), (others, other_ends) = first.parts, second.parts
    return Candidate(
        condition=flat((first.condition(*ends[row]), second.condition(*other_ends[column]))),
        columns=(first.name, second.name),
        rows=masks[row][first.codes] & others[column][second.codes],
        z=float(z[row, column]),
    )


def flat(conditions: Sequence[Condition]) -> Condition:
    """Return all conditions together without brackets in brackets."""
    tests = [test for item in conditions for test in (item.parts if isinstance(item, Every) else (item,))]
    return tests[0] if len(tests) == 1 else Every(tuple(tests))


def looked_at(columns: Sequence[Coded], paired: Sequence[Coded]) -> int:
    """Return how many sets of rows one search compares."""
    sizes = [len(item.parts[1]) for item in paired]
    return sum(len(item.parts[1]) for item in columns) + sum(a * b for a, b in combinations(sizes, 2))
