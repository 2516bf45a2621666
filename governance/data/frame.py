"""Arrow tables as pandas frames, the same way everywhere."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from governance.evidence import RefusedInputError

MANY_CATEGORIES: Final = 10_000
"""A text column with more distinct values comes as `str`, with fewer as `category`."""


EXACT: Final = 2**53
"""Whole numbers up to here are kept by a float."""


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return the table as a frame with a RangeIndex.

    Text becomes `category` (categories sorted, only those that occur) or `str`, integers with missing values float64 (`Int64` where
    that would lose digits), decimals float64 (whole ones int64, text where numbers would not tell them apart), booleans with missing
    values `boolean`, dates datetime64, times of day text.

    Raises:
        RefusedInputError: a column of text with bytes that are no text.
    """
    columns = {name: _read(name, table.column(index)) for index, name in enumerate(table.column_names)}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def _read(name: str, column: pa.ChunkedArray) -> Any:
    try:
        return _series(column)
    except UnicodeDecodeError as error:  # whoever writes Parquet may call any bytes a text
        raise RefusedInputError(
            f"Column {name!r} is called text and holds bytes that are not UTF-8.",
            "Write the file again with its texts as UTF-8, or leave the column out.",
        ) from error


def _series(column: pa.ChunkedArray) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _categories(column)
    if pa.types.is_decimal(kind):
        return _decimals(column)
    if pa.types.is_boolean(kind) and column.null_count:
        return pd.Series(column.to_pandas().array, dtype="boolean")
    if pa.types.is_integer(kind) and column.null_count and _is_long(column):
        return pd.Series(column.to_pylist(), dtype="UInt64" if pa.types.is_unsigned_integer(kind) else "Int64")
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("ms")).to_pandas()
    return _as_text_or_numbers(column)


def _as_text_or_numbers(column: pa.ChunkedArray) -> Any:
    kind = column.type
    checks = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_time
    if any(check(kind) for check in checks):
        return _categories(column.cast(pa.string()).dictionary_encode())
    if pa.types.is_null(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64() if pa.types.is_null(kind) else pa.float32()).to_numpy()
    return column.to_pandas()


def _is_long(column: pa.ChunkedArray) -> bool:
    """Return whether a float would lose digits of a whole number of the column."""
    ends = pc.min_max(column).as_py()
    return ends["min"] is not None and max(abs(ends["min"]), abs(ends["max"])) > EXACT


def _decimals(column: pa.ChunkedArray) -> Any:
    """Return decimals as numbers where these tell all of them apart, as whole numbers or text where they do not."""
    if column.type.scale <= 0:
        try:
            return _series(column.cast(pa.int64()))
        except pa.ArrowInvalid:
            return _categories(column.cast(pa.string()).dictionary_encode())
    numbers = column.cast(pa.float64())
    if column.type.precision > 15 and pc.count_distinct(column).as_py() > pc.count_distinct(numbers).as_py():
        return _categories(column.cast(pa.string()).dictionary_encode())
    return numbers.to_numpy()


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
