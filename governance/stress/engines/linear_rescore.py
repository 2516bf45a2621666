"""Work out the new scores from the weights of the file: each raw column has a part in the sum, and only changed columns get new parts.

The encoded values are the file's own; the sums are in double precision, see `governance.stress.engines.settling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models import Cut, GraphPredictor, Linked, StageSum, cut_of
from governance.stress.engines.engine import Answers, Decider, plain, replaced
from governance.stress.engines.settling import UNIT_ROUNDING, Settling, recognised
from governance.stress.report import EngineName
from governance.stress.strike import Change

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Weights:
    """A model whose weights were read and held against its own answers."""

    cut: Cut | StageSum
    weights: NDArray[np.float64]
    """(outputs, encoded columns)."""
    base: NDArray[np.float64]
    """(outputs,) what every row gets."""
    linked: Linked


def open_weights(predictor: GraphPredictor, some: pd.DataFrame) -> Weights:
    """Return the weights of a model, tried on rows.

    Raises:
        RefusedInputError: the model is no sum of weighted columns, its columns cannot be followed, or its link is not recognised.
    """
    cut = cut_of(predictor)
    stage = cut.linear() if cut.kind == "linear" else None
    if stage is None:
        raise RefusedInputError("The score is not a sum of weighted columns alone.", "Ask the model itself.")
    cut.confirm(some)
    _, raw = cut.encode_and_score(some)
    return Weights(cut, stage.weights, stage.intercept, recognised(raw, predictor.predict(some).score))


class _Parts:
    """What each raw column adds to the sums of some rows, and the size of what is added up for it."""

    def __init__(self, opened: Weights, encoded: NDArray[np.generic]) -> None:
        owner, values = opened.cut.players.of_encoded, encoded.astype(np.float64)
        shape = (len(values), len(opened.cut.players.columns), len(opened.base))
        self.added, self.size = np.zeros(shape), np.zeros(shape[:2])
        for player in range(shape[1]):
            own = np.flatnonzero(owner == player)
            with np.errstate(invalid="ignore", over="ignore"):
                self.added[:, player] = values[:, own] @ opened.weights[:, own].T
                self.size[:, player] = (np.abs(values[:, own]) @ np.abs(opened.weights[:, own]).T).max(
                    axis=1, initial=0.0
                )


class LinearRescore:
    """Implements `governance.stress.engines.engine.Engine` with the weights of the file."""

    name: Final[EngineName] = "linear_rescore"

    def __init__(self, predictor: GraphPredictor, decider: Decider, opened: Weights) -> None:
        """Take the model and its weights."""
        self._predictor, self._opened = predictor, opened
        self._player = {name: player for player, names in enumerate(opened.cut.players.columns) for name in names}
        self._settling = Settling(predictor, decider, opened.linked, opened.base)
        self._known: dict[tuple[str, Any], tuple[NDArray[np.float64], float]] = {}

    def open(
        self,
        frame: pd.DataFrame,
        clean: Answers,  # noqa: ARG002 - only an engine that asks again has no answers of its own
    ) -> Answers:
        """Take a block of rows: encode them once, and keep what each column adds."""
        self._frame = plain(frame[list(self._predictor.signature.columns)])
        self._parts = _Parts(self._opened, self._opened.cut.encode(self._frame))
        self._settling.open(self._frame)
        found = self._decided(self._parts.added, self._parts.size, np.arange(len(frame)), ())
        self.settle()
        return found

    def learn(self, changes: Sequence[Change]) -> None:
        """Do nothing: new values are encoded where they are asked for, each once."""

    def settle(self) -> None:
        """Ask the model about every row that came too near a threshold since the last call: all of them in one question."""
        self._settling.settle()

    @property
    def settled(self) -> int:
        """Rows so near a threshold that the model itself was asked about them."""
        return self._settling.settled

    def ask(self, rows: NDArray[np.int64], changes: Sequence[Change]) -> Answers:
        """Return the answers about some rows with changed columns."""
        added, size = self._parts.added[rows], self._parts.size[rows]
        players = {self._player[change.column] for change in changes}
        if all(len(self._opened.cut.players.columns[player]) == 1 for player in players):
            for change in changes:
                player = self._player[change.column]
                new, sizes = self._of_values(change)
                added[:, player], size[:, player] = new[change.which], sizes[change.which]
        else:
            parts = _Parts(self._opened, self._opened.cut.encode(replaced(self._frame.iloc[rows], changes)))
            added, size = parts.added, parts.size
        return self._decided(added, size, rows, changes)

    def _of_values(self, change: Change) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (different values, outputs) what each new value of a column adds, and (different values,) its size."""
        keys = [(change.column, value if value == value else None) for value in change.new.tolist()]  # noqa: PLR0124
        unknown = [at for at, key in enumerate(keys) if key not in self._known]
        if unknown:
            row = self._frame.iloc[np.zeros(len(unknown), np.intp)]
            made = replaced(row, [Change(change.column, change.new[unknown], np.arange(len(unknown)))])
            parts, player = _Parts(self._opened, self._opened.cut.encode(made)), self._player[change.column]
            self._known |= {
                keys[at]: (parts.added[place, player], float(parts.size[place, player]))
                for place, at in enumerate(unknown)
            }
        found = [self._known[key] for key in keys]
        outputs = len(self._opened.base)
        return np.array([own for own, _ in found]).reshape(-1, outputs), np.array([size for _, size in found])

    def _decided(
        self,
        added: NDArray[np.float64],
        size: NDArray[np.float64],
        rows: NDArray[np.int64],
        changes: Sequence[Change],
    ) -> Answers:
        """Return decisions; a sum of k products errs by at most k + 1 roundings of their sizes (Higham, 2nd ed., section 3.1).

        Raises:
            RefusedInputError: a row has no finite sum: the model's own answer is refused for the same reason.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            sums = added.sum(axis=1)
            total = size.sum(axis=1) + np.abs(self._opened.base).max(initial=0.0)
            rounding = 2 * (self._opened.weights.shape[1] + 2) * UNIT_ROUNDING * total
        bad = ~np.isfinite(sums).all(axis=1)
        if bad.any():
            raise RefusedInputError(
                f"The model gives no finite score for {int(bad.sum())} of {len(rows)} rows (first: row {int(bad.argmax())}).",
                "Look at the values of these rows: a missing value that the model was not trained on is the usual cause.",
            )
        return self._settling.decided(sums, rows, changes, rounding=rounding)
