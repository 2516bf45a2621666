r"""Interactions of two players in tree ensembles, exact, from the same patterns as the players' own values.

The Shapley interaction index (Grabisch and Roubens 1999, "An axiomatic approach to the concept of interaction among players in
cooperative games") of players i and j is the mean, over the sets S of other players as the Shapley value weighs them, of

    v(S with i and j) - v(S with i) - v(S with j) + v(S).

It is 0 for every pair of a model that adds up functions of single columns. In the game of one leaf of value w (see `tree_shap`: A
must come from the row x, none of the Z players that x fails, a = |A|, z = |Z|) only four kinds of pairs differ from 0:

    + w (a - 2)! z! / (a + z - 1)!            both in A,
    - w (a - 1)! (z - 1)! / (a + z - 1)!      one in A, one in Z,
    + w a! (z - 2)! / (a + z - 1)!            both in Z.

As for single players, all background rows at once enter through G[O][a], and a leaf's gifts for the 2^K patterns of a row form a
table; paths that are too long for one go pair by pair of different patterns.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from governance.explain.trees.direct import slots_for
from governance.explain.trees.kernels import ones
from governance.explain.trees.patterns import distinct, follow
from governance.models import kernel

_ROWS: Final = 512
"""Rows that are reduced to their different patterns at a time; each may hold 63 x 62 numbers."""


@kernel
def compare_pairs(
    nodes: Any, path: Any, value: Any, found: Any, shares: Any, codes: Any, first: Any, last: Any, slot: Any, out: Any
) -> None:
    """Add to `out` what the leaves of `found` give to pairs of players, for rows [first:last] of `codes`; all in float64."""
    size = max(1, min(_ROWS, last - first))
    pattern, keys, which = np.empty(size, np.uint64), np.empty(size, np.uint64), np.empty(size, np.int64)
    most = path.shape[1]
    given, apart = np.empty((size, most * most)), np.empty(most)
    slots = slots_for(size)
    for begin in range(first, last, size):
        n = min(size, last - begin)
        for at in range(len(found.leaves)):
            leaf = found.leaves[at]
            players = nodes.players[leaf]
            follow(nodes, leaf, codes, begin, n, pattern)
            different = distinct(pattern, n, keys, which, slots)
            for k in range(different):
                _share(
                    keys[k], players, value[leaf], found, found.start[at], found.start[at + 1], shares, apart, given[k]
                )
            of_leaf = path[nodes.leaf[leaf]]
            for one in range(players):
                for two in range(one):
                    place = slot[of_leaf[one], of_leaf[two]]
                    if place >= 0:
                        for i in range(n):
                            out[begin + i, place] += given[which[i], one * players + two]


@kernel
def _share(
    met: Any, players: Any, value: Any, found: Any, begin: Any, end: Any, shares: Any, apart: Any, given: Any
) -> None:  # fmt: skip
    """Write to `given[i * players + j]`, j < i, what one leaf gives to the pair, for a row that meets the players `met`."""
    full = (np.uint64(1) << np.uint64(players)) - np.uint64(1)
    missed = met ^ full
    z = ones(np.int64(missed))
    neither = 0.0
    apart[:players] = 0.0
    given[: players * players] = 0.0
    for entry in range(begin, end):
        failed = found.failed[entry]
        if failed & missed:
            continue
        a = ones(np.int64(failed))
        rows = value * found.rows[entry]
        neither += rows * shares.neither[z, a]
        for one in range(players):
            if failed >> np.uint64(one) & np.uint64(1):
                apart[one] += rows * shares.apart[z, a]
                for two in range(one):
                    if failed >> np.uint64(two) & np.uint64(1):
                        given[one * players + two] += rows * shares.together[z, a]
    for one in range(players):
        one_missed = missed >> np.uint64(one) & np.uint64(1)
        for two in range(one):
            two_missed = missed >> np.uint64(two) & np.uint64(1)
            if one_missed and two_missed:
                given[one * players + two] = neither
            elif one_missed:
                given[one * players + two] = -apart[two]
            elif two_missed:
                given[one * players + two] = -apart[one]
