"""Few rows: three numbers for every pattern of every leaf, from which a row's shares are put together.

A table line holds what a leaf gives to each player; it is made of the integrals of `leaf` for the row's own pattern and for those with
one player less. Here these integrals are kept themselves, without lines: a fifth of the memory, and made in a fraction of the time. A
row then walks once through the trees and puts its shares together at every leaf, which costs more than adding up lines, but it is all
that a few rows need, whatever the size of the background.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.leaf import OF_PLAYERS, integrate, scratch
from governance.explain.trees.patterns import arrive
from governance.explain.trees.program import Program
from governance.explain.trees.tables import (
    MOST_BITS,
    MOST_TABLE_PLAYERS,
    Plan,
    append_outcomes,
    count_of,
    descend,
    lay_out,
)
from governance.models import MISSING_CODE, kernel

T = TypeVar("T")
Map = Callable[[Callable[[int], float], range], list[float]]
_NO_CODE = np.uint16(MISSING_CODE)
_SHARES: Final = 16
"""Parts into which the trees are cut; they do not depend on the number of threads, nor do the sums."""
_MERGED: Final = 4096
"""From so many background rows on, they are counted once for several neighbouring leaves."""


@dataclass(frozen=True, slots=True)
class LeafSums:
    """The integrals of one output's leaves."""

    start: NDArray[np.int64]
    """(nodes,) where a leaf's numbers begin, three for each pattern: gain, gain without one more player, loss; -1 where none are."""
    numbers: NDArray[np.float32]
    """They are of the size of the leaf's value."""
    base: float
    """What these leaves give to the base value."""


def floats_of(program: Program) -> int:
    """Return how many numbers the leaves need."""
    players = program.nodes.players[program.leaves]
    return int(3 * np.left_shift(1, players[players <= MOST_TABLE_PLAYERS].astype(np.int64)).sum())


def leaf_sums(
    program: Program, value: NDArray[np.float64], background: NDArray[np.uint16], integral: NDArray[np.float64], each: Map
) -> LeafSums:  # fmt: skip
    """Return the integrals of all leaves with at most `MOST_TABLE_PLAYERS` players.

    Args:
        program: the trees.
        value: (nodes,) values of leaves over the number of background rows.
        background: (used, n) codes.
        integral: see `leaf.quadrature`.
        each: maps a function over a range, on as many threads as there are.
    """
    nodes = program.nodes
    short = (nodes.leaf >= 0) & (nodes.players <= MOST_TABLE_PLAYERS)
    size = np.where(short, np.left_shift(3, np.where(short, nodes.players, 0).astype(np.int64)), 0)
    start = np.where(short, np.cumsum(size) - size, -1)
    numbers = np.empty(int(size.sum()), np.float32)
    merged = 11 if background.shape[1] >= _MERGED else 0
    units = lay_out(program, Plan(MOST_TABLE_PLAYERS, merged), 1)
    cuts = _cuts(program)

    def share(at: int) -> float:
        return float(_build(nodes, value, units, integral, background, cuts[at], cuts[at + 1], start, numbers))

    return LeafSums(start, numbers, sum(each(share, range(len(cuts) - 1))))


