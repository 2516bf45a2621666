"""From a frame to the tensors that a model takes: nothing is coerced in silence, missing stays missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from governance.evidence import RefusedInputError, text_of
from governance.subject import InputTensor, Signature

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING_TEXT: Final = "missing_text"
"""Metadata entry of the file: the text that stands for a missing value in string inputs; the empty string without it."""
_FLOATS: Final = ("float16", "float32", "float64")
_FEW: Final = 64
"""Rows of a passing question, which are looked at one by one."""
_NUMPY: Final = {
    "float16": np.float16,
    "float32": np.float32,
    "float64": np.float64,
    "uint8": np.uint8,
    "uint16": np.uint16,
    "uint32": np.uint32,
    "uint64": np.uint64,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "bool": np.bool_,
}


def feeds_of(
    frame: pd.DataFrame, signature: Signature, ranks: Mapping[str, int], missing_text: str = ""
) -> dict[str, NDArray[np.generic]]:
    """Return one array per input of the model for the rows of `frame`.

    Args:
        frame: rows with at least the columns of the signature.
        signature: the contract of the model.
        ranks: number of dimensions of each input, 1 or 2; 2 where it is not named.
        missing_text: what stands for a missing value in string inputs.

    Raises:
        RefusedInputError: a column is missing, or holds values that the input's type cannot hold.
    """
    absent = [name for name in signature.columns if name not in frame.columns]
    if absent:
        raise RefusedInputError(
            f"The data do not have {', '.join(map(repr, absent))}, which the model takes.",
            f"Columns of the data: {', '.join(map(str, frame.columns))}.",
        )
    feeds, start = {}, 0
    for tensor in signature.inputs:
        names = signature.columns[start : start + tensor.width]
        start += tensor.width
        block = _block(frame, names, tensor, missing_text)
        feeds[tensor.name] = block[:, 0] if ranks.get(tensor.name, 2) == 1 else block
    return feeds


def _block(frame: pd.DataFrame, names: tuple[str, ...], tensor: InputTensor, missing_text: str) -> NDArray[np.generic]:
    dtype = np.dtype(object) if tensor.dtype == "string" else np.dtype(_NUMPY[tensor.dtype])
    if tensor.dtype in _FLOATS and len(names) > 1 and (quick := _plain_floats(frame, names, dtype)) is not None:
        return quick
    block = np.empty((len(frame), len(names)), dtype=dtype)
    for index, name in enumerate(names):
        if tensor.dtype == "string":
            block[:, index] = text_values(frame[name], missing_text)
        elif tensor.dtype in _FLOATS:
            block[:, index] = _floats(frame[name], name, dtype)
        else:
            block[:, index] = _integers(frame[name], name, dtype)
    return block


def _plain_floats(frame: pd.DataFrame, names: tuple[str, ...], dtype: np.dtype[Any]) -> NDArray[np.generic] | None:
    """Return columns of plain numbers at once; None when one of them needs a closer look."""
    part = frame[list(names)]
    if not all(isinstance(kind, np.dtype) and kind.kind in "fiub" for kind in part.dtypes):
        return None
    values = part.to_numpy(dtype=np.float64)
    if dtype == np.float64:
        return values
    with np.errstate(over="ignore"):
        found = values.astype(dtype)
    return found if (np.isfinite(found) == np.isfinite(values)).all() else None


def text_values(column: pd.Series, missing_text: str) -> NDArray[np.object_]:
    """Return a column as text, as `text_of` writes it (1 and 1.0 are "1"), with `missing_text` where a value is missing."""
    if len(column) <= _FEW and column.dtype == object and all(isinstance(item, str) for item in column):
        return column.to_numpy(dtype=object)
    codes, seen = pd.factorize(column)
    if all(isinstance(item, str) for item in seen):  # most columns, and much quicker than writing every value
        return np.array([*seen, missing_text], dtype=object)[codes]
    words = text_of(pd.Series(seen)).to_numpy(dtype=object)
    return np.append(words, missing_text).astype(object)[codes]


def numbers(column: pd.Series, name: str) -> NDArray[np.float64]:
    """Return a column of numbers, booleans (1 and 0) or categories of these as float64, missing as NaN.

    Raises:
        RefusedInputError: the column holds text.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(np.asarray(column), index=column.index)
    if column.dtype == object:
        column = column.infer_objects()
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    held = column.dropna()
    if held.empty:
        return np.full(len(column), np.nan)
    if column.dtype == object and held.map(lambda value: isinstance(value, int | float | np.number)).all():
        return np.array([np.nan if pd.isna(value) else float(value) for value in column])
    strange = np.array([not pd.isna(value) and not _is_number(value) for value in column])
    raise RefusedInputError(
        f"Column {name!r} holds {offender(column.to_numpy(dtype=object), strange)}; the model takes numbers there.",
        "Give the data as the model was trained on them, or name another column.",
    )


def _is_number(value: object) -> bool:
    """Tell whether a value is a number, or text that a CSV file would write for one."""
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return "_" not in value
    return isinstance(value, int | float | np.number | np.bool_)


def offender(values: NDArray[Any], bad: NDArray[np.bool_]) -> str:
    """Return the first bad value as it stands, with its row, from 0, and how many there are; all of them where none is."""
    found = np.flatnonzero(bad if bad.any() else np.ones(len(bad), dtype=bool))
    value = values[found[0]]
    shown = repr(value.item() if isinstance(value, np.generic) else value)
    shown = shown if isinstance(value, int | float | np.number) else repr(str(value)[:80])
    rows = f"row {found[0]}" if len(found) == 1 else f"row {found[0]} (and {len(found) - 1} more such rows)"
    return f"{shown} in {rows}"


def _floats(column: pd.Series, name: str, dtype: np.dtype[Any]) -> NDArray[np.generic]:
    values = numbers(column, name)
    with np.errstate(over="ignore"):
        found = values.astype(dtype)
    too_big = np.isfinite(values) & ~np.isfinite(found)  # what rounds to the largest number is held
    if too_big.any():
        raise RefusedInputError(
            f"Column {name!r} holds {offender(values, too_big)}, which {dtype} cannot hold.",
            "Mend these rows, or export the model with float64 inputs.",
        )
    return found


def _integers(column: pd.Series, name: str, dtype: np.dtype[Any]) -> NDArray[np.generic]:
    expected = "whole numbers" if dtype != np.bool_ else "true or false"
    if pd.api.types.is_integer_dtype(column.dtype) and not column.isna().any():
        values: NDArray[Any] = column.to_numpy()
    else:
        values = numbers(column, name)
        missing = int(np.isnan(values).sum())
        if missing:
            first = int(np.isnan(values).argmax())
            raise RefusedInputError(
                f"Column {name!r} has {missing} missing values, the first in row {first}; the model takes {expected} there.",
                "Fill them the way the training data were filled, or leave these rows out.",
            )
    low, high = (0, 1) if dtype == np.bool_ else (np.iinfo(dtype.name).min, np.iinfo(dtype.name).max)
    above = values >= high + 1.0 if values.dtype.kind == "f" else values > high  # 2**63 - 1 itself is no float64
    bad = (values != np.floor(values)) | (values < low) | above
    if bad.any():
        raise RefusedInputError(
            f"Column {name!r} holds {offender(values, bad)}; the model takes {expected} ({dtype}) there.",
            "Give the data as the model was trained on them.",
        )
    return values.astype(dtype)
