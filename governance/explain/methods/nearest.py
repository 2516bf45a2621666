"""Rows that are alike: distances over numbers and categories together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Likeness:
    """Gower's distance: the mean over columns of |difference| / range for numbers, and of "not the same" for the rest.

    Source: Gower 1971, "A general coefficient of similarity and some of its properties". A missing value is like another missing
    value and unlike everything else.

    Args:
        known: rows that give the range of each number (their 1st to 99th percentile).
        codes: columns whose numbers are names: code 7 is as unlike code 8 as it is unlike code 70.
    """

    def __init__(self, known: pd.DataFrame, codes: Collection[str] = ()) -> None:
        self._columns = tuple(known.columns)
        self._width = {
            name: _spread(known[name]) for name in self._columns if _numeric(known[name]) and name not in codes
        }

    def distance(self, row: pd.DataFrame, pool: pd.DataFrame) -> NDArray[np.float64]:
        """Return the distance, 0 to 1, of the first row of `row` to each row of `pool`."""
        numbers = list(self._width)
        apart = self._apart(row[numbers].iloc[:1], pool[numbers]) if numbers else np.zeros((len(pool), 0))
        place = {name: at for at, name in enumerate(numbers)}
        total = np.zeros(len(pool))
        for name in self._columns:
            total += apart[:, place[name]] if name in place else self._unlike(row[name].iloc[0], pool[name])
        return total / max(1, len(self._columns))

    def closest(self, row: pd.DataFrame, pool: pd.DataFrame, count: int) -> NDArray[np.intp]:
        """Return the positions of the `count` rows of `pool` that are most alike, nearest first, ties by position."""
        return np.argsort(self.distance(row, pool), kind="stable")[:count]

    def _apart(self, row: pd.DataFrame, pool: pd.DataFrame) -> NDArray[np.float64]:
        """Return the parts of all columns of numbers, (rows, numbers)."""
        values = pool.to_numpy(dtype=np.float64, na_value=np.nan)
        mine = row.to_numpy(dtype=np.float64, na_value=np.nan)
        with np.errstate(invalid="ignore"):  # the same infinity on both sides
            away = np.where(values == mine, 0.0, np.abs(values - mine))
        apart = np.minimum(away / np.array(list(self._width.values())), 1.0)
        both_missing = np.isnan(values) & np.isnan(mine)
        return np.asarray(np.where(both_missing, 0.0, np.where(np.isnan(apart), 1.0, apart)))

    def _unlike(self, own: Any, others: pd.Series) -> NDArray[np.float64]:
        if pd.isna(own):
            return np.asarray((~others.isna()).to_numpy(), dtype=np.float64)
        return np.asarray(others.ne(own).fillna(value=True).to_numpy(), dtype=np.float64)


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _spread(column: pd.Series) -> float:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = values[np.isfinite(values)]
    if not len(values):
        return 1.0
    low, high = np.quantile(values, [0.01, 0.99])
    return float(high - low) or 1.0


def cosine(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine similarity of one row of attributions with others; two rows of zeros are alike (1)."""
    length = np.linalg.norm(one) * np.linalg.norm(others, axis=-1)
    product = others @ one
    both_zero = (np.linalg.norm(one) == 0) & (np.linalg.norm(others, axis=-1) == 0)
    return np.asarray(np.where(both_zero, 1.0, product / np.where(length == 0, 1.0, length)))
