"""Shapley values of any model by asking it: every set of columns when there are few, else permutations with honest errors.

The game is the same as for trees: v(S) = mean over background rows b of f(x on the columns of S, b elsewhere).

Permutations (Castro, Gómez and Tejada 2009; antithetic pairs after Mitchell et al. 2022, "Sampling permutations for Shapley value
estimation"): one replicate takes one background row and one order of the columns, forwards and backwards, and costs 2 (K - 1) model
rows. With a budget for more replicates than there are background rows, every row is used equally often as far as it goes, so that
the background adds no chance of its own (stratified sampling, Cochran 1977, chapter 5); the standard error then comes from the
differences within background rows that are used more than once. With less, background rows are drawn at random and the error is
that of the mean of independent replicates. Either error is itself an estimate: from fewer than some hundred replicates it can be too
small when rare combinations of columns matter much.
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
_SECOND_VISITS: Final = 10
"""Fewest background rows that are used once more than the others, so that differences within rows can be seen."""
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
    strata = pairs >= background + _SECOND_VISITS
    plan = _even(pairs, background, rng) if strata else rng.integers(0, background, pairs)
    step = max(FEWEST, background + _SECOND_VISITS if strata else 0, BATCH // cost if precision <= 0 else 0)
    found = np.zeros((0, players))
    while len(found) < pairs:
        chosen = plan[len(found) : len(found) + step]
        found = np.vstack([found, _replicates(ask, own, others, chosen, players, rng)])
        progress(len(found), pairs, "asking the model")
        estimate = _estimate(found, plan[: len(found)], strata=strata)
        if precision > 0 and estimate[1].max() < precision:
            break
    return Sampled(estimate[0], estimate[1], len(found) * cost)


def _even(pairs: int, background: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return which background row each replicate takes: all of them in turn, in a new order each time."""
    rounds = -(-pairs // background)
    return np.concatenate([rng.permutation(background) for _ in range(rounds)])[:pairs]


def _estimate(
    found: NDArray[np.float64], rows: NDArray[np.intp], *, strata: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values and their standard errors.

    With strata, the value is the mean over background rows of each one's own mean, and the variance is the pooled variance within
    rows times the sum of 1 / (visits of a row), over the number of rows squared.
    """
    n = len(found)
    if not strata:
        return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(n)
    visits = np.bincount(rows).astype(np.float64)
    means = np.zeros((len(visits), found.shape[1]))
    np.add.at(means, rows, found)
    means /= visits[:, None]
    within = ((found - means[rows]) ** 2).sum(axis=0) / max(1, n - len(visits))
    return means.mean(axis=0), np.sqrt(within * (1 / visits).sum()) / len(visits)


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
