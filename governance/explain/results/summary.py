"""Views of stored attributions: importances of any rows, without asking the model again; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.explain.results.report import Importance

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_Z: Final = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""
BESIDE: Final = ("base_value", "model_output")
"""Columns of the table of attributions that are no features."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What importances need of many rows; sums of chunks add up to the sums of all."""

    rows: int
    absolute: NDArray[np.float64]
    """(players,) sum of |attribution|."""
    squared: NDArray[np.float64]
    """(players,) sum of attribution squared."""
    signed: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Sums:
        """Return the sums of attributions of shape (rows, players)."""
        return cls(len(values), np.abs(values).sum(axis=0), (values**2).sum(axis=0), values.sum(axis=0))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.rows + other.rows,
            self.absolute + other.absolute,
            self.squared + other.squared,
            self.signed + other.signed,
        )

    def importance(self, names: tuple[str, ...]) -> tuple[Importance, ...]:
        """Return the importances, largest first, with 95 % intervals of the mean (normal approximation)."""
        mean = self.absolute / self.rows
        variance = np.maximum(self.squared / self.rows - mean**2, 0.0) * self.rows / max(1, self.rows - 1)
        half = _Z * np.sqrt(variance / self.rows)
        found = [
            Importance(
                name, float(mean[at]), float(max(0.0, mean[at] - half[at])), float(mean[at] + half[at]), float(signed)
            )
            for at, (name, signed) in enumerate(zip(names, self.signed / self.rows, strict=True))
        ]
        return tuple(sorted(found, key=lambda item: (-item.mean_abs, item.feature)))


def features(attributions: pa.Table) -> tuple[str, ...]:
    """Return the names of the players in a table of attributions."""
    return tuple(name for name in attributions.column_names if name not in BESIDE)


def importance_of(attributions: pa.Table, rows: NDArray[np.intp] | None = None) -> tuple[Importance, ...]:
    """Return the importances over some rows (all of them without `rows`) of a stored table; rows without values are left out.

    Returns:
        Largest first; () when none of the rows has values.
    """
    names = features(attributions)
    values = np.column_stack([_column(attributions, name, rows) for name in names])
    values = values[~np.isnan(values).any(axis=1)]
    return Sums.of(values).importance(names) if len(values) else ()


def _column(attributions: pa.Table, name: str, rows: NDArray[np.intp] | None) -> NDArray[np.float64]:
    values = np.asarray(attributions.column(name).to_numpy(), dtype=np.float64)
    return values if rows is None else values[rows]


def shade(column: pd.Series) -> NDArray[np.float64]:
    """Return where each value stands among the others, 0 (lowest) to 1 (highest); -1 for words and missing values."""
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return np.full(len(column), -1.0)
    rank = column.rank(method="average", pct=True).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.where(np.isnan(rank), -1.0, rank))


def sample(rows: int, most: int) -> NDArray[np.intp]:
    """Return at most `most` positions spread evenly over so many rows; always the same ones."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(np.intp)) if rows else np.zeros(0, np.intp)
