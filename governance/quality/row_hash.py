"""One number per row that is equal for equal rows, whatever the chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MISSING: Final = np.uint64(0x5BD1E995)
_LONG: Final = np.uint64(0xD6E8FEB86659FD93)
_KEPT: Final = 2**53
"""Whole numbers up to here are kept by a float."""
MOST_ROWS: Final = 20_000_000
"""Beyond this many rows duplicates are not looked for: eight bytes are kept for each."""


def column_hashes(column: pd.Series) -> NDArray[np.uint64]:
    """Return (n,) one number per value; 1 and 1.0 are equal, and so are all missing values."""
    if pd.api.types.is_bool_dtype(column.dtype) and not isinstance(column.dtype, pd.CategoricalDtype):
        return _of_numbers(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_integer_dtype(column.dtype):
        return _of_integers(column)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _of_numbers(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _mixed(column.to_numpy(dtype="datetime64[ns]").view(np.uint64))
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("category")
    names = np.append(pd.util.hash_array(column.cat.categories.to_numpy(dtype=object), categorize=False), _MISSING)
    return np.asarray(names[column.cat.codes.to_numpy()], dtype=np.uint64)


def _of_integers(column: pd.Series) -> NDArray[np.uint64]:
    """Return the hashes of whole numbers: those of the same floats, and other ones where a float would lose digits."""
    missing = column.isna().to_numpy(dtype=bool)
    unsigned = pd.api.types.is_unsigned_integer_dtype(column.dtype)
    exact = column.to_numpy(dtype=np.uint64 if unsigned else np.int64, na_value=0)
    numbers = exact.astype(np.float64)
    numbers[missing] = np.nan
    lost = ~missing & ((exact > _KEPT) if unsigned else ((exact > _KEPT) | (exact < -_KEPT)))
    found = _of_numbers(numbers)
    found[lost] = _mixed(exact[lost].view(np.uint64) ^ _LONG)
    return found


def _of_numbers(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    plain = numbers + 0.0  # -0.0 becomes 0.0
    plain[np.isnan(plain)] = np.nan
    return _mixed(plain.view(np.uint64))


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    found = bits * _ODD
    found ^= found >> np.uint64(29)
    return found


def row_hashes(columns: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Return (n,) one number per row from the numbers of its columns, in order."""
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for values in columns:
        found *= _ODD
        found += values
        found ^= found >> np.uint64(31)
    return found


def repeated(parts: tuple[NDArray[np.uint64], ...]) -> int:
    """Return how many rows repeat an earlier one."""
    if not parts:
        return 0
    whole = np.concatenate(parts)
    whole.sort()
    return int((whole[1:] == whole[:-1]).sum())
