"""Shapley values of any model by regression on sets of columns that are drawn by their leverage.

The Shapley values are the weights of the linear game that is closest to v, each set S of size s weighing 1 / (C(K, s) s (K - s)), among
those that add up to v(all) - v(none) (Charnes et al. 1988; Lundberg and Lee 2017). Musco and Witter (2024), "Provably accurate Shapley
value estimation via leverage score sampling", draw sets by their statistical leverage in that regression, 1 / C(K, s): every size equally
often, each set together with its complement, none twice. Because only v(S) - v(complement) of a pair bears on the answer, the
regression is on u = +1 for the columns of S and -1 for the others:

    least sum over pairs of share(s) / m(s) (v(S) - v(complement) - u phi)^2,     share(s) = 1 / (s (K - s)),     sum of phi fixed,

with m(s) pairs of that size. Games whose columns act together at most two at a time are answered without error, as by an order and its
reverse.

Standard error: that of a weighted regression on a stratified sample (sizes are the strata): the residuals' variance within each size,
each residual enlarged for the pull of its own point (MacKinnon and White 1985, HC3), times the part of the size's sets that was not
asked when every set is asked on all background rows (Cochran 1977, chapter 5).
"""

from __future__ import annotations

from math import comb
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress
from governance.explain.sampling.sampled_shap import BATCH, Ask, Sampled

FEWEST_PLAYERS: Final = 4
"""Fewest columns: with three, every set can be asked as cheaply."""
_PAIRS_PER_PLAYER: Final = 4
"""Fewest pairs of sets for each column, so that the regression has residuals to judge by."""
_MORE: Final = 1.6
"""How much the number of pairs grows until the asked precision is met."""


class _Drawn(NamedTuple):
    """Pairs of sets."""

    sets: NDArray[np.bool_]
    """(pairs, players) one set of each pair."""
    size: NDArray[np.intp]
    """(pairs,) its size, at most half of the players."""
    weight: NDArray[np.float64]
    """(pairs,) share of the size, divided by its pairs."""
    unasked: NDArray[np.float64]
    """(pairs,) part of the size's pairs that was not drawn, 0..1."""


def fewest(players: int) -> int:
    """Return the model rows without which the regression is not begun."""
    return 2 * _PAIRS_PER_PLAYER * players


