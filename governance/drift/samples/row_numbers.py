"""Columns that only number the rows: an index that was saved with the table, a running number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

FEWEST: Final = 20
"""With fewer rows in a window numbers in turn may be chance."""
_INDEX: Final = re.compile(
    r"unnamed(: ?|_)\d+|column_1|index|level_0|row[ _]?(id|no|nr|num|number|index)?|\.\.\.1|rownames?", re.IGNORECASE
)


def row_numbers(reference: pd.DataFrame, current: pd.DataFrame, names: Sequence[str]) -> dict[str, str]:
    """Return the columns that number the rows in both windows, and why they are taken for that.

    Either the values of both windows go up by one from row to row, or the name is that of a saved index and no value occurs twice.
    """
    found = {}
    for name in names:
        both = reference[name], current[name]
        if min(map(len, both)) < FEWEST or not all(pd.api.types.is_integer_dtype(values.dtype) for values in both):
            continue
        if all(_in_turn(values) for values in both):
            found[name] = "it numbers the rows: its values go up by one from row to row"
        elif _INDEX.fullmatch(name.strip()) and all(values.is_unique for values in both):
            found[name] = "it numbers the rows: it is called like a saved index, and no value occurs twice"
    return found


def _in_turn(values: pd.Series) -> bool:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return bool((np.diff(numbers) == 1).all())
