"""For each raw column, the few values that stand for all others: what the last stage of a model can tell apart.

A stage of trees asks `encoded <= threshold`. For a column of numbers the two raw numbers next to each threshold are found by halving the
numbers of its type in their order, through the file's own encoding; for a column of text every category is one. A row that is put
together of such values can be led to any leaf that can be reached at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.subject import Dtype

_PROBES: Final = 200
"""Numbers on which an encoding is seen to rise or fall."""
UNSEEN: Final = "Not elsewhere classified"
"""A category that no model was taught."""
_REACH: Final = 1e30
"""Numbers beyond are not asked for: an encoding may overflow there."""


class Encoding(Protocol):
    """What turns raw rows into the columns that the last stage asks about."""

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return the encoded rows, shape (rows, encoded columns)."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The values of one raw column."""

    column: str
    raw: NDArray[np.generic]
    """(levels,) raw values; numbers rise."""
    images: NDArray[np.float64]
    """(levels, children) what each becomes in the encoded columns that depend on it."""
    children: NDArray[np.int64]
    """(children,) those encoded columns."""

    def fitting(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return (levels,) which values lie inside a box: low < image <= high in every child."""
        inside = (self.images > low[self.children]) & (self.images <= high[self.children])
        return np.asarray(inside.all(axis=1))


def with_value(row: pd.DataFrame, column: str, values: NDArray[np.generic]) -> pd.DataFrame:
    """Return one copy of a row for each value, with it in the column."""
    frame = row.iloc[np.zeros(len(values), dtype=np.intp)].reset_index(drop=True)
    frame[column] = pd.Series(values, dtype=values.dtype)
    return frame


def text_levels(
    cut: Encoding, row: pd.DataFrame, column: str, seen: NDArray[np.object_], children: NDArray[np.int64]
) -> Levels:
    """Return the categories of a column of text, and one that no model was taught.

    Args:
        cut: the encoding.
        row: a row with everything else.
        column: the column.
        seen: categories of data and file.
        children: the encoded columns that depend on it.
    """
    words = sorted({str(item) for item in seen})
    if UNSEEN not in words and _taken(cut, row, column):
        words.append(UNSEEN)
    values = np.array(words, dtype=object)
    return Levels(column, values, _images(cut, row, column, values)[:, children], children)


def _taken(cut: Encoding, row: pd.DataFrame, column: str) -> bool:
    """Return whether the file takes a category that it was not taught."""
    try:
        cut.encode(with_value(row, column, np.array([UNSEEN], dtype=object)))
    except RefusedInputError:
        return False
    return True


def number_levels(
    cut: Encoding,
    row: pd.DataFrame,
    column: str,
    dtype: Dtype,
    seen: NDArray[np.float64],
    thresholds: Mapping[int, NDArray[np.float64]],
) -> Levels | None:
    """Return the numbers next to each threshold, None where the encoding neither rises nor falls all the way.

    Args:
        cut: the encoding.
        row: a row with everything else.
        column: the column.
        dtype: type of the model's input.
        seen: numbers of the data.
        thresholds: encoded column that depends on it -> what it is held against.
    """
    children = np.array(sorted(thresholds), dtype=np.int64)
    order = _Order(dtype)
    probes = order.values(np.unique(order.keys(_probes(seen, order))))
    images = _images(cut, row, column, probes)[:, children]
    found = [probes[np.searchsorted(probes, np.quantile(seen, (0.05, 0.5, 0.95)))]]
    for at, child in enumerate(children.tolist()):
        steps = np.diff(images[:, at])
        if not (np.all(steps >= 0) or np.all(steps <= 0)):
            return None
        passing = _Passing(cut, row, column, child, bool(np.any(steps < 0)))
        found.append(_boundaries(passing, order, probes, thresholds[child]))
    values = order.values(np.unique(order.keys(np.concatenate(found))))
    return Levels(column, values, _images(cut, row, column, values)[:, children], children)


def _probes(seen: NDArray[np.float64], order: _Order) -> NDArray[np.float64]:
    inside = np.quantile(seen, np.linspace(0, 1, _PROBES))
    return np.asarray(np.clip(np.concatenate((inside, [-1.0, 0.0, 1.0], order.ends)), *order.ends))


@dataclass(frozen=True, slots=True)
class _Passing:
    """One encoded column that follows one raw column, up or down."""

    cut: Encoding
    row: pd.DataFrame
    column: str
    child: int
    falls: bool

    def before(self, values: NDArray[np.float64], thresholds: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each raw value lies on the lower side of where the column passes its threshold."""
        answer = _images(self.cut, self.row, self.column, values)[:, self.child] <= thresholds
        return np.asarray(~answer if self.falls else answer)


def _boundaries(
    passing: _Passing, order: _Order, probes: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for each threshold the two raw numbers between which the encoded column passes it; none where it never does."""
    first, last = order.keys(probes[[0, -1]])
    low, high = np.full(len(thresholds), first), np.full(len(thresholds), last)
    passed = passing.before(order.values(low), thresholds) & ~passing.before(order.values(high), thresholds)
    low, high, held = low[passed], high[passed], thresholds[passed]
    while np.any(high > low + 1):
        middle = (low & high) + ((low ^ high) >> 1)  # the mean, without a sum that could overflow
        left = passing.before(order.values(middle), held)
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return np.asarray(order.values(np.concatenate((low, high))))


def _images(cut: Encoding, row: pd.DataFrame, column: str, values: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.asarray(cut.encode(with_value(row, column, values)), dtype=np.float64)


class _Order:
    """The numbers of a type as whole numbers in the same order, so that halving finds neighbours."""

    def __init__(self, dtype: Dtype) -> None:
        self._kind = np.dtype(dtype if dtype != "bool" else "uint8")
        whole = self._kind.kind in "iu"
        low, high = (np.iinfo(self._kind).min, np.iinfo(self._kind).max) if whole else (-_REACH, _REACH)
        if dtype == "bool":
            low, high = 0, 1
        if self._kind == np.float16:
            low, high = -60000.0, 60000.0
        limit = float(2**53)
        self.ends = np.array([max(float(low), -limit), min(float(high), limit)] if whole else [low, high])
        self._whole = whole

    def keys(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the place of each number among all of its type."""
        if self._whole:
            return np.floor(np.asarray(values, np.float64)).astype(np.int64)
        bits = np.asarray(values).astype(self._kind)
        raw = bits.view(f"i{self._kind.itemsize}").astype(np.int64)
        return np.where(raw < 0, -(raw & np.int64(2 ** (8 * self._kind.itemsize - 1) - 1)), raw)

    def values(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the numbers at these places."""
        if self._whole:
            return keys.astype(np.float64)
        bits = np.abs(keys).astype(f"i{self._kind.itemsize}")
        return np.asarray(np.where(keys < 0, -1.0, 1.0) * bits.view(self._kind).astype(np.float64))