def regress(
    ask: Ask,
    own: float,
    others: NDArray[np.float64],
    players: int,
    budget: int,
    precision: float,
    rng: np.random.Generator,
    progress: Progress,
) -> Sampled:
    """Return estimated values with their standard errors; arguments as of `sampled_shap.permute`.

    Each set is asked on all background rows when the budget allows four pairs of sets per column that way, else on as many background
    rows as it allows, all rows in turn. Takes four columns or more.
    """
    every = 2 ** (players - 1) - 1
    rows = max(1, min(len(others), max(budget // fewest(players), budget // (2 * every))))
    most = max(_PAIRS_PER_PLAYER * players, budget // (2 * rows))
    pairs = most if precision <= 0 else min(most, _PAIRS_PER_PLAYER * players)
    spent = 0
    while True:
        drawn = _draw(players, pairs, rng)
        gap = _answers(ask, drawn.sets, rows, len(others), rng)
        spent += 2 * rows * len(drawn.sets)
        values, error = _solve(drawn, gap, own - float(others.mean()), whole=rows == len(others))
        progress(min(spent, budget), budget, "asking the model")
        if precision <= 0 or error.max(initial=0.0) < precision or spent + 2 * rows * pairs * _MORE > budget:
            return Sampled(values, error, spent)
        pairs = int(pairs * _MORE) + 1


def _draw(players: int, pairs: int, rng: np.random.Generator) -> _Drawn:
    """Return pairs of sets, every size alike as far as it has sets, none twice."""
    sizes = np.arange(1, players // 2 + 1)
    there = np.array([comb(players, int(s)) // (2 if 2 * s == players else 1) for s in sizes], dtype=np.float64)
    wanted = np.array([1.0 if 2 * s == players else 2.0 for s in sizes])
    found = _filled(there, wanted, pairs)
    parts = [_sets(players, int(s), int(m), rng) for s, m in zip(sizes, found, strict=True)]
    size = np.repeat(sizes, found)
    # a size and that of its complements weigh together, except the size that is its own complement's
    share = wanted / (sizes * (players - sizes))
    return _Drawn(np.concatenate(parts), size, np.repeat(share / found, found), np.repeat(1.0 - found / there, found))


def _filled(there: NDArray[np.float64], wanted: NDArray[np.float64], pairs: int) -> NDArray[np.intp]:
    """Return how many pairs each size gets: its share, at most all, at least two."""
    found = np.zeros(len(there))
    while pairs - found.sum() > 0.5 and (found < there).any():
        live = found < there
        found = np.where(live, np.minimum(there, found + (pairs - found.sum()) * wanted / wanted[live].sum()), found)
    return np.minimum(there, np.maximum(2, np.floor(found + 1e-9))).astype(np.intp)


def _sets(players: int, size: int, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return `count` different sets of one size; of half the players, never both a set and its complement."""
    total = comb(players, size)
    half = 2 * size == players
    if total <= 4 * count + 64:
        from itertools import combinations

        every = np.zeros((total, players), dtype=bool)
        members = np.array(list(combinations(range(players), size)))
        every[np.arange(total)[:, None], members] = True
        every = every[every[:, 0]] if half else every
        return every[np.sort(rng.choice(len(every), count, replace=False))]
    found: NDArray[np.bool_] = np.zeros((0, players), dtype=bool)
    while len(found) < count:
        order = rng.permuted(np.tile(np.arange(players), (2 * count, 1)), axis=1)
        fresh = order < size
        fresh = np.where(fresh[:, :1], fresh, ~fresh) if half else fresh
        joined = np.vstack([found, fresh])
        _, first = np.unique(joined, axis=0, return_index=True)
        found = joined[np.sort(first)]
    return found[:count]


def _answers(
    ask: Ask, sets: NDArray[np.bool_], rows: int, background: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return for each pair the mean over its background rows of the answer for the set less that for the complement."""
    pairs = len(sets)
    rounds = -(-pairs * rows // background)
    which = np.concatenate([rng.permutation(background) for _ in range(rounds)])[: pairs * rows]
    asked = np.repeat(sets, rows, axis=0)
    gap = np.zeros(len(asked))
    for first in range(0, len(asked), BATCH // 2):
        part = slice(first, first + BATCH // 2)
        both = np.concatenate([asked[part], ~asked[part]])
        answers = ask(both, np.concatenate([which[part], which[part]]))
        gap[part] = answers[: len(both) // 2] - answers[len(both) // 2 :]
    return np.asarray(gap.reshape(pairs, rows).mean(axis=1))


def _solve(
    drawn: _Drawn, gap: NDArray[np.float64], total: float, *, whole: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weighted least squares solution whose values add up to `total`, and its standard errors."""
    u = np.where(drawn.sets, 1.0, -1.0)
    players = u.shape[1]
    free = _free(players)
    start = np.full(players, total / players)
    x, y = u @ free, gap - u @ start
    root = np.sqrt(drawn.weight)[:, None]
    inverse = np.linalg.pinv((x * root).T @ (x * root), hermitian=True)
    solved = inverse @ (x * drawn.weight[:, None]).T @ y
    pull = np.einsum("ij,jk,ik->i", x, inverse, x) * drawn.weight
    residual = (y - x @ solved) / np.maximum(1.0 - pull, 0.05)
    moves = (x @ inverse @ free.T) * (drawn.weight * residual)[:, None]
    left = drawn.unasked if whole else np.ones(len(y))
    variance = np.zeros(players)
    for size in np.unique(drawn.size):
        mine = drawn.size == size
        n = int(mine.sum())
        if n > 1:
            variance += n * left[mine][0] * moves[mine].var(axis=0, ddof=1)
    return start + free @ solved, np.sqrt(variance)


def _free(players: int) -> NDArray[np.float64]:
    """Return (players, players - 1) orthonormal columns that add up to 0 each."""
    whole, _ = np.linalg.qr(np.hstack([np.ones((players, 1)), np.eye(players)[:, 1:]]))
    return np.asarray(whole[:, 1:])
