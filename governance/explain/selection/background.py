"""The background: rows that stand for "not knowing" a column, drawn once and named by digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Kept, RefusedInputError
from governance.explain.results.report import Background

if TYPE_CHECKING:
    from governance.subject import Dataset, Subject


@dataclass(frozen=True)
class BackgroundRows:
    """The rows and what is said about them."""

    frame: pd.DataFrame
    """The model's raw columns of the rows."""
    about: Background
    left_out: int = 0
    """Rows that were drawn and have no finite score."""

    @cached_property
    def known(self) -> dict[str, Range | Words]:
        """What each column holds: the range of its numbers, or its words."""
        return {name: _known(self.frame[name]) for name in self.frame.columns}

    def outside(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which rows have a number outside the background's range or a category that it does not hold."""
        found = np.zeros(len(frame), dtype=bool)
        for name, known in self.known.items():
            found |= known.outside(frame[name])
        return found

    def strange(self, row: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns in which the first row of `row` is outside what the background holds."""
        return tuple(name for name, known in self.known.items() if known.outside(row[name].iloc[:1])[0])


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a column of the background holds."""

    low: float
    """Infinite when the column holds no number."""
    high: float
    missing: bool
    """Whether a value is missing somewhere, so that another missing one is nothing new."""

    def outside(self, column: pd.Series) -> NDArray[np.bool_]:
        """Return which values lie outside; a word among numbers does, too."""
        if not pd.api.types.is_numeric_dtype(column.dtype):
            column = _as_numbers(column)
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(np.where(np.isnan(values), not self.missing, (values < self.low) | (values > self.high)))


@dataclass(frozen=True, slots=True)
class Words:
    """The categories that a column of the background holds, as text."""

    held: frozenset[str]
    missing: bool

    def outside(self, column: pd.Series) -> NDArray[np.bool_]:
        """Return which values the background does not hold."""
        codes, seen = pd.factorize(column)
        strange = np.array([*(str(item) not in self.held for item in seen), not self.missing], dtype=bool)
        return strange[codes]


_KEPT: Final[Kept[BackgroundRows]] = Kept("backgrounds", 4)


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


def only(background: BackgroundRows, kept: NDArray[np.bool_]) -> BackgroundRows:
    """Return some rows of a background; `background` itself when these are all."""
    if kept.all():
        return background
    frame = background.frame[kept].reset_index(drop=True)
    about = replace(background.about, rows=len(frame), digest=digest_of_rows(frame))
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


def _known(column: pd.Series) -> Range | Words:
    if pd.api.types.is_numeric_dtype(column.dtype):
        held = column.to_numpy(dtype=np.float64, na_value=np.nan)
        none = bool(np.isnan(held).all())
        low, high = (np.inf, -np.inf) if none else (float(np.nanmin(held)), float(np.nanmax(held)))
        return Range(low, high, bool(np.isnan(held).any()))
    return Words(frozenset(str(item) for item in column.dropna().unique()), bool(column.isna().any()))


def _as_numbers(column: pd.Series) -> pd.Series:
    """Return a column of words as numbers; a word that is none becomes infinite, a missing value stays missing."""
    found = pd.to_numeric(column.astype(object), errors="coerce").astype(np.float64)
    return found.mask(found.isna() & column.notna(), np.inf)
