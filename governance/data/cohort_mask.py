"""A cohort applied to a frame: which rows satisfy the condition."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from governance.data.cohort import Comparison, Condition, Every, IsMissing, Membership, Not, Value, columns_of
from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def mask(condition: Condition, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return (n,) which rows of the frame satisfy the condition.

    Raises:
        RefusedInputError: a column that is not there (with the list), or a value of another type than the column.
    """
    strange = [name for name in columns_of(condition) if name not in frame.columns]
    if strange:
        raise RefusedInputError(
            f"The cohort names the column {strange[0]!r}, which the data do not have.",
            f"Columns of the data: {', '.join(map(str, frame.columns))}.",
        )
    return _truth(condition, frame)[0]


def _truth(condition: Condition, frame: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (n,) where the condition is true and (n,) where it is false; elsewhere it is unknown (Kleene)."""
    if isinstance(condition, Not):
        true, false = _truth(condition.part, frame)
        return false, true
    if isinstance(condition, Comparison | Membership | IsMissing):
        return _test(condition, frame[condition.column])
    parts = [_truth(part, frame) for part in condition.parts]
    trues, falses = [true for true, _ in parts], [false for _, false in parts]
    if isinstance(condition, Every):
        return np.logical_and.reduce(trues), np.logical_or.reduce(falses)
    return np.logical_or.reduce(trues), np.logical_and.reduce(falses)


def _test(test: Comparison | Membership | IsMissing, values: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    missing = values.isna().to_numpy(dtype=bool)
    if isinstance(test, IsMissing):
        return missing, ~missing
    if isinstance(test, Membership):
        hits = [_compared(values, "=", value, test.column) for value in test.values]  # noqa: PD011 - not a frame
        true = np.logical_or.reduce(hits) & ~missing
    else:
        true = _compared(values, test.operator, test.value, test.column) & ~missing
    return true, ~true & ~missing


def _compared(values: pd.Series, sign: str, value: Value, column: str) -> NDArray[np.bool_]:
    """Return (n,) the comparison of each value; where the value is missing the answer means nothing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        by_category = _compared(pd.Series(values.cat.categories), sign, value, column)
        return np.append(by_category, False)[values.cat.codes.to_numpy()]
    wanted = _fitting(values, sign, value, column)
    with np.errstate(invalid="ignore"):
        found = _OPERATORS[sign](values, wanted)
    return np.asarray(found.to_numpy(dtype=bool, na_value=False))


def _fitting(values: pd.Series, sign: str, value: Value, column: str) -> Any:
    """Return the value as the column's type, or refuse it."""
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        if isinstance(value, bool) and sign in {"=", "!="}:
            return value
        raise _unfit(column, "true or false", value, f"`{column}` = true")
    if pd.api.types.is_numeric_dtype(kind):
        if isinstance(value, float):
            return value
        raise _unfit(column, "numbers", value, f"`{column}` >= 25")
    if pd.api.types.is_datetime64_any_dtype(kind):
        return _moment(column, value, values)
    if isinstance(value, str) and sign in {"=", "!="}:
        return value
    raise _unfit(column, "text, which has no order", value, f'`{column}` = "..."')


def _moment(column: str, value: Value, values: pd.Series) -> pd.Timestamp:
    try:
        found = pd.Timestamp(datetime.fromisoformat(str(value)))
    except ValueError as error:
        raise _unfit(column, "dates", value, f'`{column}` >= "2020-01-31"') from error
    zone = getattr(values.dtype, "tz", None)
    if zone is not None and found.tzinfo is None:
        return found.tz_localize(zone)
    return found.tz_localize(None) if zone is None and found.tzinfo is not None else found


def _unfit(column: str, holds: str, value: Value, example: str) -> RefusedInputError:
    got = f'"{value}"' if isinstance(value, str) else str(value).lower()
    return RefusedInputError(
        f"Column {column!r} holds {holds}; the cohort compares it with {got}.", f"For example: {example}"
    )
