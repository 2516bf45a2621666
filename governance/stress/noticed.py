"""Would monitoring notice an error, and from which share of rows on? Only the columns that the error touches are looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import NotAssessed, RefusedInputError
from governance.stress.columns import Columns
from governance.stress.proposal import proposal
from governance.stress.report import Noticed, ProposedCheck
from governance.stress.strike import Change, Strike, strike
from governance.subject import Scores

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from governance.stress.corruption import Corruption
    from governance.stress.scene import Scene
    from governance.subject import Monitor, Sight, Subject

SHARES: Final = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Shares of rows that are tried, the smallest first."""
MOST_COLUMNS: Final = 2
"""Errors of more columns are not looked at: every look costs a drift test of each."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What each sign says of an error at one share of rows, beyond what it says of clean rows."""

    drift: str
    moved: tuple[str, ...]
    failed: tuple[str, ...]
    scores: str
    scores_moved: bool


_SIGNS: Final[tuple[Callable[[_Look], bool], ...]] = (
    lambda look: bool(look.moved),
    lambda look: bool(look.failed),
    lambda look: look.scores_moved,
)
"""Drift, contract, scores: whether each sees the error."""


@dataclass(frozen=True, slots=True)
class WatchedScores:
    """A model's scores of the reference, and an engine that is open on all rows of the data."""

    before: NDArray[np.float64]
    """(r,) of the rows of the reference."""
    scene: Scene

    @property
    def clean(self) -> NDArray[np.float64]:
        """Return (n,) the scores before anything breaks."""
        return self.scene.clean.score

    def broken(self, rows: NDArray[np.int64], changes: tuple[Change, ...]) -> NDArray[np.float64] | None:
        """Return (n,) the scores when some rows are broken; None where intake stops the error."""
        try:
            answers = self.scene.engine.ask(rows, changes)
        except RefusedInputError:
            return None
        self.scene.engine.settle()
        found = self.clean.copy()
        found[rows] = answers.score
        return found


class Watch:
    """Looks at broken columns through the eyes of drift and contract; what is already wrong on clean rows does not count."""

    def __init__(
        self,
        subject: Subject,
        columns: Columns,
        seed: int,
        *,
        monitor: Monitor,
        contract: str = "",
        answers: WatchedScores | None = None,
    ) -> None:
        """Take what is watched; scores are where there are answers."""
        self._subject, self._monitor, self._columns, self._seed = subject, monitor, columns, seed
        self._contract, self._answers = contract, answers
        self._able: NDArray[np.int64] | None = None
        self._clean: dict[tuple[str, ...], Sight] = {}
        self._known = None if subject.reference is None else Columns(subject.reference)

    def notice(self, corruption: Corruption, able: NDArray[np.int64] | None = None) -> Noticed | None:
        """Return whether the error is noticed at its own share, and the smallest share that each sign needs; None where nobody can look.

        Args:
            corruption: what breaks.
            able: the only rows that it may strike, rising; None for all that its condition names.
        """
        self._able = able
        if not 0 < len(corruption.columns) <= MOST_COLUMNS:
            return None
        own = self._struck(corruption, corruption.share)
        if own is None:
            return None
        sight = self._look(own)
        from_shares = self._smallest(corruption, own.pool)
        smallest = min((share for share in from_shares[:2] if share is not None), default=None)
        blind = own.pool if smallest is None else round(self._below(smallest) * self._columns.rows)
        seen = bool(sight.moved or sight.failed)
        proposed = None if seen else self._proposed(corruption)
        return Noticed(
            drift=sight.drift,
            drift_columns=sight.moved,
            contract=sight.failed,
            smallest_share_seen=smallest,
            blind_rows=min(blind, own.pool),
            seen=seen,
            proposal=proposed if isinstance(proposed, ProposedCheck) else None,
            no_proposal=proposed.reason if isinstance(proposed, NotAssessed) else "",
            drift_from=from_shares[0],
            contract_from=from_shares[1],
            scores=sight.scores,
            scores_from=from_shares[2],
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

    def _smallest(self, corruption: Corruption, pool: int) -> tuple[float | None, ...]:
        """Return for each sign the smallest tried share that it sees, by halving: more broken rows are taken to be easier to see."""
        able = [share for share in SHARES if share * self._columns.rows <= max(pool, 1)]
        looks: dict[int, _Look | None] = {}

        def sees(sign: Callable[[_Look], bool], at: int) -> bool:
            if at not in looks:
                struck = self._struck(corruption, able[at])
                looks[at] = None if struck is None else self._look(struck)
            look = looks[at]
            return look is not None and sign(look)

        first = [bisect_left(range(len(able)), 1, key=partial(sees, sign)) for sign in _SIGNS]
        return tuple(able[at] if at < len(able) else None for at in first)

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
            made = {name: self._column(name, nobody, np.zeros(0)) for name in names}
            self._clean[names] = self._ask(made, None if self._answers is None else self._answers.clean)
        return self._clean[names]

    def _look(self, struck: Strike) -> _Look:
        changes = struck.changes(struck.rows)
        made = {change.column: self._column(change.column, struck.rows, change.each()) for change in changes}
        scores = None if self._answers is None else self._answers.broken(struck.rows, changes)
        clean, sight = self._of_clean(struck.corruption.columns), self._ask(made, scores)
        return _Look(
            drift=sight.drift,
            moved=tuple(name for name in sight.moved if name not in clean.moved),
            failed=tuple(check for check in sight.failed if check not in clean.failed),
            scores=sight.scores,
            scores_moved=sight.scores == "material" and clean.scores != "material",
        )

    def _ask(self, made: dict[str, pd.Series], now: NDArray[np.float64] | None) -> Sight:
        import pandas as pd

        scores = None if self._answers is None or now is None else Scores(self._answers.before, now)
        return self._monitor(self._subject, pd.DataFrame(made), self._contract, scores)

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


def _watched_scores(subject: Subject, scene: Scene) -> WatchedScores | None:
    """Return the scores to compare with; None where the rows of either do not fit into one block, or the reference cannot be asked."""
    earlier, model = subject.reference, subject.model
    if earlier is None or model is None or max(scene.rows, earlier.n_rows) > scene.block_rows:
        return None
    if subject.reference_predictions is not None:
        return WatchedScores(scene.decider.answers(subject.reference_predictions).score, scene)
    if not set(scene.features) <= set(earlier.columns):
        return None
    try:
        return WatchedScores(scene.decider.answers(model.predict(earlier.frame(scene.features))).score, scene)
    except RefusedInputError:
        return None


def watch_of(subject: Subject, scene: Scene, seed: int, contract: str) -> Watch | None:
    """Return who looks at broken columns, None where there is no reference or nobody watches; the scene's blocks have passed by."""
    if subject.reference is None or subject.monitor is None:
        return None
    answers = _watched_scores(subject, scene)
    return Watch(subject, scene.columns, seed, monitor=subject.monitor, contract=contract, answers=answers)
