"""What one leaf gives, for every pattern that a row can have there: to every player, or to every pair of players."""

from __future__ import annotations

from math import factorial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.kernels import LANES, bits_of_word, dot_eight, dot_four, mix_eight, mix_four
from governance.models import kernel

FOUR: Final = 8
"""Players up to which four nodes are enough."""
OF_PLAYERS: Final = (2, 3, 4)
"""Lines of `quadrature` for a gain, for what is no gain without one more player in O, and for a loss."""
OF_PAIRS: Final = (5, 6, 7, 3, 8, 9)
"""Lines for pairs inside O (for O itself, one and two more players in O), across (for O, and one more player), and outside."""


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


def quadrature(players: int) -> NDArray[np.float64]:
    """Return what `fill` needs at the nodes of an integral, for paths of 0 to `players` players: (players + 1, 10, lanes).

    A share is the integral over t from 0 to 1 of a derivative of "how many background rows reach the leaf when each player comes from
    the row with probability t" (Owen 1972, "Multilinear extensions of games"): of degree K - 1 at most, so that the ceil(K / 2) nodes
    of Gauss and Legendre give it exactly, and one vector of lanes holds the nodes of every path that gets a table. By line: t, 1 - t,
    and the weights of the integrals `OF_PLAYERS` and `OF_PAIRS`; 0 in unused lanes.

    Raises:
        ValueError: more players than the lanes have nodes for.
    """
    if players > 2 * LANES:
        raise ValueError(f"{players} players need more than {LANES} nodes")
    found = np.zeros((players + 1, 10, LANES))
    for count in range(players + 1):
        nodes, share = np.polynomial.legendre.leggauss(max(1, -(-count // 2)))
        t, w = (nodes + 1) / 2, share / 2
        u = 1 - t
        of_players = (w / t, w / (t * u), w / u)
        of_pairs = (w / t**2, w / (t**2 * u), w / (t * u) ** 2, w / (t * u**2), w / u**2)
        lines = (t, u, *of_players, *of_pairs)
        for at, line in enumerate(lines):
            found[count, at, : len(t)] = line
    return found


@kernel
def scratch(most: Any) -> Any:
    """Return the memory that `fill` works in, for paths of at most so many players."""
    lines = max(1 << most, LANES)
    return np.zeros(lines * LANES), np.zeros((6, lines))


@kernel
def fill(count: Any, players: Any, value: Any, path: Any, lines: Any, nodes: Any, table: Any, memory: Any) -> None:
    """Write one leaf's table from the number of background rows of each pattern."""
    everybody = count[(1 << players) - 1]
    if lines.pairs:
        _mix(count, players, nodes[players], memory[0])
        _sum(memory[0], players, nodes[players], OF_PAIRS, memory[1])
        _write_pairs(memory[1], players, everybody, value, path, lines, table)
    else:
        integrate(count, players, everybody, value, nodes, OF_PLAYERS, memory)
        _write_players(memory[1], players, path, lines.width, table)


@kernel
def integrate(
    count: Any, players: Any, everybody: Any, value: Any, nodes: Any, weights_of: Any, memory: Any
) -> None:  # fmt: skip
    """Write for each O a player's gain, what is no gain without one more player in O, and the loss of a player outside."""
    reach, sums = memory
    _mix(count, players, nodes[players], reach)
    _sum(reach, players, nodes[players], weights_of, sums)
    for pattern in range(1 << players):
        z = players - bits_of_word(np.uint64(pattern))
        sums[0, pattern] *= value
        sums[1, pattern] *= value
        sums[2, pattern] = -value * (sums[2, pattern] + (everybody / z if z > 0 else 0.0))


@kernel
def _mix(count: Any, players: Any, nodes: Any, reach: Any) -> None:
    """Write for each O, at each node t, how many background rows reach the leaf when a player comes from the row with probability t.

    Player by player: one outside O must come from the background row (1 - t), one in A from the row (t), any other does not matter.
    Rows with A empty are left out: they give nothing to players of the row, and what others lose by them is added when it is written.
    """
    lines = 1 << players
    lanes = 4 if players <= FOUR else LANES
    for pattern in range(lines):
        reach[pattern * lanes : (pattern + 1) * lanes] = count[lines - 1 ^ pattern]
    reach[:lanes] = 0.0
    for bit in range(players):
        half = 1 << bit
        for begin in range(0, lines, 2 * half):
            if players <= FOUR:
                for pattern in range(begin, begin + half):
                    mix_four(reach, pattern * 4, (pattern + half) * 4, nodes)
            else:
                for pattern in range(begin, begin + half):
                    mix_eight(reach, pattern * LANES, (pattern + half) * LANES, nodes)


@kernel
def _sum(reach: Any, players: Any, nodes: Any, weights_of: Any, sums: Any) -> None:
    """Write for each O the integrals with the weights at the lines `weights_of` of `nodes`."""
    for at in range(len(weights_of)):
        line, begin = weights_of[at] * LANES, at * sums.shape[1]
        if players <= FOUR:
            for pattern in range(0, 1 << players, 4):
                dot_four(reach, pattern * 4, nodes, line, sums, begin + pattern)
        else:
            for pattern in range(0, 1 << players, LANES):
                dot_eight(reach, pattern * LANES, nodes, line, sums, begin + pattern)


@kernel
def _write_players(sums: Any, players: Any, path: Any, width: Any, table: Any) -> None:
    """Write for each O what its players gain: the integral, less that of O without them; and what the players outside lose."""
    lines = 1 << players
    table[: lines * width] = 0.0
    for bit in range(players):
        half, player = 1 << bit, path[bit]
        for begin in range(0, lines, 2 * half):
            for pattern in range(begin, begin + half):
                table[pattern * width + player] = sums[2, pattern]
                table[(pattern + half) * width + player] = sums[0, pattern + half] - sums[1, pattern]


@kernel
def _write_pairs(
    sums: Any, players: Any, everybody: Any, value: Any, path: Any, lines: Any, table: Any
) -> None:  # fmt: skip
    """Write for each O the indices of pairs inside O, across, and outside.

    The rows with both i and j in A are those with A in O, less those with A in O without i, less without j, and back those without
    both: the weights stay those of O, so each integral is kept for O itself and for O with one and two more players.
    """
    for pattern in range(1 << players):
        z = players - bits_of_word(np.uint64(pattern))
        neither = value * (sums[5, pattern] + (everybody / (z - 1) if z > 1 else 0.0))
        line = pattern * lines.width
        table[line : line + lines.width] = 0.0
        for one in range(players):
            own = 1 << one
            for two in range(one):
                slot, other = lines.slot[path[one], path[two]], 1 << two
                if slot < 0:
                    continue
                if pattern & own and pattern & other:
                    table[line + slot] = value * (
                        sums[0, pattern]
                        - sums[1, pattern ^ own]
                        - sums[1, pattern ^ other]
                        + sums[2, pattern ^ own ^ other]
                    )
                elif pattern & own:
                    table[line + slot] = value * (sums[4, pattern ^ own] - sums[3, pattern])
                elif pattern & other:
                    table[line + slot] = value * (sums[4, pattern ^ other] - sums[3, pattern])
                else:
                    table[line + slot] = neither