def _cuts(program: Program) -> NDArray[np.int64]:
    trees = len(program.start) - 1
    count = min(trees, _SHARES)
    return program.start[[trees * at // count for at in range(count + 1)]]


@kernel
def _build(
    nodes: Any, value: Any, units: Any, integral: Any, codes: Any, first: Any, last: Any, start: Any, numbers: Any
) -> Any:  # fmt: skip
    """Write the numbers of the leaves in nodes [first:last]; return their part of the base value."""
    n = codes.shape[1]
    patterns = np.zeros((nodes.depth[first:last].max() + 1 + MOST_BITS, n), np.uint16)
    most = min(MOST_TABLE_PLAYERS, nodes.players[first:last].max())
    size = 1 << max(most, units.bits[first:last].max())
    count, tally = np.zeros(size, np.float32), np.zeros((2, size), np.int32)
    own, at, outcome = (
        np.zeros(size, np.float32),
        np.zeros((MOST_BITS + 1, size), np.uint16),
        np.zeros(1 << MOST_BITS, np.int64),
    )
    inner = scratch(most)
    base, node = 0.0, first
    while node < last:
        arrive(nodes, node, codes, patterns, n)
        if units.bits[node] < 0:
            node += 1
            continue
        lines = 1 << units.bits[node]
        count_of(patterns[append_outcomes(nodes, node, codes, patterns, n)], tally, count[:lines])
        known, split = (1 << nodes.players[node]) - 1, nodes.players[node] - 1
        for line in range(lines):
            at[0, line] = line & known
        for leaf in range(node, nodes.end[node]):
            level = nodes.depth[leaf] - nodes.depth[node]
            if leaf > node:
                descend(nodes, leaf, outcome[nodes.parent[leaf] - node], at[level - 1, :lines], at[level, :lines])
            if nodes.leaf[leaf] < 0:
                split += 1
                outcome[leaf - node] = split
                continue
            own[: 1 << nodes.players[leaf]] = 0.0
            for line in range(lines):
                own[at[level, line]] += count[line]
            base += _write(own, nodes.players[leaf], value[leaf], integral, numbers[start[leaf] :], inner)
        node = nodes.end[node]
    return base


@kernel
def _write(count: Any, players: Any, value: Any, integral: Any, numbers: Any, inner: Any) -> Any:
    """Write a leaf's three numbers for each pattern; return what it gives to the base value."""
    everybody = count[(1 << players) - 1]
    sums = inner[1]
    integrate(count, players, everybody, value, integral, OF_PLAYERS, inner)
    for pattern in range(1 << players):
        for k in range(3):
            numbers[3 * pattern + k] = sums[k, pattern]
    return value * everybody


def explain_few(
    program: Program, found: LeafSums, rows: NDArray[np.uint16], total: NDArray[np.float64], each: Map
) -> None:  # fmt: skip
    """Add to `total` (rows, width) what the leaves of `found` give to the rows with the codes `rows` (rows, used)."""
    cuts = _cuts(program)
    parts = np.zeros((len(cuts) - 1, *total.shape))

    def share(at: int) -> float:
        for i in range(len(rows)):
            _put_together(
                program.nodes, program.path, found.start, found.numbers, rows[i], cuts[at], cuts[at + 1], parts[at, i]
            )
        return 0.0

    each(share, range(len(cuts) - 1))
    total += parts.sum(axis=0)


@kernel
def _put_together(
    nodes: Any, path: Any, start: Any, numbers: Any, row: Any, first: Any, last: Any, out: Any
) -> None:  # fmt: skip
    """Add to `out` what the leaves in nodes [first:last] give to one row."""
    met = np.zeros(nodes.depth[first:last].max() + 1, np.uint64)
    for node in range(first, last):
        depth = nodes.depth[node]
        if depth > 0:
            own = np.uint64(1) << np.uint64(nodes.bit[node])
            code = row[nodes.column[node]]
            left = (code <= nodes.bound[node]) | (nodes.missing_left[node] & (code == _NO_CODE))
            above = met[depth - 1] | own if nodes.fresh[node] else met[depth - 1]
            met[depth] = above & ~own if left == nodes.right[node] else above
        if start[node] < 0:
            continue
        begin, pattern, players = start[node], np.int64(met[depth]), path[nodes.leaf[node]]
        gain, loss = numbers[begin + 3 * pattern], numbers[begin + 3 * pattern + 2]
        for bit in range(nodes.players[node]):
            if pattern >> bit & 1:
                out[players[bit]] += gain - numbers[begin + 3 * (pattern ^ 1 << bit) + 1]
            else:
                out[players[bit]] += loss
