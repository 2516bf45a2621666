"""Ask the model itself about the touched rows alone: exact for every model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.stress.engines.engine import Answers, Decider, plain, replaced
from governance.stress.report import EngineName

if TYPE_CHECKING:
    import pandas as pd

    from governance.stress.strike import Change
    from governance.subject import Predictor


class AskAgain:
    """Implements `governance.stress.engines.engine.Engine` with ONNX Runtime."""

    name: Final[EngineName] = "ask_again"
    settled: Final = 0

    def __init__(self, predictor: Predictor, decider: Decider) -> None:
        """Take the model."""
        self._predictor, self._decider = predictor, decider
        self._frame: pd.DataFrame | None = None

    def open(self, frame: pd.DataFrame, clean: Answers) -> Answers:
        """Take a block of rows; the model's own answers are this engine's."""
        self._frame = plain(frame[list(self._predictor.signature.columns)])
        return clean

    def learn(self, changes: Sequence[Change]) -> None:
        """Do nothing: the model is asked about every value anyway."""

    def settle(self) -> None:
        """Do nothing: the model's own decisions are final."""

    def ask(self, rows: NDArray[np.int64], changes: Sequence[Change]) -> Answers:
        """Return the model's answers about some rows with changed columns."""
        if self._frame is None:
            raise ValueError("no block of rows is open")
        if not len(rows):
            return Answers(np.zeros(0, np.int16), np.zeros(0))
        return self._decider.answers(self._predictor.predict(replaced(self._frame.iloc[rows], changes)))
