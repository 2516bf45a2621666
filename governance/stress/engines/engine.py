"""What every way of asking has in common: decisions of rows as they are, and of rows with changed columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.stress.report import EngineName
from governance.subject import Prediction, Schema, Signature, positive_index

if TYPE_CHECKING:
    import pandas as pd

    from governance.stress.strike import Change


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says about rows."""

    decided: NDArray[np.int16]
    """(n,) index of the class that is decided; 1 for the positive one of two; 0 for regression."""
    score: NDArray[np.float64]
    """(n,) score of the positive class, of the decided one of several, or the predicted value."""


@dataclass(frozen=True, slots=True)
class Decider:
    """From a model's scores to decisions, under the roles of a schema."""

    classes: tuple[str, ...]
    """() for regression."""
    positive: int
    """Index of the positive class of two; 0 otherwise."""
    threshold: float

    def answers(self, prediction: Prediction) -> Answers:
        """Return the decisions of a model's own answers."""
        score = prediction.score
        if len(self.classes) == 2:
            own = score[:, self.positive]
            return Answers((own >= self.threshold).astype(np.int16), own)
        if not self.classes:
            return Answers(np.zeros(len(score), np.int16), score[:, 0])
        label = score.argmax(axis=1) if prediction.label is None else prediction.label
        return Answers(label.astype(np.int16), np.take_along_axis(score, label[:, None], axis=1)[:, 0])


def decider_of(signature: Signature, schema: Schema) -> Decider:
    """Return how answers of a model become decisions.

    Raises:
        RefusedInputError: the model has two classes and the schema does not name one of them as positive.
    """
    two = len(signature.classes) == 2
    positive = positive_index(schema, signature.classes) if two else 0
    return Decider(signature.classes, positive, schema.threshold)


class Engine(Protocol):
    """A way of asking. Which one was used stands in the result; none is ever swapped for another in silence."""

    @property
    def name(self) -> EngineName:
        """Its name in documents."""

    @property
    def settled(self) -> int:
        """Rows so near a threshold that the model itself was asked about them."""

    def open(self, frame: pd.DataFrame, clean: Answers) -> Answers:
        """Take a block of rows; return the decisions of the rows as they are, as this engine sees them.

        Args:
            frame: the rows, at least the columns of the model.
            clean: the model's own answers about them.
        """

    def learn(self, changes: Sequence[Change]) -> None:
        """Prepare for new values that will be asked about; nothing has to be."""

    def settle(self) -> None:
        """Make the decisions of all answers since the last call final; before it a few of them are open."""

    def ask(self, rows: NDArray[np.int64], changes: Sequence[Change]) -> Answers:
        """Return the answers about some rows of the block with changed columns; `settle` makes their decisions final.

        Raises:
            RefusedInputError: the model's intake refuses the changed values.
        """


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts are plain objects: of categories a few rows cost as much as all of them."""
    import pandas as pd

    texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(texts, object)) if texts else frame


def replaced(frame: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """Return a frame with changed columns: whole numbers stay whole where they can, as a file would hold them."""
    import pandas as pd

    made: dict[str, pd.Series] = {}
    for change in changes:
        new = change.each()
        old = frame[change.column].dtype
        if new.dtype == object:
            made[change.column] = pd.Series(new, index=frame.index, dtype=object)
        elif pd.api.types.is_integer_dtype(old) and _whole(new):
            made[change.column] = pd.Series(new.astype(np.int64), index=frame.index)
        else:
            made[change.column] = pd.Series(new, index=frame.index)
    return frame.assign(**made)


def _whole(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all() and (values == np.floor(values)).all() and (np.abs(values) < 2.0**53).all())
