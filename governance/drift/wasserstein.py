"""Wasserstein: how far values have moved on average.

W1 = integral |F(x) - G(x)| dx: the mean displacement that turns one sample into the other, in the column's unit; best value 0.
Reported in standard deviations of the reference. One absurd value can make it anything, so what is judged is the winsorised
reading: the same area between the reference's .5 and 99.5 per cent quantiles, in standard deviations of the reference
clipped there. Chance: the law of sqrt(1/n + 1/m) times the integral of |B(H(x))| dx (del Barrio, Gine and Matran 1999), about
1.27 sqrt(1/n + 1/m) on average for normal data; for small samples by relabelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.drift.bridge import GRID as WIDEST
from governance.drift.bridge import SMALL, Chance, beyond, tail
from governance.drift.runs import Floats, Runs
from governance.drift.scan import Scan

GRID: Final = 64
NORMAL_MAD: Final = 1.4826
"""Standard deviations of a normal distribution in one median absolute deviation."""


@dataclass(frozen=True)
class Displacement:
    """The readings of one column."""

    plain: float | None
    """W1 in standard deviations of the reference; None when the reference is constant or the numbers overflow."""
    winsorised: float | None
    """What is judged; None when the reference is constant."""
    in_mads: float | None
    """W1 in 1.4826 median absolute deviations of the reference; None when that deviation is 0."""
    p_value: float | None
    noise_floor: float | None
    """The winsorised reading that chance exceeds in 5 of 100 undrifted pairs."""


@np.errstate(over="ignore", invalid="ignore")
def displacement(runs: Runs, found: Scan, chance: Chance) -> Displacement:
    """Return how far the current window lies from the reference."""
    ratio = found.area / found.sd if found.sd > 0 else np.inf
    plain = ratio if np.isfinite(ratio) else None
    area, scale, low, high = _judged(runs, found)
    inside = np.searchsorted(runs.value, [low, high])
    drawn = _chance(runs, int(inside[0]), int(inside[1]), chance) / scale if scale > 0 else np.array([np.inf])
    if not np.isfinite(area) or not np.isfinite(scale) or not np.isfinite(drawn).all():
        return Displacement(plain, None, _in_mads(runs, found), None, None)
    judged = area / scale
    return Displacement(plain, judged, _in_mads(runs, found), tail(drawn, judged), beyond(drawn))


def _judged(runs: Runs, found: Scan) -> tuple[float, float, float, float]:
    if found.winsorised_sd > 0:
        return found.winsorised_area, found.winsorised_sd, found.low, found.high
    return found.area, found.sd, float(runs.value[0]), float(runs.value[-1])


def _chance(runs: Runs, first: int, last: int, chance: Chance) -> Floats:
    """Return draws of the area between positions `first` and `last` under no drift."""
    at = runs.pooled(WIDEST if runs.n + runs.m <= SMALL else GRID)
    if len(at) == len(runs.value):
        at = at[first : last + 1]
        drawn = np.abs(chance.gaps(runs, at))
        return np.asarray(drawn[:, :-1] @ np.diff(runs.value[at]), dtype=np.float64)
    at = np.unique(np.concatenate([[first], at[(at > first) & (at < last)], [last]]))
    drawn = np.abs(chance.gaps(runs, at))
    width = np.diff(runs.value[at])
    return np.asarray((drawn[:, :-1] + drawn[:, 1:]) @ width / 2, dtype=np.float64)


def _in_mads(runs: Runs, found: Scan) -> float | None:
    """Return W1 in scaled median absolute deviations, which a few absurd reference values cannot stretch."""
    deviation = mad(runs)
    return found.area / (NORMAL_MAD * deviation) if deviation > 0 and np.isfinite(found.area) else None


@np.errstate(over="ignore", invalid="ignore")
def mad(runs: Runs) -> float:
    """Return the median absolute deviation of the reference from its median."""
    middle = runs.quantile(np.array([0.5]))[0]
    low, high = 0.0, float(max(runs.value[-1] - middle, middle - runs.value[0]))
    if not np.isfinite(high):
        return 0.0
    half = (runs.n + 1) // 2
    for _ in range(60):
        guess = (low + high) / 2
        ends = np.searchsorted(runs.value, [middle + guess, middle - guess], side="right") - 1
        upper = runs.reference[ends[0]]
        at = int(np.searchsorted(runs.value, middle - guess, side="left")) - 1
        within = upper - (runs.reference[at] if at >= 0 else 0)
        low, high = (low, guess) if within >= half else (guess, high)
    return high if high > 1e-300 else 0.0
