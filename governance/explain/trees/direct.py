"""The direct route for long paths and for few rows: different patterns of rows against different patterns of the background."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.kernels import ones
from governance.explain.trees.leaf import Weights
from governance.explain.trees.patterns import distinct, follow
from governance.explain.trees.program import Program
from governance.models import kernel

_ROWS: Final = 4096
"""Rows that are reduced to their different patterns at a time."""


class Failures(NamedTuple):
    """For each leaf of the direct route, the players that background rows fail, and how many rows fail just those."""

    leaves: NDArray[np.int64]
    """Positions of the leaves."""
    start: NDArray[np.int64]
    """(leaves + 1,) where each leaf's entries begin."""
    failed: NDArray[np.uint64]
    """A, one bit per player of the path."""
    rows: NDArray[np.float64]
    """How many background rows have this A."""


def failures(program: Program, codes: NDArray[np.uint16], longer_than: int) -> Failures:
    """Return the background's patterns at the leaves whose paths have more than `longer_than` players."""
    leaves = program.leaves
    leaves = leaves[program.nodes.players[leaves] > longer_than]
    start = np.zeros(len(leaves) + 1, np.int64)
    room = max(1, min(len(leaves) * codes.shape[1], 1 << 20))
    while True:
        failed, rows = np.empty(room, np.uint64), np.empty(room)
        used = _collect(program.nodes, leaves, codes, start, failed, rows)
        if used >= 0:
            return Failures(leaves, start, failed[:used].copy(), rows[:used].copy())
        room *= 4


def base_of(program: Program, found: Failures) -> float:
    """Return the sum over background rows of the values of these leaves that they reach."""
    if not len(found.leaves):
        return 0.0
    reached = np.append(np.where(found.failed == 0, found.rows, 0.0), 0.0)
    return float(program.value[found.leaves] @ np.add.reduceat(reached, found.start[:-1]))


@kernel
def slots_for(n: Any) -> Any:
    """Return the hash table that `patterns.distinct` needs for `n` rows."""
    size = 16
    while size < 2 * n:
        size *= 2
    return np.empty(size, np.int64)


@kernel
def _collect(nodes: Any, leaves: Any, codes: Any, start: Any, failed: Any, rows: Any) -> Any:
    """Fill the entries of `Failures`; return how many there are, or -1 when they do not fit."""
    n = codes.shape[1]
    pattern, keys, which = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.int64)
    slots = slots_for(n)
    used = 0
    for at in range(len(leaves)):
        follow(nodes, leaves[at], codes, 0, n, pattern)
        found = distinct(pattern, n, keys, which, slots)
        if used + found > len(failed):
            return -1
        full = (np.uint64(1) << np.uint64(nodes.players[leaves[at]])) - np.uint64(1)
        for k in range(found):
            failed[used + k] = keys[k] ^ full
            rows[used + k] = 0.0
        for i in range(n):
            rows[used + which[i]] += 1.0
        used += found
        start[at + 1] = used
    return used


@kernel
def compare(
    nodes: Any, path: Any, value: Any, found: Failures, shares: Weights, codes: Any, first: Any, last: Any, out: Any
) -> None:  # fmt: skip
    """Add to `out` what the leaves of `found` give to rows [first:last] of `codes`; everything in float64."""
    size = max(1, min(_ROWS, last - first))
    pattern, keys, which = np.empty(size, np.uint64), np.empty(size, np.uint64), np.empty(size, np.int64)
    given = np.empty((size, 64))
    slots = slots_for(size)
    for begin in range(first, last, size):
        n = min(size, last - begin)
        for at in range(len(found.leaves)):
            leaf = found.leaves[at]
            players = nodes.players[leaf]
            follow(nodes, leaf, codes, begin, n, pattern)
            different = distinct(pattern, n, keys, which, slots)
            for k in range(different):
                _share(keys[k], players, value[leaf], found, found.start[at], found.start[at + 1], shares, given[k])
            players_of_leaf = path[nodes.leaf[leaf]]
            for i in range(n):
                for bit in range(players):
                    out[begin + i, players_of_leaf[bit]] += given[which[i], bit]


@kernel
def _share(met: Any, players: Any, value: Any, found: Any, begin: Any, end: Any, shares: Any, given: Any) -> None:
    """Write to `given` what one leaf gives to each player of its path, for a row that meets the players `met`."""
    full = (np.uint64(1) << np.uint64(players)) - np.uint64(1)
    missed = met ^ full
    z = ones(np.int64(missed))
    loss = 0.0
    given[:players] = 0.0
    for entry in range(begin, end):
        failed = found.failed[entry]
        if failed & missed:
            continue
        a = ones(np.int64(failed))
        loss += found.rows[entry] * shares.loss[z, a]
        gain = value * found.rows[entry] * shares.gain[z, a]
        bit = 0
        while failed:
            if failed & np.uint64(1):
                given[bit] += gain
            failed >>= np.uint64(1)
            bit += 1
    for bit in range(players):
        if missed >> np.uint64(bit) & np.uint64(1):
            given[bit] = -value * loss
