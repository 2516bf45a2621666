"""What one leaf gives, for every pattern that a row can have there: to every player, or to every pair of players."""

from __future__ import annotations

from math import factorial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.kernels import LANES, add_lanes, kernel, ones


class Weights(NamedTuple):
    """Shares of a leaf's value, by z (players whose conditions the row fails) and a (those the background row fails)."""

    gain: NDArray[np.float64]
    """[z, a]: (a-1)! z! / (a+z)!, for a player whom only the row satisfies."""
    loss: NDArray[np.float64]
    """[z, a]: a! (z-1)! / (a+z)!, for a player whom only the background row satisfies."""
    together: NDArray[np.float64]
    """[z, a]: (a-2)! z! / (a+z-1)!, for a pair of players whom only the row satisfies."""
    apart: NDArray[np.float64]
    """[z, a]: (a-1)! (z-1)! / (a+z-1)!, for one player whom only the row satisfies and one whom only the background row does."""
    neither: NDArray[np.float64]
    """[z, a]: a! (z-2)! / (a+z-1)!, for a pair of players whom only the background row satisfies."""


class Lines(NamedTuple):
    """What a line of a table holds."""

    width: int
    """Floats of a line, whole vectors."""
    slot: NDArray[np.int32]
    """(players, players) place in the line: of a player on the diagonal, of a pair beside it; -1 for what is left out."""
    pairs: bool
    """Whether a line holds pairs of players, not players."""

    @classmethod
    def of_players(cls, players: int) -> Lines:
        """Return lines with one place per player."""
        slot = np.full((players, players), -1, np.int32)
        np.fill_diagonal(slot, np.arange(players))
        return cls(_whole(players), slot, pairs=False)

    @classmethod
    def of_pairs(cls, players: int, among: tuple[int, ...]) -> Lines:
        """Return lines with one place per pair of the players `among`, in the order of `itertools.combinations`."""
        slot = np.full((players, players), -1, np.int32)
        first, second = np.triu_indices(len(among), 1)
        chosen = np.array(among, dtype=np.int64)
        slot[chosen[first], chosen[second]] = slot[chosen[second], chosen[first]] = np.arange(len(first))
        return cls(_whole(len(first)), slot, pairs=True)


