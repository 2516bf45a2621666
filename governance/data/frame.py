"""Arrow tables as pandas frames, the same way everywhere."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

MANY_CATEGORIES: Final = 10_000
"""A text column with more distinct values comes as `str`, with fewer as `category`."""


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return the table as a frame with a RangeIndex.

    Text becomes `category` (categories sorted, only those that occur) or `str`, integers with missing values and decimals
    float64, booleans with missing values `boolean`, dates datetime64, times of day text.
    """
    columns = {name: _series(table.column(index)) for index, name in enumerate(table.column_names)}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def _series(column: pa.ChunkedArray) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _categories(column)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_time(kind):
        return _categories(column.cast(pa.string()).dictionary_encode())
    if pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return column.cast(pa.float64()).to_numpy()
    if pa.types.is_boolean(kind) and column.null_count:
        return pd.Series(column.to_pandas().array, dtype="boolean")
    return (column.cast(pa.timestamp("ms")) if pa.types.is_date(kind) else column).to_pandas()


def _categories(column: pa.ChunkedArray) -> Any:
    """Return a dictionary-encoded column as a categorical, or as `str` when it has very many values."""
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], column.type)
    codes = whole.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    names = np.asarray(whole.dictionary.cast(pa.string()).to_pylist(), dtype=object)
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(names)))
    if len(used) > MANY_CATEGORIES:
        return pd.Series(whole.cast(pa.string()).to_pandas(), dtype="str")
    used = used[np.argsort(names[used].astype(str), kind="stable")] if len(used) else used
    rank = np.full(len(names) + 1, -1, dtype=np.int32)
    rank[used] = np.arange(len(used), dtype=np.int32)
    return pd.Categorical.from_codes(rank[codes], categories=pd.Index(names[used], dtype="str"))
