"""The rows that checks look at one by one, with the levels of their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.quality.relations import as_named, levels

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from governance.subject import Schema


@dataclass(slots=True)
class Sample:
    """The kept rows with the levels of their columns, computed once."""

    rows: pd.DataFrame
    schema: Schema
    _levels: dict[str, object] = field(default_factory=dict)

    def levels(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Return (n,) the level of each value of a column."""
        if name not in self._levels:
            self._levels[name] = levels(as_named(self.rows[name], name in self.schema.code))
        return self._levels[name]  # type: ignore[return-value]

    def features(self) -> tuple[str, ...]:
        """Return the columns without a role."""
        return self.schema.features(tuple(map(str, self.rows.columns)))
