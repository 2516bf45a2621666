"""Wasserstein: how far values have moved on average.

W1 = integral |F(x) - G(x)| dx: the mean displacement that turns one sample into the other, in the column's unit; best value 0.
Reported in standard deviations of the reference. One absurd value can make it anything, so what is judged is the winsorised
reading: the same area between the reference's .5 and 99.5 per cent quantiles, in standard deviations of the reference
clipped there. Chance: the law of sqrt(1/n + 1/m) times the integral of |B(H(x))| dx (del Barrio, Gine and Matran 1999), about
1.27 sqrt(1/n + 1/m) on average for normal data; for small samples by relabelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.columns.column_test import VALUES, ColumnTest, CountedColumn, Measured
from governance.drift.columns.null_distribution import GRID as WIDEST, SMALL, Chance, beyond, tail

if TYPE_CHECKING:
    from governance.drift.samples.ecdf import Scan
    from governance.drift.samples.two_samples import Floats, Runs

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
        return chance.areas(runs, at, np.diff(runs.value[at], append=runs.value[at[-1]]))
    at = np.unique(np.concatenate([[first], at[(at > first) & (at < last)], [last]]))
    width = np.diff(runs.value[at], prepend=runs.value[at[0]], append=runs.value[at[-1]])
    return chance.areas(runs, at, (width[:-1] + width[1:]) / 2)


def _in_mads(runs: Runs, found: Scan) -> float | None:
    """Return W1 in scaled median absolute deviations, which a few absurd reference values cannot stretch."""
    deviation = mad(runs)
    return found.area / (NORMAL_MAD * deviation) if deviation > 0 and np.isfinite(found.area) else None


@np.errstate(over="ignore", invalid="ignore")
def mad(runs: Runs) -> float:
    """Return the median absolute deviation of the reference from its median."""
    from governance.drift.columns.kernels import half_width

    middle = runs.quantile(np.array([0.5]))[0]
    low, high = 0.0, float(max(runs.value[-1] - middle, middle - runs.value[0]))
    if not np.isfinite(high):
        return 0.0
    found = float(half_width(runs.value, runs.reference, middle, low, high))
    return found if found > 1e-300 else 0.0


def measure(column: CountedColumn) -> Measured:
    """Return how far the values of a column moved; one value alone is no question."""
    values = column.numbers
    moved = displacement(values.runs, values.scan, values.chance)
    if moved.winsorised is None:
        return Measured(
            statistic=None,
            p_value=None,
            noise_floor=None,
            reason="the reference is constant, or its values are too large to subtract, so there is no standard deviation "
            "to measure in",
            also=_present(raw=values.scan.area),
        )
    return Measured(
        statistic=moved.plain,
        p_value=moved.p_value,
        noise_floor=moved.noise_floor,
        reason="in standard deviations of the reference; judged after winsorising at .5 %",
        effect=moved.winsorised,
        also=_present(
            raw=values.scan.area,
            winsorised=moved.winsorised,
            in_mads=moved.in_mads,
            reference_sd=values.scan.sd,
        ),
        open=len(values.runs.value) > 1,
    )


def _present(**figures: float | None) -> dict[str, float]:
    return {name: float(value) for name, value in figures.items() if value is not None and np.isfinite(value)}


TEST: Final = ColumnTest(
    id="wasserstein",
    kinds=("numeric",),
    facet=VALUES,
    measure=measure,
    default_limit=0.1,
    unit="mean displacement in standard deviations of the reference, winsorised, from 0",
    label="How far values moved (Wasserstein)",
    said="values moved by {0:.2f} standard deviations",
    meaning="How far the values moved on average, in standard deviations of the reference. 0 is equal.",
    field_name="Wasserstein distance, earth mover's distance",
    source="del Barrio, Gine and Matran 1999",
)
