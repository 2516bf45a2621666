"""How far two empirical distribution functions differ by chance when nothing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.samples.shares import redrawn

if TYPE_CHECKING:
    from governance.drift.samples.shares import Tables
    from governance.drift.samples.two_samples import Floats, Ints, Runs

DRAWS: Final = 1999
SMALL: Final = 200
"""Up to so many values together the labels are permuted; beyond, the limit (a Brownian bridge) is drawn."""
GRID: Final = 256
"""At most so many positions at once."""
FEWEST_BEYOND: Final = 10
"""A share of draws beyond is taken as it is from so many on: its error is then a third of it (1 / sqrt(10)), enough to order p values."""
KEPT_TABLES: Final = 32
"""Drawn tables that are kept for columns with the same counts, 160 kB each: all columns without ties and gaps have the same."""


class Chance:
    """Random numbers that all columns of one comparison share, so that equal data give equal p values."""

    def __init__(self, rng: np.random.Generator, drawn: Chance | None = None) -> None:
        """Draw, or take the normal numbers that another comparison drew from a generator in the same state."""
        self.normals: Floats = rng.standard_normal((DRAWS, GRID + 1)) if drawn is None else drawn.normals
        self._steps: Floats | None = None if drawn is None else drawn.steps
        self._orders: dict[int, Ints] = {}
        self._tables: dict[tuple[object, ...], Tables | None] = {}

    def tables(self, cells: Tables, missing: tuple[int, int], rng: np.random.Generator) -> Tables | None:
        """Return `redrawn` counts under no drift, the same for all columns whose reference counts, rows and gaps are the same.

        The law of the draws depends on nothing else, so that a table of many columns draws them once.
        """
        key = (cells[0].tobytes(), int(cells[1].sum()), missing)
        if key not in self._tables:
            if len(self._tables) == KEPT_TABLES:
                self._tables.pop(next(iter(self._tables)))
            self._tables[key] = redrawn(cells, missing, rng)
        return self._tables[key]

    @property
    def steps(self) -> Floats:
        """(GRID + 1, DRAWS) the normal numbers turned round."""
        if self._steps is None:
            self._steps = np.ascontiguousarray(self.normals.T)
        return self._steps

    def areas(self, runs: Runs, at: Ints, weight: Floats) -> Floats:
        """Return (DRAWS,) sums of the absolute differences `gaps(runs, at)`, each times its weight, without keeping them all."""
        from governance.drift.columns.kernels import areas

        total = runs.n + runs.m
        if total <= SMALL:
            return np.asarray(np.abs(self.gaps(runs, at)) @ weight, dtype=np.float64)
        share = (runs.reference[at] + runs.current[at]) / total
        step = np.sqrt(np.diff(share, prepend=0.0, append=1.0))
        return np.asarray(areas(self.steps, step, share, weight) * np.sqrt(1 / runs.n + 1 / runs.m), dtype=np.float64)

    def gaps(self, runs: Runs, at: Ints) -> Floats:
        """Return (DRAWS, len(at)) differences of the two distribution functions at positions `at` under no drift.

        Conditional on the pooled values, ties included: relabelling at random, or its limit
        sqrt(1/n + 1/m) B(H(x)) with B the Brownian bridge and H the pooled distribution function
        (van der Vaart and Wellner 1996, section 3.7).

        Args:
            runs: both samples.
            at: at most GRID ascending positions in the runs.
        """
        total = runs.n + runs.m
        rank = runs.reference[at] + runs.current[at]
        if total <= SMALL:
            return self._relabelled(runs.n, runs.m, rank)
        share = rank / total
        step = np.sqrt(np.diff(share, prepend=0.0, append=1.0))
        walk = np.cumsum(self.normals[:, : len(step)] * step, axis=1)
        bridge = walk[:, :-1] - share * walk[:, -1:]
        return np.asarray(bridge * np.sqrt(1 / runs.n + 1 / runs.m), dtype=np.float64)

    def _relabelled(self, n: int, m: int, rank: Ints) -> Floats:
        if n + m not in self._orders:
            self._orders[n + m] = np.argsort(self.normals[:, : n + m], axis=1)
        below = np.cumsum(self._orders[n + m] < n, axis=1, dtype=np.int64)[:, rank - 1]
        return np.asarray(below / n - (rank - below) / m, dtype=np.float64)


def tail(drawn: Floats, observed: float) -> float:
    """Return the probability that chance gives at least `observed`, from draws of the statistic.

    The share of draws, half a count for ties. Where fewer than ten draws reach it, a gamma distribution with the draws' mean and
    variance gives the tail (heavier than the true one, which falls like that of a normal), at most ten draws' worth.
    """
    near = np.abs(drawn - observed) <= 1e-9 * max(abs(observed), 1e-300)
    above = float(np.count_nonzero((drawn > observed) & ~near)) + (np.count_nonzero(near) + 1) / 2
    share = above / (len(drawn) + 1)
    mean, variance = float(np.mean(drawn)), float(np.var(drawn))
    if above >= FEWEST_BEYOND or variance == 0 or observed <= mean:
        return float(min(share, 1.0))
    from scipy.special import gammaincc

    return float(min(gammaincc(mean**2 / variance, observed * mean / variance), FEWEST_BEYOND / (len(drawn) + 1)))


def beyond(drawn: Floats, share: float = 0.05) -> float:
    """Return the value that chance exceeds in `share` of the draws."""
    return float(np.quantile(drawn, 1 - share))
