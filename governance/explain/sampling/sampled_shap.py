"""Shapley values of any model by asking it: every set of columns when there are few, else permutations with honest errors.

The game is the same as for trees: v(S) = mean over background rows b of f(x on the columns of S, b elsewhere).

Permutations (Castro, Gómez and Tejada 2009; antithetic pairs after Mitchell et al. 2022, "Sampling permutations for Shapley value
estimation"): one replicate takes one background row and one order of the columns, forwards and backwards, and costs 2 (K - 1) model
rows. Background rows are drawn without repetition; when they are more than a fifth of all, a few of them, or as many as the budget
allows, are used again, so that chance within a row is told apart from chance between rows. With m of the N rows used, f = m / N, s1
the deviation between the means of the rows and s2 that within a row, the squared standard error is

    (1 - f) s1^2 / m + f s2^2 (sum over rows of 1 / uses) / m^2

(two-stage sampling, Cochran 1977, chapter 10): once every row is used, the background adds no chance of its own. With fewer than a
fifth of the rows it is s1^2 / m. It is widened as Student's t asks for, so that 1.96 of it hold 95 %. It is itself an estimate: from
fewer than some hundred replicates it can be too small when rare combinations of columns matter much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress

MOST_ENUMERATED: Final = 10
"""Most players of exact enumeration: 1,024 sets."""
FEWEST: Final = 32
"""Fewest replicates from which a standard error is taken."""
_SECOND_VISITS: Final = 13
"""Fewest background rows that are used once more than the others, so that differences within rows can be seen."""
_SMALL_SHARE: Final = 0.2
"""Up to this share of all background rows the error is hardly less than if there were no end of them."""
BATCH: Final = 40_000
"""Model rows asked at a time."""

Ask = Callable[[NDArray[np.bool_], NDArray[np.intp]], NDArray[np.float64]]
"""(sets, background row of each set) -> model output; sets has shape (m, players), True where the column is the row's own."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The attributions of one row."""

    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    """0 for enumeration."""
    model_rows: int
    """Model rows spent."""


def enumerate_sets(ask: Ask, players: int, background: int, progress: Progress) -> Sampled:
    """Return exact values from all sets of columns times all background rows."""
    sets = (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)
    worth = np.zeros(len(sets))
    step = max(1, BATCH // background)
    for first in range(0, len(sets), step):
        part = sets[first : first + step]
        answers = ask(np.repeat(part, background, axis=0), np.tile(np.arange(background), len(part)))
        worth[first : first + step] = answers.reshape(len(part), background).mean(axis=1)
        progress(first, len(sets), "asking the model")
    size = sets.sum(axis=1)
    share = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    values = np.zeros(players)
    for at in range(players):
        without = np.flatnonzero(~sets[:, at])
        values[at] = share[size[without]] @ (worth[without | 1 << at] - worth[without])
    return Sampled(values, np.zeros(players), len(sets) * background)


def permute(
    ask: Ask,
    own: float,
    others: NDArray[np.float64],
    players: int,
    budget: int,
    precision: float,
    rng: np.random.Generator,
    progress: Progress,
) -> Sampled:
    """Return estimated values with their standard errors.

    Args:
        ask: the model.
        own: its output for the row itself.
        others: (background rows,) its output for each of them.
        players: number of columns.
        budget: most model rows.
        precision: stop when every standard error is below this; 0 to spend the budget.
        rng: where the permutations come from.
        progress: told how much of the budget is spent.
    """
    cost = max(1, 2 * (players - 1))
    pairs, background = max(FEWEST, budget // cost), len(others)
    plan = _plan(pairs, background, rng)
    step = max(FEWEST, background + _SECOND_VISITS, BATCH // cost if precision <= 0 else 0)
    found = np.zeros((0, players))
    while len(found) < pairs:
        chosen = plan[len(found) : len(found) + step]
        found = np.vstack([found, _replicates(ask, own, others=others, chosen=chosen, players=players, rng=rng)])
        progress(len(found), pairs, "asking the model")
        estimate = _estimate(found, plan[: len(found)], background)
        if precision > 0 and estimate[1].max() < precision:
            break
    return Sampled(estimate[0], estimate[1], len(found) * cost)


def _plan(pairs: int, background: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return which background row each replicate takes: all of them, or a part, in turn, in a new order each time."""
    again = _SECOND_VISITS if pairs > _SMALL_SHARE * background else 0
    rows = rng.permutation(background)[: max(1, pairs - again)]
    rounds = -(-pairs // len(rows))
    return np.concatenate([rows, *(rng.permutation(rows) for _ in range(rounds - 1))])[:pairs]


def _estimate(
    found: NDArray[np.float64], rows: NDArray[np.intp], background: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values, the mean over used background rows of each one's own mean, and their standard errors."""
    used, which, uses = np.unique(rows, return_inverse=True, return_counts=True)
    means = np.zeros((len(used), found.shape[1]))
    np.add.at(means, which, found)
    means /= uses[:, None]
    between = means.var(axis=0, ddof=1) / len(used) if len(used) > 1 else np.zeros(found.shape[1])
    if len(found) == len(used):
        return means.mean(axis=0), np.sqrt(between)
    share = len(used) / background
    within = ((found - means[which]) ** 2).sum(axis=0) / (len(found) - len(used))
    error = (1 - share) * between + share * within * (1 / uses).sum() / len(used) ** 2
    return means.mean(axis=0), np.sqrt(error) * _widened(len(found) - len(used))


def _widened(freedom: int) -> float:
    """Return Student's 97.5 % quantile over the normal one (Abramowitz and Stegun 1964, 26.7.5), near 1 for many degrees."""
    z = 1.96
    return 1 + (z**2 + 1) / (4 * freedom) + (5 * z**4 + 16 * z**2 + 3) / (96 * freedom**2)


def _replicates(
    ask: Ask,
    own: float,
    others: NDArray[np.float64],
    chosen: NDArray[np.intp],
    players: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return one value per player for each chosen background row: the mean over an order and its reverse."""
    n = len(chosen)
    order = rng.permuted(np.tile(np.arange(players), (n, 1)), axis=1)
    place = np.argsort(order, axis=1)
    inner = np.arange(1, players)
    forward = place[:, None, :] < inner[None, :, None]
    sets = np.concatenate([forward, ~forward], axis=1).reshape(-1, players)
    answers = np.zeros(len(sets))
    background = np.repeat(chosen, 2 * len(inner))
    for first in range(0, len(sets), BATCH):
        part = slice(first, first + BATCH)
        answers[part] = ask(sets[part], background[part])
    between = answers.reshape(n, 2, len(inner))
    ends = others[chosen][:, None], np.full((n, 1), own)
    up = np.hstack([ends[0], between[:, 0], ends[1]])
    down = np.hstack([ends[1], between[:, 1], ends[0]])
    gains = (np.diff(up, axis=1) - np.diff(down, axis=1)) / 2
    return np.take_along_axis(gains, place, axis=1)
