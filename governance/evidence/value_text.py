"""Values of a table as text, the way a schema writes them: the one place that decides that 1 and 1.0 are the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

_WHOLE: Final = 2**64
"""Whole numbers below it are written out."""

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def text_of(values: pd.Series) -> pd.Series:
    """Return values as text the way a schema writes them: 1 and 1.0 are "1", True is "True", missing stays missing."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map(str, na_action="ignore").astype("str")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.map(_number_text, na_action="ignore").astype("str")
    return values.map(str, na_action="ignore").astype("str")


def _number_text(value: float) -> str:
    """Return whole numbers with all their digits, others with fifteen."""
    whole = value == value // 1 and abs(value) < _WHOLE
    return str(int(value)) if whole else f"{value:.15g}"


def levels_of(values: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Return the position of each row's value among the distinct ones, -1 for missing, and these as text as `text_of` writes them.

    Only values that occur are listed; each is turned into text once, not once per row.
    """
    import numpy as np
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.remove_unused_categories()
        return np.asarray(values.cat.codes, dtype=np.intp), text_of(values.cat.categories.to_series()).tolist()
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.intp), text_of(pd.Series(distinct)).tolist()
