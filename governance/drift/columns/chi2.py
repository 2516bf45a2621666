"""Chi-square: whether two samples share one distribution over categories.

Two-sample contingency, never goodness of fit: the reference is a sample too. Statistic: Pearson's sum (O-E)^2/E over the
2 x k table, best value 0; p value from the chi-square law with k-1 degrees when at most a fifth of the expected counts is below
5 and none below 1 (Cochran 1954), otherwise from relabelling the rows (exact for 2 x 2). Effect: Cramer's V with Bergsma's
bias correction (2013), 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.drift.columns.column_test import VALUES, ColumnTest, CountedColumn, Measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from governance.drift.samples.two_samples import Floats, Ints

DRAWS: Final = 1999
CELLS: Final = 400_000
"""Draws times levels are kept under this many; many levels get fewer draws, at least 199."""
TOO_MANY: Final = 2_000
"""With more levels a sparse table is judged by the chi-square law with the exact moments of relabelling."""


@dataclass(frozen=True)
class Contingency:
    """The reading of one 2 x k table."""

    statistic: float
    p_value: float
    v: float
    """Bias-corrected Cramer's V."""
    noise_floor: float
    """The V that chance exceeds in 5 of 100 undrifted pairs."""
    g: float
    """Likelihood ratio statistic 2 sum O ln(O/E), for comparison."""
    how: str
    """How the p value was found."""


def contingency(reference: Ints, current: Ints, tables: Ints | None) -> Contingency:
    """Return the test of two rows of counts.

    Args:
        reference: (k,) counts; every level occurs in one of the samples at least.
        current: (k,) counts.
        tables: what `relabelled` gave for these counts.
    """
    from scipy.special import chdtrc, chdtri

    n, m, k = int(reference.sum()), int(current.sum()), len(reference)
    statistic = float(pearson(reference, current))
    if k < 2:
        return Contingency(statistic=0.0, p_value=1.0, v=0.0, noise_floor=0.0, g=0.0, how="one level only")
    if tables is not None:
        drawn = pearson(reference + current - tables, tables)
        p_value, how = _share(drawn, statistic), f"{len(tables):,} relabellings, because expected counts are small"
        floor = float(np.quantile(drawn, 0.95))
    elif sparse(reference, current):
        scale, degrees = moments(reference, current)
        p_value, how = (
            float(chdtrc(degrees, statistic / scale)),
            "moments of relabelling, because levels are many and rare",
        )
        floor = scale * float(chdtri(degrees, 0.05))
    else:
        p_value, how = float(chdtrc(k - 1, statistic)), f"chi-square law with {k - 1} degrees"
        floor = float(chdtri(k - 1, 0.05))
    return Contingency(
        statistic=statistic,
        p_value=p_value,
        v=cramers_v(statistic, n + m, k),
        noise_floor=cramers_v(floor, n + m, k),
        g=_g(reference, current),
        how=how,
    )


def pearson(reference: Ints, current: Ints) -> Floats:
    """Return sum (O-E)^2/E over the last axis, both samples; levels that occur in neither add nothing."""
    n = reference.sum(axis=-1, keepdims=True)
    m = current.sum(axis=-1, keepdims=True)
    level = np.maximum(reference + current, 1)
    gap = reference / n - current / m
    return np.asarray((gap**2 / level).sum(axis=-1) * (n * m)[..., 0], dtype=np.float64)


def cramers_v(statistic: float, rows: int, levels: int) -> float:
    """Return Cramer's V of a 2 x `levels` table with Bergsma's correction, 0 to 1."""
    if rows < 3 or levels < 2:
        return 0.0
    excess = max(0.0, statistic / rows - (levels - 1) / (rows - 1))
    narrow = min(2 - 1 / (rows - 1), levels - (levels - 1) ** 2 / (rows - 1)) - 1
    return float(min(np.sqrt(excess / narrow), 1.0)) if narrow > 0 else 0.0


def sparse(reference: Ints, current: Ints) -> bool:
    """Return whether the chi-square law cannot be trusted (Cochran's rule; for 2 x 2 any expected count below 5)."""
    n, m = reference.sum(), current.sum()
    least = (reference + current) * (min(n, m) / (n + m))
    both = np.concatenate([least, (reference + current) * (max(n, m) / (n + m))])
    few = float(np.mean(both < 5))
    return bool(least.min() < 1 or few > 0.2 or (len(reference) == 2 and few > 0))


def relabelled(reference: Ints, current: Ints, rng: np.random.Generator, *, also_below: int = 0) -> Ints | None:
    """Return (draws, k) current counts under no drift where expected counts are small, else None.

    Args:
        reference: (k,) counts.
        current: (k,) counts.
        rng: source of chance.
        also_below: with fewer rows in a window tables are drawn whatever the expected counts are.
    """
    few = sparse(reference, current) or min(reference.sum(), current.sum()) < also_below
    if len(reference) < 2 or len(reference) > TOO_MANY or not few:
        return None
    draws = max(199, min(DRAWS, CELLS // len(reference)))
    total: Ints = (reference + current).astype(np.int64)
    return np.asarray(
        rng.multivariate_hypergeometric(total, int(current.sum()), size=draws, method="marginals"), dtype=np.int64
    )


def moments(reference: Ints, current: Ints) -> tuple[float, float]:
    """Return scale and degrees of the chi-square law with the exact mean and variance of relabelling (Dawson 1954)."""
    rows = np.array([reference.sum(), current.sum()], dtype=np.float64)
    levels = (reference + current).astype(np.float64)
    N = float(rows.sum())
    v = [(len(x) - 1) * (N - len(x)) / (N - 1) for x in (rows, levels)]
    w = [((N / x).sum() - len(x) ** 2) / (N - 2) for x in (rows, levels)]
    mean = N * (len(levels) - 1) / (N - 1)
    variance = 2 * N / (N - 3) * (v[0] - w[0]) * (v[1] - w[1]) + N * N / (N - 1) * w[0] * w[1]
    return variance / (2 * mean), 2 * mean**2 / variance


def _share(drawn: NDArray[np.float64], observed: float) -> float:
    near = np.abs(drawn - observed) <= 1e-9 * max(observed, 1e-300)
    return float((np.count_nonzero((drawn > observed) & ~near) + (np.count_nonzero(near) + 1) / 2) / (len(drawn) + 1))


def _g(reference: Ints, current: Ints) -> float:
    observed = np.stack([reference, current]).astype(np.float64)
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0) / observed.sum()
    present = observed > 0
    return float(2 * (observed[present] * np.log(observed[present] / expected[present])).sum())


def measure(column: CountedColumn) -> Measured:
    """Return the test of a column's levels."""
    values = column.categories
    table = contingency(*values.cells, values.relabelled)
    return Measured(
        statistic=table.statistic,
        p_value=table.p_value,
        noise_floor=table.noise_floor,
        reason=f"two-sample table, {table.how}; judged by Cramer's V, bias-corrected",
        effect=table.v,
        also={"v": table.v, "g": table.g},
    )


TEST: Final = ColumnTest(
    id="chi2",
    kinds=("categorical",),
    facet=VALUES,
    measure=measure,
    default_limit=0.1,
    unit="bias-corrected Cramer's V, 0 to 1",
    label="Counts of categories (chi-square)",
    said="the categories' shares differ (V {0:.2f})",
    meaning="Whether the counts of categories differ by more than chance.",
    field_name="chi-square test",
    source="Cochran 1954 (when the law serves); Bergsma 2013 (bias correction of V)",
)
