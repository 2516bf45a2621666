"""Trees whose tables are in memory together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.leaf import Lines
from governance.explain.trees.tables import Units


@dataclass(frozen=True, slots=True)
class Portion:
    """Consecutive trees."""

    first: int
    """Number of the first tree."""
    last: int
    """One past the last."""


@dataclass(frozen=True, slots=True)
class Built:
    """The tables of a portion."""

    tables: NDArray[np.float32]
    """One after another."""
    offset: int
    """Where the first of them would begin if those of all trees were in memory."""
    base: float
    """What their leaves give to the base value."""


@dataclass(slots=True)
class Prepared:
    """What one plan needs for one output."""

    lines: Lines
    """What a line of a table holds."""
    units: Units
    """Which subtrees have one."""
    sizes: NDArray[np.int64]
    """(trees,) floats of each tree's tables."""
    portions: tuple[Portion, ...]
    """All trees at once, or runs of them."""
    kept: Built | None
    """The tables of all trees, where they are small enough."""

    def floats(self, portion: Portion) -> int:
        """Return the size of a portion's tables."""
        return int(self.sizes[portion.first : portion.last].sum())


def portions_of(sizes: NDArray[np.int64], kept: int, portion: int) -> tuple[Portion, ...]:
    """Return all trees when their tables take at most `kept` floats, else runs of trees of at most `portion`, which share memory."""
    if int(sizes.sum()) <= kept:
        return (Portion(0, len(sizes)),)
    first, floats, found = 0, 0, []
    for tree, size in enumerate(sizes.tolist()):
        if floats and floats + size > portion:
            found.append(Portion(first, tree))
            first, floats = tree, 0
        floats += size
    return (*found, Portion(first, len(sizes)))
