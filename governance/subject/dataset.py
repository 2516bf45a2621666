"""A table on disk with its column roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from governance.evidence import TableReading
from governance.subject.schema import Schema

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


class Dataset(Protocol):
    """A table that is read whole or in chunks; a cohort is already applied."""

    @property
    def digest(self) -> str:
        """SHA-256 of the stored bytes (before any cohort)."""

    @property
    def schema(self) -> Schema:
        """The roles of columns."""

    @property
    def reading(self) -> TableReading:
        """How the file was read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns in file order."""

    @property
    def n_rows(self) -> int:
        """Rows in the cohort."""

    @property
    def n_total(self) -> int:
        """Rows in the file."""

    def positions(self) -> NDArray[np.intp]:
        """Return the positions in the file, from 0 and rising, of the rows in the cohort."""

    def frame(self, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the rows as one frame with a RangeIndex; without names all columns but ignored ones.

        Text comes as pandas `category` or `str`, missing as NaN or None.
        """

    def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
        """Yield the rows in file order, at most `rows` at a time."""
