"""A data set in memory for tests of the pure rooms."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from governance.data.schema import Schema


class InMemory:
    """A frame in memory as a data set, in chunks of any size."""

    def __init__(self, frame: pd.DataFrame, schema: Schema, rows: int | None = None) -> None:
        self._frame, self.schema, self.digest, self._rows = frame.reset_index(drop=True), schema, "", rows

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._frame.columns)

    @property
    def n_rows(self) -> int:
        return len(self._frame)

    n_total = n_rows

    def frame(self, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        return self._frame if columns is None else self._frame[list(columns)]

    def chunks(self, columns: tuple[str, ...] | None = None, rows: int = 262_144) -> Iterator[pd.DataFrame]:
        step = self._rows or rows
        for start in range(0, len(self._frame), step):
            yield self.frame(columns).iloc[start : start + step]
