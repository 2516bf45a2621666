"""The columns of the data, each read whole when an error asks for it: one column of a million rows is small, the table is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.data import columns_of, mask, parse
from governance.stress.kinds.kind import Facts

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Dataset

KEPT_CELLS: Final = 20_000_000
"""Cells that are kept in memory; beyond, a column is read again when it is asked for."""
_COMMON: Final = 0.8
"""The most frequent texts that make up this share of the rows are not rare."""
Sort = Literal["number", "text", "other"]


@dataclass(frozen=True, slots=True)
class Words:
    """A column of text."""

    codes: NDArray[np.int64]
    """(n,) place of each row's text in `words`; len(words) for a missing one."""
    words: tuple[str, ...]
    """All texts, in order of appearance."""


class Columns:
    """Reads columns of a data set by name."""

    def __init__(self, data: Dataset) -> None:
        """Take the data as they are."""
        self._data = data
        self.rows = data.n_rows
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._words: dict[str, Words] = {}
        self._facts: dict[str, Facts] = {}
        first = next(iter(data.chunks(rows=1_000)))
        self._sorts = {str(name): _sort(first[name]) for name in first.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """All columns."""
        return tuple(self._sorts)

    def sort(self, name: str) -> Sort:
        """Return what a column holds; "other" for moments, for yes and no, and for a column that is not there."""
        return self._sorts.get(name, "other")

    @property
    def _keeps(self) -> bool:
        return self.rows * (len(self._numbers) + len(self._words) + 1) <= KEPT_CELLS

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return (n,) the numbers of a column, NaN where missing."""
        if name in self._numbers:
            return self._numbers[name]
        found = self._data.frame((name,))[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if self._keeps:
            self._numbers[name] = found
        return found

    def words(self, name: str) -> Words:
        """Return the texts of a column."""
        import pandas as pd

        if name in self._words:
            return self._words[name]
        codes, words = pd.factorize(self._data.frame((name,))[name].astype(object))
        found = Words(np.where(codes < 0, len(words), codes).astype(np.int64), tuple(str(word) for word in words))
        if self._keeps:
            self._words[name] = found
        return found

    def facts(self, name: str) -> Facts:
        """Return what is known about a column before it breaks."""
        if name not in self._facts:
            self._facts[name] = self._of_numbers(name) if self.sort(name) == "number" else self._of_words(name)
        return self._facts[name]

    def where(self, condition: str) -> NDArray[np.int64]:
        """Return the rows that a condition names, rising; all for "".

        Raises:
            RefusedInputError: the condition cannot be read, or names a column that is not there.
        """
        wanted = parse(condition)
        if wanted is None:
            return np.arange(self.rows)
        strange = [name for name in columns_of(wanted) if name not in self._data.columns]
        read = tuple(self._data.columns) if strange else columns_of(wanted)
        return np.flatnonzero(mask(wanted, self._data.frame(read)))

    def _of_numbers(self, name: str) -> Facts:
        values = self.numbers(name)
        values = values[np.isfinite(values)]
        if not len(values):
            return Facts(name)
        median, upper = np.quantile(values, (0.5, 0.75))
        return Facts(name, median=float(median), deviation=float(values.std()), upper=float(upper))

    def _of_words(self, name: str) -> Facts:
        column = self.words(name)
        counts = np.bincount(column.codes, minlength=len(column.words) + 1)[:-1]
        order = np.lexsort((np.array(column.words, dtype=object).astype(str), -counts)) if len(counts) else counts
        known = int(counts.sum())
        if not known:
            return Facts(name)
        words = tuple(column.words[place] for place in order)
        before = np.concatenate(([0], np.cumsum(counts[order])[:-1]))
        return Facts(
            name,
            frequent=words[0],
            rare=frozenset(words[place] for place in np.flatnonzero(before >= _COMMON * known)),
            words=words,
            shares=tuple((counts[order] / known).tolist()),
        )


def _sort(column: pd.Series) -> Sort:
    import pandas as pd

    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
        return "other"
    if pd.api.types.is_numeric_dtype(kind):
        return "number"
    return "text"
