"""The background: rows that stand for "not knowing" a column, drawn once and named by digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.errors import RefusedInputError
from governance.explain.kept import Kept
from governance.explain.report import Background

if TYPE_CHECKING:
    from governance.data.dataset import Dataset
    from governance.subject import Subject


@dataclass(frozen=True, slots=True)
class BackgroundRows:
    """The rows and what is said about them."""

    frame: pd.DataFrame
    """The model's raw columns of the rows."""
    about: Background

    def outside(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which rows have a number outside the background's range or a category that it does not hold."""
        found = np.zeros(len(frame), dtype=bool)
        for name in self.frame.columns:
            found |= _outside(frame[name], self.frame[name])
        return found


_KEPT: Final[Kept[BackgroundRows]] = Kept(4)


def background_of(subject: Subject, columns: tuple[str, ...], rows: int, seed: int) -> BackgroundRows:
    """Return the background of a subject: rows of its reference, or of the data themselves when it has none.

    The draw depends on the seed alone, so that every method that is asked for the same background gets the same one.

    Raises:
        RefusedInputError: there is no row to draw from, or fewer than one is asked for.
    """
    source = subject.reference if subject.reference is not None else subject.data
    if rows < 1 or source.n_rows < 1:
        raise RefusedInputError(
            f"A background of {rows} rows from {source.n_rows} cannot be drawn.", "Ask for at least one row."
        )
    kind = "data" if subject.reference is None else "reference"
    key = (source.digest, getattr(source, "cohort", None), source.n_rows, columns, rows, seed, kind)
    return _KEPT.get(key, lambda: _drawn(source, columns, rows, seed, kind))


def _drawn(source: Dataset, columns: tuple[str, ...], rows: int, seed: int, kind: str) -> BackgroundRows:
    frame = source.frame(columns)
    total = len(frame)
    if rows < total:
        chosen = np.sort(np.random.default_rng(seed).choice(total, rows, replace=False))
        frame = frame.iloc[chosen].reset_index(drop=True)
    about = Background(len(frame), total, digest_of_rows(frame), "data" if kind == "data" else "reference")
    return BackgroundRows(frame, about)


def digest_of_rows(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a frame's values, column by column, names included."""
    found = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        found.update(f"{name}\x00".encode())
        if pd.api.types.is_numeric_dtype(column.dtype):
            found.update(column.to_numpy(dtype=np.float64, na_value=np.nan).tobytes())
        else:
            found.update("\x00".join("" if pd.isna(item) else f"={item}" for item in column).encode())
    return found.hexdigest()


def _outside(column: pd.Series, known: pd.Series) -> NDArray[np.bool_]:
    if pd.api.types.is_numeric_dtype(known.dtype) and pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        held = known.to_numpy(dtype=np.float64, na_value=np.nan)
        missing_is_new = not np.isnan(held).any()
        low, high = (np.nanmin(held), np.nanmax(held)) if not np.isnan(held).all() else (np.inf, -np.inf)
        return np.asarray(np.where(np.isnan(values), missing_is_new, (values < low) | (values > high)))
    held_words = {str(item) for item in known.dropna().unique()}
    missing = column.isna().to_numpy()
    strange = ~column.astype("str").isin(held_words).to_numpy()
    return np.asarray(np.where(missing, not known.isna().any(), strange))
