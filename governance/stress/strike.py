"""A corruption met with the data: which rows it strikes, and what stands in them afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import NotAssessed
from governance.stress.columns import Columns
from governance.stress.corruption import DIGITS, Corruption
from governance.stress.draws import Draws
from governance.stress.kinds.kind import Touched

if TYPE_CHECKING:
    from governance.stress.kinds.kind import Kind


@dataclass(frozen=True, slots=True)
class Change:
    """New values of one column for some rows."""

    column: str
    new: NDArray[Any]
    """Different new values: float64 with NaN for missing, or object with None for missing."""
    which: NDArray[np.int64]
    """(rows,) the place in `new` of each row's new value."""

    def each(self) -> NDArray[Any]:
        """Return (rows,) the new value of each row."""
        return np.asarray(self.new[self.which])


@dataclass(frozen=True, slots=True)
class Strike:
    """A corruption and the rows that it strikes."""

    corruption: Corruption
    pool: int
    """Rows that its condition names."""
    rows: NDArray[np.int64]
    """Rows that it strikes, rising."""
    draws: Draws
    columns: Columns

    @property
    def kind(self) -> Kind:
        """The kind of error."""
        return self.corruption.of

    def changes(self, rows: NDArray[np.int64]) -> tuple[Change, ...]:
        """Return what stands in some of the rows afterwards; nothing for errors that leave every value as it is."""
        names = self.corruption.columns
        if self.kind.exchanges:
            first, second = (self.columns.numbers(name)[rows] for name in names)
            return _numbers(names[0], second), _numbers(names[1], first)
        return tuple(self._changed(name, rows) for name in names)

    def _changed(self, name: str, rows: NDArray[np.int64]) -> Change:
        kind, is_number = self.kind, self.columns.sort(name) == "number"
        touched = Touched(
            facts=self.columns.facts(name),
            setting=self.corruption.complete,
            rows=rows,
            total=self.columns.rows,
            draws=self.draws,
        )
        if kind.of_places is not None:
            places = kind.of_places(touched)
            if is_number:
                return _numbers(name, self.columns.numbers(name)[places])
            column = self.columns.words(name)
            return Change(name, np.array([*column.words, None], dtype=object), column.codes[places])
        if is_number and kind.of_numbers is not None:
            with np.errstate(
                over="ignore", invalid="ignore"
            ):  # what no float holds is infinite, and for intake to judge
                return _numbers(name, kind.of_numbers(self.columns.numbers(name)[rows], touched))
        return self._words(name, rows, touched)

    def _words(self, name: str, rows: NDArray[np.int64], touched: Touched) -> Change:
        column, kind = self.columns.words(name), self.kind
        assert kind.of_words is not None
        every = np.array([*column.words, None], dtype=object)
        codes = column.codes[rows]
        if kind.drawn:
            found = np.array([*kind.of_words(tuple(every[codes]), touched), None], dtype=object)[:-1]
            seen = {word: place for place, word in enumerate(dict.fromkeys(found.tolist()))}
            return Change(name, np.array([*seen, None], dtype=object)[:-1], np.array([seen[word] for word in found]))
        new = np.array([*kind.of_words(tuple(every), touched), None], dtype=object)[:-1]
        return Change(name, new, codes)


def _numbers(name: str, values: NDArray[np.float64]) -> Change:
    different, which = np.unique(values, return_inverse=True)
    return Change(name, different, which.astype(np.int64))


def strike(
    corruption: Corruption, columns: Columns, seed: int, *, minimum: int, used: tuple[str, ...]
) -> Strike | NotAssessed:
    """Return the rows that a corruption strikes, or why it cannot be tried.

    Args:
        corruption: what breaks.
        columns: of the data.
        seed: of the whole run; the stream of one corruption depends on its own digest beside it, never on its place in a plan.
        minimum: fewest rows that its condition has to name.
        used: the columns that the model reads.

    Raises:
        RefusedInputError: the condition cannot be read, or names a column that is not there.
    """
    reason = _unfit(corruption, columns, used)
    if reason:
        return NotAssessed(reason)
    pool = columns.where(corruption.where)
    if len(pool) < minimum:
        return NotAssessed(f"The condition names {len(pool)} rows, fewer than {minimum}.")
    count = min(len(pool), round(corruption.share * columns.rows))
    if not count:
        return NotAssessed(f"A share of {corruption.share:g} of {columns.rows} rows is no row at all.")
    draws = Draws((seed ^ int(corruption.digest[:DIGITS], 16)) & (2**64 - 1))
    return Strike(corruption, len(pool), draws.stream("rows").some(pool, count), draws, columns)


def _unfit(corruption: Corruption, columns: Columns, used: tuple[str, ...]) -> str:
    """Return why a kind of error cannot happen to the columns that are named, "" when it can."""
    kind = corruption.of
    for name in corruption.columns:
        if name not in columns.names:
            return f"The data have no column {name!r}."
        if name not in used:
            return f"The model does not read a column {name!r}; an error in it changes no decision."
        sort = columns.sort(name)
        if sort == "other":
            return f"Column {name!r} holds neither numbers nor text."
        fits = kind.of_places is not None or (kind.of_numbers if sort == "number" else kind.of_words) is not None
        if kind.exchanges:
            fits = sort == "number"
        if not fits:
            return f"The error {kind.id} does not apply to {name!r}, which holds {sort}s."
        if not kind.suits(columns.facts(name)):
            return f"The error {kind.id} would leave every value of {name!r} as it is."
    return ""
