"""From sums that an engine works out in double precision to the decisions that the model takes in single precision.

The two may differ by rounding; a row that comes nearer to a threshold than rounding can explain is settled by asking the model itself,
and counted. So is one whose sum is no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models import Linked, link_of
from governance.stress.engines.engine import Answers, Decider
from governance.stress.strike import Change

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Predictor

UNIT_ROUNDING: Final = 2.0**-24
"""Half the distance from 1 to the next number in single precision."""
_LINK_ROUNDING: Final = 1e-6
"""What single precision leaves of an answer between 0 and 1 after the last function of the file, with room to spare."""


def recognised(raw: NDArray[np.float64], answers: NDArray[np.float64]) -> Linked:
    """Return what turns a file's sums into its answers.

    Raises:
        RefusedInputError: nothing known does.
    """
    linked = link_of(raw, answers)
    if linked.link == "unknown":
        raise RefusedInputError("What the file does to its sums is not recognised.", "Ask the model itself.")
    return linked


@dataclass(frozen=True, slots=True)
class _Open:
    """Rows that came too near a threshold and wait for the model's own decision."""

    decided: NDArray[np.int16]
    """Where the decisions belong."""
    places: NDArray[np.int64]
    """Which of them."""
    rows: NDArray[np.int64]
    """Rows of the block."""
    changes: list[Change]
    """What stands in them."""


class Settling:
    """Decisions from sums, for the rows of one block at a time."""

    def __init__(self, predictor: Predictor, decider: Decider, linked: Linked, base: NDArray[np.float64]) -> None:
        """Take the model, what turns sums into its answers, and (outputs,) what every row's sums begin with."""
        self._predictor, self._decider, self._linked, self._base = predictor, decider, linked, base
        self._open: list[_Open] = []
        self.settled = 0

    def open(self, frame: pd.DataFrame) -> None:
        """Take the rows of a block."""
        self._frame = frame

    def decided(
        self,
        sums: NDArray[np.float64],
        rows: NDArray[np.int64],
        changes: Sequence[Change],
        *,
        rounding: float | NDArray[np.float64],
    ) -> Answers:
        """Return decisions from sums; rows within rounding of another decision wait for `settle`.

        Args:
            sums: (m, outputs) of the rows.
            rows: (m,) rows of the block.
            changes: what stands in them.
            rounding: largest error of a sum in single precision, of all rows or (m,) of each.
        """
        classes = max(1, len(self._decider.classes))
        answers = self._linked.answers(sums + self._base, classes)
        own = _own(answers, self._decider)
        near = np.flatnonzero(self._near(answers, rounding))
        if len(near) and classes > 1:
            self._open.append(_Open(own.decided, near, rows[near], [_part(change, near) for change in changes]))
            self.settled += len(near)
        return own

    def settle(self) -> None:
        """Ask the model about every row that came too near a threshold since the last call: all of them in one question."""
        waiting, self._open = self._open, []
        if not waiting:
            return
        made = self._frame.iloc[np.concatenate([item.rows for item in waiting])].reset_index(drop=True)
        made = made.assign(**_changed_columns(made, waiting))
        decided = self._decider.answers(self._predictor.predict(made)).decided
        for item, part in zip(
            waiting, np.split(decided, np.cumsum([len(item.rows) for item in waiting])[:-1]), strict=True
        ):
            item.decided[item.places] = part

    def _near(self, answers: NDArray[np.float64], rounding: float | NDArray[np.float64]) -> NDArray[np.bool_]:
        band = abs(self._linked.factor) * rounding + _LINK_ROUNDING
        if answers.shape[1] == 2:
            return np.asarray(~(np.abs(answers[:, self._decider.positive] - self._decider.threshold) > band))
        if answers.shape[1] == 1:
            return np.zeros(len(answers), bool)
        best = np.sort(answers, axis=1)
        return np.asarray(~(best[:, -1] - best[:, -2] > 2 * band))


def _own(answers: NDArray[np.float64], decider: Decider) -> Answers:
    """Return decisions and scores, these in single precision: rows that end in the same leaves tie, in whatever order they are added."""
    answers = answers.astype(np.float32).astype(np.float64)
    if len(decider.classes) == 2:
        own = answers[:, decider.positive].copy()
        return Answers((own >= decider.threshold).astype(np.int16), own)
    if not decider.classes:
        return Answers(np.zeros(len(answers), np.int16), answers[:, 0].copy())
    best = answers.argmax(axis=1)
    return Answers(best.astype(np.int16), np.take_along_axis(answers, best[:, None], axis=1)[:, 0])


def _part(change: Change, rows: NDArray[np.int64]) -> Change:
    return Change(change.column, change.new, change.which[rows])


def _changed_columns(made: pd.DataFrame, waiting: Sequence[_Open]) -> dict[str, pd.Series]:
    """Return the columns that some of the waiting rows changed, each with all new values in place."""
    import pandas as pd

    found: dict[str, NDArray[Any]] = {}
    start = 0
    for item in waiting:
        stop = start + len(item.rows)
        for change in item.changes:
            kind = object if change.new.dtype == object else np.float64
            if change.column not in found:
                found[change.column] = made[change.column].to_numpy(dtype=kind).copy()
            found[change.column][start:stop] = change.each()
        start = stop
    return {name: pd.Series(values, index=made.index, dtype=values.dtype) for name, values in found.items()}
