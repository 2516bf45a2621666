"""The rows of which requests are made when a model is timed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from governance.data import open_dataset
from governance.evidence import RefusedInputError
from governance.subject import Schema

if TYPE_CHECKING:
    import pandas as pd


def whole_rows(data: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of a table in which no column that a model reads is missing, with a RangeIndex.

    Args:
        data: path of the table.
        columns: those that the model reads.

    Raises:
        RefusedInputError: the table lacks a column, or has no such row.
    """
    frame = open_dataset(Path(data), Schema()).frame(columns)
    whole = frame[frame.notna().all(axis=1)].reset_index(drop=True)
    if not len(whole):
        raise RefusedInputError("The data have no row without a missing value.", "Give data with whole rows.")
    return whole
