"""Kolmogorov-Smirnov: the largest vertical distance of two distribution functions.

D = sup |F(x) - G(x)|, 0 to 1, best value 0. The p value is conditional on the pooled values, so ties do not make it
timid: exact by counting lattice paths for small samples (Hodges 1957, with the bound checked only where a run of equal values
ends), Kolmogorov's limit for large ones without heavy ties, the Brownian bridge on the values that occur otherwise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.columns.column_test import VALUES, ColumnTest, CountedColumn, Measured
from governance.drift.columns.null_distribution import DRAWS, GRID, Chance, beyond

if TYPE_CHECKING:
    from governance.drift.samples.ecdf import Scan
    from governance.drift.samples.two_samples import Floats, Ints, Runs

EXACT: Final = 1_000_000
"""Up to this product of the sample sizes the p value is exact."""
EXACT_FLOOR: Final = 200_000
"""Up to this product the noise floor is exact: it takes ten times as long as a p value."""
HEAVY_TIE: Final = 0.005
"""From this share of equal values on the limit law of continuous data is too far off, and draws that keep the ties take its place."""
MANY: Final = 10_000
"""From this effective number of rows the limit law serves."""


def p_value(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the two-sided p value of the distance in `found`."""
    n, m = runs.n, runs.m
    if n * m <= EXACT:
        return exact(runs.reference + runs.current, n, m, found.distance)
    limit = _limit(found.distance, n * m / (n + m))
    if found.largest_tie <= HEAVY_TIE:
        return limit
    drawn = _tied(runs, found.distance, chance)
    return drawn if drawn > 1 / DRAWS else min(limit, 1 / DRAWS)


def noise_floor(runs: Runs, found: Scan, chance: Chance) -> float:
    """Return the distance that chance exceeds in 5 of 100 undrifted pairs (with ties or few rows: at most)."""
    if runs.n * runs.m <= EXACT_FLOOR:
        return _exact_floor(runs)
    if found.largest_tie > HEAVY_TIE:
        return beyond(np.abs(chance.gaps(runs, runs.pooled(GRID))).max(axis=1))
    return _limit_floor(runs.n, runs.m)


def _limit(distance: float, rows: float) -> float:
    """Return the p value of a distance without heavy ties; `rows` is n m / (n + m).

    Many rows: Kolmogorov's limit with the correction of Vrbik (2018), whose error is of the order 1 / rows; the law for finite
    samples agrees to six digits there and costs a thousand times as much.
    """
    from scipy.special import kolmogorov
    from scipy.stats import kstwo

    if rows <= MANY:
        return float(kstwo.sf(distance, max(round(rows), 1)))
    x = distance * np.sqrt(rows)
    return float(kolmogorov(x + 1 / (6 * np.sqrt(rows)) + (x - 1) / (4 * rows)))


def _limit_floor(n: int, m: int) -> float:
    from scipy.special import kolmogi

    rows = n * m / (n + m)
    return float((kolmogi(0.05) - 1 / (6 * np.sqrt(rows))) / np.sqrt(rows))


def _exact_floor(runs: Runs) -> float:
    """Return the distance just below the smallest whose exact p value is at most .05, to 1 part in 200 by halving."""
    rank = runs.reference + runs.current
    return _untied_floor(runs.n, runs.m) if len(rank) == runs.n + runs.m else _halved(rank, runs.n, runs.m)


@lru_cache(maxsize=256)
def _untied_floor(n: int, m: int) -> float:
    """Return the floor of values that all differ: it depends on their numbers alone, and columns of one table share it."""
    return _halved(np.arange(1, n + m + 1), n, m)


def _halved(rank: Ints, n: int, m: int) -> float:
    low, high = 0, min(round(1.5 * _limit_floor(n, m) * n * m), n * m)
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        if exact(rank, n, m, middle / (n * m), 0.05) <= 0.05:
            high = middle
        else:
            low = middle
    return (high - 1) / (n * m) if exact(rank, n, m, high / (n * m), 0.05) <= 0.05 else 1.0


def _tied(runs: Runs, distance: float, chance: Chance) -> float:
    """Return the p value by drawing the bridge at the values that occur.

    Between two grid points with many values in between, the chance of an excursion is added by the reflection principle:
    exp(-2 (d-a)(d-b) / t) for a bridge from a to b of duration t.
    """
    at = runs.pooled(GRID)
    drawn = chance.gaps(runs, at)
    inside = np.all(np.abs(drawn) < distance * (1 - 1e-12), axis=1).astype(np.float64)
    wide = np.flatnonzero(np.diff(at) > 2)
    if len(wide):
        inside *= _no_excursion(runs, at, wide, drawn, distance)
    return float(1 - inside.mean())


def _no_excursion(runs: Runs, at: Ints, wide: Ints, drawn: Floats, distance: float) -> Floats:
    rank = (runs.reference[at] + runs.current[at]) / (runs.n + runs.m)
    time = (rank[wide + 1] - rank[wide]) * (1 / runs.n + 1 / runs.m)
    a, b = drawn[:, wide], drawn[:, wide + 1]
    above = np.exp(-2 * np.maximum(distance - a, 0) * np.maximum(distance - b, 0) / time)
    below = np.exp(-2 * np.maximum(distance + a, 0) * np.maximum(distance + b, 0) / time)
    return np.asarray(np.prod(np.clip(1 - above - below, 0, 1), axis=1), dtype=np.float64)


def exact(rank: Ints, n: int, m: int, distance: float, enough: float = 1.0) -> float:
    """Return the exact conditional p value, or anything above `enough` as soon as it is known to be above.

    Args:
        rank: pooled values at or below each distinct value, ascending; the last is n + m.
        n: values of one sample.
        m: values of the other.
        distance: the observed D.
        enough: where to stop counting.
    """
    from governance.drift.columns.lattice_paths import lost_share

    ends = np.zeros(n + m + 1, dtype=np.bool_)
    ends[rank] = True
    bound = round(distance * n * m)
    return float(min(lost_share(ends, n, m, bound, enough), 1.0))


def measure(column: CountedColumn) -> Measured:
    """Return the distance of a column with its p value and noise floor; one value alone is no question."""
    values = column.numbers
    return Measured(
        statistic=values.scan.distance,
        p_value=p_value(values.runs, values.scan, values.chance),
        noise_floor=noise_floor(values.runs, values.scan, values.chance),
        reason="largest distance of the two distribution functions",
        effect=values.scan.distance,
        also={"at": values.scan.gap_at},
        open=len(values.runs.value) > 1,
    )


TEST: Final = ColumnTest(
    id="ks",
    kinds=("numeric",),
    facet=VALUES,
    measure=measure,
    default_limit=0.1,
    unit="largest vertical distance of the two distribution functions, 0 to 1",
    label="Largest gap of the curves (KS)",
    said="the distribution functions are {0:.2f} apart",
    meaning="The largest gap between the shares of rows at or below a value. 0 is equal, 1 is disjoint.",
    field_name="Kolmogorov-Smirnov statistic",
    source="Hodges 1957 (exact, conditional on ties); Vrbik 2018 (limit)",
)
