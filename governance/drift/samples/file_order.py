"""Whether a column changes along the rows of a file: two pieces of such a file differ because of its order, and that looks like drift."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from governance.drift.samples.pairs import kind_of, numbers
from governance.evidence import levels_of

PIECES: Final = 10
"""A window is cut into so many consecutive pieces."""
FEWEST: Final = 100
"""With fewer rows a column is not looked at."""
LOOKS_ORDERED: Final = "looks like the order of the file"
"""The words by which a column that runs along the rows is known again."""
STRONG: Final = 0.3
"""From this bias-corrected Cramer's V between value and piece on a column runs along the file."""


def along_the_rows(values: pd.Series) -> float:
    """Return how strongly values go with their place in the file: bias-corrected Cramer's V, 0 not at all, 1 wholly.

    Numbers are cut into tenths. Source: Bergsma, J. Korean Stat. Soc. 42:323-328 (2013).
    """
    codes = _codes(values)
    known = codes >= 0
    n = int(known.sum())
    if n < FEWEST:
        return 0.0
    piece = (np.arange(len(codes)) * PIECES // len(codes))[known]
    dense = np.unique(codes[known], return_inverse=True)[1]
    width = int(dense.max()) + 1
    if width < 2:
        return 0.0
    table = np.bincount(piece * width + dense, minlength=PIECES * width).reshape(PIECES, width).astype(np.float64)
    table = table[table.sum(axis=1) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    rows, columns = table.shape
    phi2 = max(0.0, chi2 / n - (rows - 1) * (columns - 1) / (n - 1))
    sides = [side - (side - 1) ** 2 / (n - 1) for side in (rows, columns)]
    return float(np.sqrt(phi2 / max(min(sides) - 1, 1e-9)))


def _codes(values: pd.Series) -> np.ndarray:
    """Return (n,) tenths of numbers, or levels (the forty most frequent, the others together); -1 for missing."""
    if kind_of(values) == "numeric":
        found = numbers(values)
        usable = np.isfinite(found)
        edges = np.unique(np.quantile(found[usable], np.arange(1, 10) / 10)) if usable.any() else np.zeros(0)
        return np.where(usable, np.searchsorted(edges, np.where(usable, found, 0.0), side="left"), -1)
    codes, names = levels_of(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    rank = np.empty(len(names) + 1, dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.minimum(np.arange(len(names)), 40)
    rank[-1] = -1
    return rank[codes]


def in_words(reference: pd.Series, current: pd.Series) -> str:
    """Return what there is to say of a column that moved, "" when it does not run along both windows."""
    least = min(along_the_rows(reference), along_the_rows(current))
    if least < STRONG:
        return ""
    return (
        f"along the rows of each window it changes as well (Cramer's V {least:.2f} or more): this {LOOKS_ORDERED}, "
        "not like a change of the world"
    )
