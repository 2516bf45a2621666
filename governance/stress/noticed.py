"""Would monitoring notice an error, and from which share of rows on? Only the columns that the error touches are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import NotAssessed
from governance.stress.columns import Columns
from governance.stress.proposal import proposal
from governance.stress.report import Noticed, ProposedCheck
from governance.stress.strike import Strike, strike

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from governance.stress.corruption import Corruption
    from governance.subject import Monitor, Sight, Subject

SHARES: Final = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Shares of rows that are tried, the smallest first."""
MOST_COLUMNS: Final = 2
"""Errors of more columns are not looked at: every look costs a drift test of each."""


class Watch:
    """Looks at broken columns through the eyes of drift and contract; what is already wrong on clean rows does not count."""

    def __init__(self, subject: Subject, monitor: Monitor, columns: Columns, seed: int, contract: str = "") -> None:
        """Take what is watched."""
        self._subject, self._monitor, self._columns, self._seed = subject, monitor, columns, seed
        self._contract = contract
        self._able: NDArray[np.int64] | None = None
        self._clean: dict[tuple[str, ...], Sight] = {}
        self._known = None if subject.reference is None else Columns(subject.reference)

    def notice(self, corruption: Corruption, able: NDArray[np.int64] | None = None) -> Noticed | None:
        """Return whether the error is noticed at its own share, and the smallest share that is; None where nobody can look.

        Args:
            corruption: what breaks.
            able: the only rows that it may strike, rising; None for all that its condition names.
        """
        names = corruption.columns
        self._able = able
        if not 0 < len(names) <= MOST_COLUMNS:
            return None
        own = self._struck(corruption, corruption.share)
        if own is None:
            return None
        sight, clean = self._look(own), self._of_clean(names)
        moved = tuple(name for name in sight.moved if name not in clean.moved)
        failed = tuple(check for check in sight.failed if check not in clean.failed)
        smallest = self._smallest(corruption, own.pool)
        rows = self._columns.rows
        blind = own.pool if smallest is None else round(self._below(smallest) * rows)
        seen = bool(moved or failed)
        proposed = None if seen else self._proposed(corruption)
        return Noticed(
            drift=sight.drift,
            drift_columns=moved,
            contract=failed,
            smallest_share_seen=smallest,
            blind_rows=min(blind, own.pool),
            seen=seen,
            proposal=proposed if isinstance(proposed, ProposedCheck) else None,
            no_proposal=proposed.reason if isinstance(proposed, NotAssessed) else "",
        )

    def _proposed(self, corruption: Corruption) -> ProposedCheck | NotAssessed | None:
        """Return the check that would see an error, or why there is none."""
        whole = self._struck(corruption, 1.0)
        if whole is None or self._known is None:
            return None
        return proposal(whole, self._known, SHARES)

    def _below(self, share: float) -> float:
        """Return the largest tried share below one that is noticed, 0 where there is none."""
        return max((item for item in SHARES if item < share), default=0.0)

    def _smallest(self, corruption: Corruption, pool: int) -> float | None:
        """Return the smallest tried share that is noticed, by halving: more broken rows are taken to be easier to see."""
        able = [share for share in SHARES if share * self._columns.rows <= max(pool, 1)]
        low, high = 0, len(able)
        while low < high:
            middle = (low + high) // 2
            struck = self._struck(corruption, able[middle])
            if struck is not None and self._sees(struck):
                high = middle
            else:
                low = middle + 1
        return able[low] if low < len(able) else None

    def _sees(self, struck: Strike) -> bool:
        sight, clean = self._look(struck), self._of_clean(struck.corruption.columns)
        return bool(set(sight.moved) - set(clean.moved) or set(sight.failed) - set(clean.failed))

    def _struck(self, corruption: Corruption, share: float) -> Strike | None:
        wanted = replace(corruption, share=share if self._able is None else 1.0)
        found = strike(wanted, self._columns, self._seed, minimum=1, used=corruption.columns)
        if isinstance(found, NotAssessed):
            return None
        if self._able is None:
            return found
        pool = np.intersect1d(found.rows, self._able, assume_unique=True)
        count = min(len(pool), round(share * self._columns.rows))
        rows = found.draws.stream("rows").some(pool, count)
        return replace(found, pool=len(pool), rows=rows) if count else None

    def _of_clean(self, names: tuple[str, ...]) -> Sight:
        if names not in self._clean:
            nobody = np.zeros(0, np.int64)
            self._clean[names] = self._ask({name: self._column(name, nobody, np.zeros(0)) for name in names})
        return self._clean[names]

    def _look(self, struck: Strike) -> Sight:
        changes = {change.column: change.each() for change in struck.changes(struck.rows)}
        return self._ask({name: self._column(name, struck.rows, new) for name, new in changes.items()})

    def _ask(self, made: dict[str, pd.Series]) -> Sight:
        import pandas as pd

        return self._monitor(self._subject, pd.DataFrame(made), self._contract)

    def _column(self, name: str, rows: NDArray[np.int64], new: NDArray[np.generic]) -> pd.Series:
        """Return a column with new values in place, as a file would hold it."""
        import pandas as pd

        if self._columns.sort(name) == "number":
            values = self._columns.numbers(name).copy()
            values[rows] = new
            whole = bool(np.isfinite(values).all() and (values == np.floor(values)).all())
            return pd.Series(values.astype(np.int64) if whole and np.abs(values).max() < 2.0**53 else values)
        column = self._columns.words(name)
        words = np.array([*column.words, None], dtype=object)[column.codes]
        words[rows] = new
        return pd.Series(words, dtype="str")


def watch_of(subject: Subject, columns: Columns, seed: int, contract: str) -> Watch | None:
    """Return who looks at broken columns, None where there is no reference or nobody watches."""
    if subject.reference is None or subject.monitor is None:
        return None
    return Watch(subject, subject.monitor, columns, seed, contract)
