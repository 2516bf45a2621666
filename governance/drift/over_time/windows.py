"""A table cut into windows: by day, week or month of its time column, or by a number of rows in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from governance.drift.results.over_time import MOST_WINDOWS, By
from governance.evidence import RefusedInputError

_PERIODS = {"day": "D", "week": "W-SUN", "month": "M"}


def cut(frame: pd.DataFrame, by: By, timestamp: str, size: int) -> tuple[tuple[tuple[str, np.ndarray], ...], int]:
    """Return (label, positions of rows) of each window in order, and how many rows have no readable time.

    Args:
        frame: the table.
        by: days, weeks (from Monday), months, or rows.
        timestamp: name of the time column, not looked at for rows.
        size: rows of a window when cut by rows; the last window may be shorter.

    Raises:
        RefusedInputError: there is no time column, it holds no times, or there are too many windows.
    """
    if by == "rows":
        return tuple(_by_rows(len(frame), size)), 0
    if not timestamp or timestamp not in frame.columns:
        raise RefusedInputError("No column has the role of time.", "Name it at registration, or cut by rows.")
    when = moments(frame[timestamp])
    known = when.notna().to_numpy()
    if not known.any():
        raise RefusedInputError(f"Column {timestamp!r} holds no times.", "Name another column, or cut by rows.")
    starts = when[known].dt.to_period(_PERIODS[by]).dt.start_time
    unique, code = np.unique(starts.to_numpy(), return_inverse=True)
    _check_few(len(unique))
    place = np.full(len(frame), -1, dtype=np.int64)
    place[known] = code
    length = 7 if by == "month" else 10
    found = tuple(
        (str(np.datetime_as_string(start, unit="D"))[:length], np.flatnonzero(place == index))
        for index, start in enumerate(unique)
    )
    return found, int((~known).sum())


def moments(values: pd.Series) -> pd.Series:
    """Return (n,) times in UTC without a zone; what cannot be read as a time is missing. Numbers are no times."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[ns]")
    text = values.astype("str") if isinstance(values.dtype, pd.CategoricalDtype) else values
    found = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601")
    return found.dt.tz_localize(None)


def _by_rows(rows: int, size: int) -> Iterator[tuple[str, np.ndarray]]:
    if size < 1:
        raise RefusedInputError(f"Windows of {size} rows.", "Give at least 1.")
    _check_few(-(-rows // size))
    for start in range(0, rows, size):
        end = min(start + size, rows)
        yield f"{start + 1:,} to {end:,}", np.arange(start, end)


def _check_few(windows: int) -> None:
    if windows > MOST_WINDOWS:
        raise RefusedInputError(f"{windows:,} windows, more than {MOST_WINDOWS}.", "Take longer windows.")
