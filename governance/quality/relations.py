"""Questions about several columns: does one of them give the label away, does the file change along its length?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.subject import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS: Final = 20
"""Numbers are cut at their quantiles into at most this many levels; rarer texts share one level."""
PIECES: Final = 20
"""The file is cut into this many consecutive pieces of equal length."""
MIN_ROWS: Final = 200
"""With fewer rows neither question is asked."""


def as_named(column: pd.Series, is_code: bool) -> pd.Series:
    """Return a column of codes as text, so that its numbers are names; another one as it is."""
    from governance.evidence import text_of

    return text_of(column) if is_code else column


def median(column: pd.Series) -> float:
    """Return the median of a numeric column, infinite where a number cannot hold it."""
    with np.errstate(over="ignore"):
        return float(np.nanmedian(column.to_numpy(dtype=np.float64, na_value=np.nan)))


def levels(column: pd.Series) -> NDArray[np.intp]:
    """Return (n,) the level of each value, 0 to about `LEVELS`; missing values are a level of their own."""
    gone = column.isna().to_numpy(dtype=bool)
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        numeric = True
        column = pd.Series(column.to_numpy(dtype="datetime64[s]").astype(np.int64), dtype="float64").mask(gone)
    if numeric:
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        ordered = np.sort(numbers[~gone])
        starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        cuts = np.arange(1, LEVELS) * (len(ordered) - 1) // LEVELS
        edges = ordered[starts] if len(starts) < LEVELS else np.unique(ordered[cuts])
        codes = np.searchsorted(edges, numbers, side="right").astype(np.intp)
        codes[gone] = len(edges) + 1
        return codes
    found, names = pd.factorize(column, use_na_sentinel=True)
    counts = np.bincount(found[found >= 0], minlength=len(names))
    rank = np.empty(len(names) + 1, dtype=np.intp)
    order = np.lexsort((np.asarray(names, dtype=str), -counts)) if len(names) else np.zeros(0, dtype=np.intp)
    rank[order] = np.arange(len(names))
    rank[-1] = LEVELS
    return np.where(found < 0, LEVELS, np.minimum(rank[found], LEVELS - 1)).astype(np.intp)


def label_targets(label: pd.Series, schema: Schema) -> list[NDArray[np.bool_]]:
    """Return (n,) yes-or-no questions about the label: positive or not; each of several classes; above the median or not.

    Rows without a label answer no and must be left out by the caller.
    """
    from governance.evidence import text_of

    if schema.positive:
        return [(text_of(label) == schema.positive).to_numpy(dtype=bool)]
    if pd.api.types.is_numeric_dtype(label.dtype) and label.nunique() > 10:
        return [(label > label.median()).to_numpy(dtype=bool)]
    text = text_of(label)
    return [(text == name).to_numpy(dtype=bool) for name in text.value_counts().index[:10]]


def strength(codes: NDArray[np.intp], targets: list[NDArray[np.bool_]]) -> float:
    """Return how well the level of one column alone tells the label, as an area under the ROC curve (.5 nothing, 1 all).

    The share of yes per level is learned on every other row and judged on the rest, both ways, so that many levels do not look
    better than they are. Of several questions the best answered counts.
    """
    even = np.arange(len(codes)) % 2 == 0
    both = [t for t in targets if 0 < t[even].sum() < even.sum() and 0 < t[~even].sum() < (~even).sum()]
    return max([0.5, *((_judged(codes, t, even) + _judged(codes, t, ~even)) / 2 for t in both)])


def _judged(codes: NDArray[np.intp], target: NDArray[np.bool_], learn: NDArray[np.bool_]) -> float:
    width = int(codes.max()) + 1
    yes = np.bincount(codes[learn & target], minlength=width)
    rows = np.bincount(codes[learn], minlength=width)
    overall = target[learn].mean()
    rate = (yes + 2 * overall) / (rows + 2)
    order = np.argsort(rate, kind="stable")
    positive = np.bincount(codes[~learn & target], minlength=width)[order]
    negative = np.bincount(codes[~learn & ~target], minlength=width)[order]
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def along_the_file(codes: NDArray[np.intp]) -> tuple[float, float]:
    """Return the association of a column's levels with the piece of the file, and its p value.

    Bias-corrected Cramer's V (Bergsma 2013, J. Korean Stat. Soc. 42, 323-328): 0 no change along the file, 1 sorted. The
    p value is that of the chi-square test of the contingency table.
    """
    from scipy.special import chdtrc

    n = len(codes)
    piece = np.arange(n) * PIECES // n
    used = np.bincount(codes) > 0
    dense = (np.cumsum(used) - 1)[codes]
    width = int(used.sum())
    if width < 2:
        return 0.0, 1.0
    table = np.bincount(piece * width + dense, minlength=PIECES * width).reshape(PIECES, width).astype(np.float64)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    freedom = (PIECES - 1) * (width - 1)
    phi2 = max(0.0, chi2 / n - freedom / (n - 1))
    sides = [side - (side - 1) ** 2 / (n - 1) for side in (PIECES, width)]
    return float(np.sqrt(phi2 / max(min(sides) - 1, 1e-9))), float(chdtrc(freedom, chi2))