def _whole(floats: int) -> int:
    return max(1, -(-floats // LANES)) * LANES


def weights(players: int) -> Weights:
    """Return the shares for paths of at most so many players.

    Sources: the Shapley value, and the Shapley interaction index of Grabisch and Roubens (1999), of the game "all conditions of A
    from the row, none of Z": see `tree_shap` and `pairwise`.
    """
    size = players + 2
    found = Weights(*(np.zeros((size, size)) for _ in Weights._fields))
    for z in range(size):
        for a in range(size):
            if a > 0:
                found.gain[z, a] = factorial(a - 1) * factorial(z) / factorial(a + z)
            if z > 0:
                found.loss[z, a] = factorial(a) * factorial(z - 1) / factorial(a + z)
            if a > 1:
                found.together[z, a] = factorial(a - 2) * factorial(z) / factorial(a + z - 1)
            if a > 0 and z > 0:
                found.apart[z, a] = factorial(a - 1) * factorial(z - 1) / factorial(a + z - 1)
            if z > 1:
                found.neither[z, a] = factorial(a) * factorial(z - 2) / factorial(a + z - 1)
    return found


@kernel
def scratch(most: Any) -> Any:
    """Return the memory that `fill` works in, for paths of at most so many players."""
    lines = 1 << most
    return np.zeros(lines * 2 * LANES, np.float32), np.zeros((6, lines))


@kernel
def fill(count: Any, players: Any, value: Any, path: Any, lines: Any, shares: Any, table: Any, memory: Any) -> None:
    """Write one leaf's table from the number of background rows of each pattern."""
    ranked, sums = memory
    _rank(count, players, ranked)
    if lines.pairs:
        _sum_pairs(ranked, players, value, shares, sums)
        _write_pairs(sums, players, path, lines, table)
    else:
        _sum_players(ranked, players, value, shares, sums)
        _write_players(sums, players, path, lines.width, table)


@kernel
def _rank(count: Any, players: Any, ranked: Any) -> None:
    """Write G[O][a] = background rows whose failed players A lie inside O, with |A| = a: a subset sum over O for each rank a."""
    lines = 1 << players
    ranks = LANES if players < LANES else 2 * LANES
    ranked[: lines * ranks] = 0.0
    for pattern in range(lines):
        ranked[pattern * ranks + ones(pattern)] = count[lines - 1 ^ pattern]
    for bit in range(players):
        for pattern in range(lines):
            if pattern >> bit & 1:
                for lane in range(0, ranks, LANES):
                    add_lanes(ranked, pattern * ranks + lane, ranked, (pattern ^ 1 << bit) * ranks + lane)


@kernel
def _sum_players(ranked: Any, players: Any, value: Any, shares: Any, sums: Any) -> None:
    """Write for each O what a player gains, what is not a gain without one more player in O, and what a player loses."""
    ranks = LANES if players < LANES else 2 * LANES
    for pattern in range(1 << players):
        met = ones(pattern)
        z = players - met
        gain, gain_without, loss = 0.0, 0.0, 0.0
        for a in range(met + 1):
            rows = ranked[pattern * ranks + a]
            gain += rows * shares.gain[z, a]
            gain_without += rows * shares.gain[max(z - 1, 0), a]
            loss += rows * shares.loss[z, a]
        sums[0, pattern], sums[1, pattern], sums[2, pattern] = value * gain, value * gain_without, value * loss


@kernel
def _write_players(sums: Any, players: Any, path: Any, width: Any, table: Any) -> None:
    for pattern in range(1 << players):
        line = pattern * width
        table[line : line + width] = 0.0
        for bit in range(players):
            if pattern >> bit & 1:
                table[line + path[bit]] = sums[0, pattern] - sums[1, pattern ^ 1 << bit]
            else:
                table[line + path[bit]] = -sums[2, pattern]


@kernel
def _sum_pairs(ranked: Any, players: Any, value: Any, shares: Any, sums: Any) -> None:
    """Write for each O the sums of `together` for O itself and for O with one and two more players, of `apart`, and of `neither`.

    The rows with both i and j in A are those with A in O, less those with A in O without i, less without j, and back those without
    both: the weights stay those of O, so each sum is kept for z, z - 1 and z - 2.
    """
    ranks = LANES if players < LANES else 2 * LANES
    for pattern in range(1 << players):
        met = ones(pattern)
        z = players - met
        sums[:, pattern] = 0.0
        for a in range(met + 1):
            rows = value * ranked[pattern * ranks + a]
            sums[0, pattern] += rows * shares.together[z, a]
            sums[1, pattern] += rows * shares.together[max(z - 1, 0), a]
            sums[2, pattern] += rows * shares.together[max(z - 2, 0), a]
            sums[3, pattern] += rows * shares.apart[z, a]
            sums[4, pattern] += rows * shares.apart[max(z - 1, 0), a]
            sums[5, pattern] += rows * shares.neither[z, a]


@kernel
def _write_pairs(sums: Any, players: Any, path: Any, lines: Any, table: Any) -> None:
    for pattern in range(1 << players):
        line = pattern * lines.width
        table[line : line + lines.width] = 0.0
        for one in range(players):
            own = 1 << one
            for two in range(one):
                slot, other = lines.slot[path[one], path[two]], 1 << two
                if slot < 0:
                    continue
                if pattern & own and pattern & other:
                    table[line + slot] = (
                        sums[0, pattern]
                        - sums[1, pattern ^ own]
                        - sums[1, pattern ^ other]
                        + sums[2, pattern ^ own ^ other]
                    )
                elif pattern & own:
                    table[line + slot] = sums[4, pattern ^ own] - sums[3, pattern]
                elif pattern & other:
                    table[line + slot] = sums[4, pattern ^ other] - sums[3, pattern]
                else:
                    table[line + slot] = sums[5, pattern]
