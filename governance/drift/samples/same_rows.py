"""Whether two windows hold the same rows, whatever file they come from and in whatever order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from governance.evidence import text_of


def same_rows(reference: pd.DataFrame, current: pd.DataFrame) -> bool:
    """Return whether both hold the same rows in any order: a table that was saved again, sorted, or converted.

    Columns are held against each other one by one first, so that two different windows are told apart by the first of them.
    """
    if len(reference) != len(current) or set(reference.columns) != set(current.columns):
        return False
    whole = [np.zeros(len(frame), dtype=np.uint64) for frame in (reference, current)]
    for name in reference.columns:
        hashes = [_hashes(frame[name]) for frame in (reference, current)]
        if not np.array_equal(np.sort(hashes[0]), np.sort(hashes[1])):
            return False
        whole = [
            rows * np.uint64(0x9E3779B97F4A7C15) + (own ^ (own >> np.uint64(31)))
            for rows, own in zip(whole, hashes, strict=True)
        ]
    return bool(np.array_equal(np.sort(whole[0]), np.sort(whole[1])))


def _hashes(values: pd.Series) -> np.ndarray:
    """Return (n,) one number per value; 1 and 1.0 are one value, and so are all missing ones."""
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    whole = pd.api.types.is_integer_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    if numeric and not (whole and _is_long(values)):
        return pd.util.hash_array(values.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0)
    return pd.util.hash_array(text_of(values).fillna("\0").to_numpy(dtype=object))


def _is_long(values: pd.Series) -> bool:
    known = values.dropna()
    return bool(len(known)) and max(abs(int(known.min())), abs(int(known.max()))) > 2**53
