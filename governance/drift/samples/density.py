"""Telling two windows apart: a classifier two-sample test, and weights that make the reference look like the current window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.drift.results.report import Multivariate
from governance.drift.samples.metrics import measured_area
from governance.drift.samples.pairs import kind_of, level_counts, numbers
from governance.drift.samples.two_samples import Floats, Ints
from governance.evidence import NotAssessed, text_of
from governance.statistics import critical

ROWS: Final = 20_000
"""At most so many rows of each window, drawn at random."""
CELLS: Final = 2_000_000
"""At most so many cells of each window: with more than 100 columns fewer rows are drawn, so that the time has a bound."""
BINS: Final = 255
ROWS_OF_A_BIN: Final = 8
"""So many rows at least share a bin, because a leaf has 20 rows and finer steps only cost time: 400 columns x 600 rows take a third."""
FEWEST: Final = 50
FARTHEST: Final = 0.999


@dataclass(frozen=True)
class Density:
    """How likely each row is to come from the current window, found on rows that the classifier had not seen."""

    reference_at: Ints
    """(a,) positions of the rows used, ascending."""
    current_at: Ints
    """(b,) positions of the rows used, ascending."""
    reference: Floats
    """(a,) probability of the current window if both windows were equally large."""
    current: Floats
    """(b,) the same for rows of the current window."""
    reference_held: NDArray[np.bool_]
    """(a,) whether the row was in the half that the first classifier had not seen."""
    current_held: NDArray[np.bool_]
    """(b,) the same for rows of the current window."""

    @property
    def weights(self) -> Floats:
        """(a,) importance of reference rows, mean 1."""
        odds = self.reference / (1 - self.reference)
        return np.asarray(odds / odds.mean(), dtype=np.float64)

    @property
    def effective_share(self) -> float:
        """Kish's effective sample size of the weights as a share of the rows used, 0 to 1."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum() / len(self.weights))


def density(
    reference: pd.DataFrame, current: pd.DataFrame, columns: Sequence[str], rng: np.random.Generator
) -> Density | NotAssessed:
    """Return the two-fold cross-fitted probabilities of gradient boosting on the given columns."""
    least = min(len(reference), len(current))
    columns = [name for name in columns if bool(reference[name].notna().any()) or bool(current[name].notna().any())]
    if least < FEWEST or not columns:
        return NotAssessed(
            f"{least} rows in the smaller window, fewer than {FEWEST}" if columns else "no columns to compare"
        )
    rows = min(ROWS, CELLS // len(columns))
    if rows < FEWEST:
        return NotAssessed(f"{len(columns):,} columns are too many to tell the windows apart by all of them")
    a, b = _drawn(len(reference), rows, rng), _drawn(len(current), rows, rng)
    X = matrix(reference.iloc[a], current.iloc[b], columns)
    y = np.concatenate([np.zeros(len(a)), np.ones(len(b))])
    probability, fold = _cross_fitted(X, y, rng)
    n = len(a)
    return Density(
        reference_at=a,
        current_at=b,
        reference=probability[:n],
        current=probability[n:],
        reference_held=fold[:n] == 0,
        current_held=fold[n:] == 0,
    )


def two_sample(found: Density) -> Multivariate:
    """Return the classifier two-sample test (Lopez-Paz and Oquab 2017), one-sided.

    Only the half that the first classifier had not seen is ranked. The two halves' results are one and the same coincidence
    seen from both sides: pooled, they would vary twice as much as the formula says. Without drift the AUC's variance is
    that of Mann and Whitney, (n + m + 1 - ties) / (12 n m) with ties = sum (t^3 - t) / ((n + m)(n + m - 1)).
    """
    from scipy.stats import norm

    ours, theirs = found.current[found.current_held], found.reference[found.reference_held]
    m, n = len(ours), len(theirs)
    score = np.concatenate([theirs, ours])
    area = measured_area(np.concatenate([np.zeros(n), np.ones(m)]), score)
    assert area is not None
    equal = np.unique(score, return_counts=True)[1].astype(np.float64)
    ties = float((equal**3 - equal).sum()) / ((n + m) * (n + m - 1))
    spread = float(np.sqrt(max(n + m + 1 - ties, 0.0) / (12 * n * m)))
    p_value = float(norm.sf((area.value - 0.5) / spread)) if spread > 0 else 1.0
    return Multivariate(area.estimate(), p_value, 0.5 + critical(0.9) * spread, n + m)


def _drawn(rows: int, most: int, rng: np.random.Generator) -> Ints:
    return np.arange(rows) if rows <= most else np.sort(rng.choice(rows, most, replace=False))


def matrix(reference: pd.DataFrame, current: pd.DataFrame, columns: Sequence[str]) -> Floats:
    """Return (n + m, columns) numbers of both windows, reference first; levels become their rank by frequency."""
    return np.column_stack([_column(reference[name], current[name]) for name in columns])


def _column(reference: pd.Series, current: pd.Series) -> Floats:
    """Return numbers as they are, and levels as their rank by frequency in both windows together."""
    if {kind_of(reference), kind_of(current)} - {None} == {"numeric"}:
        values = np.concatenate([numbers(reference), numbers(current)])
        return np.where(np.isinf(values), np.nan, values)
    left, right = level_counts(reference), level_counts(current)
    levels = sorted(left.keys() | right.keys(), key=lambda level: (-left.get(level, 0) - right.get(level, 0), level))
    code = {level: float(rank) for rank, level in enumerate(levels)}
    return np.concatenate([_coded(values, code) for values in (reference, current)])


def bins_for(rows: int) -> int:
    """Return into how many steps a column of so many rows is cut, at most 255."""
    return max(2, min(BINS, rows // ROWS_OF_A_BIN))


def binned(X: Floats) -> Floats:
    """Return every column as steps of equally many rows; the classifier's own way takes a second per ten columns."""
    edges_of = bins_for(len(X))
    found = np.full(X.shape, np.nan)
    for at in range(X.shape[1]):
        known = ~np.isnan(X[:, at])
        values = np.sort(X[known, at])
        edges = values[np.linspace(0, max(len(values) - 1, 0), edges_of).astype(np.int64)] if len(values) else values
        found[known, at] = np.searchsorted(np.unique(edges), X[known, at], side="left")
    return found


def _coded(values: pd.Series, code: dict[str, float]) -> Floats:
    found = text_of(values).map(code)
    return np.asarray(found.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _cross_fitted(X: Floats, y: Floats, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Return (n,) the probability of each row by the classifier that had not seen it, and (n,) its half, 0 or 1."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    X = binned(X)
    fold = np.zeros(len(y), dtype=np.int64)
    for side in (0, 1):
        rows = np.flatnonzero(y == side)
        fold[rng.permutation(rows)[: len(rows) // 2]] = 1
    result = np.empty(len(y))
    for part in (0, 1):
        learn = fold != part
        share = y[learn].mean()
        balance = np.where(y[learn] == 1, 0.5 / share, 0.5 / (1 - share))
        model = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            max_bins=bins_for(len(X)),
            random_state=int(rng.integers(2**31)),
        )
        with threadpool_limits(1):  # threads that wait for each other on a shared machine cost more than they give
            model.fit(X[learn], y[learn], sample_weight=balance)
            result[fold == part] = model.predict_proba(X[fold == part])[:, 1]
    return np.asarray(np.clip(result, 1 - FARTHEST, FARTHEST), dtype=np.float64), fold
