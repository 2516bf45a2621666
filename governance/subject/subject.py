"""What a method looks at: data, perhaps a model, perhaps something to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from governance.subject.dataset import Dataset
from governance.subject.signature import Prediction, Predictor

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray


class Attributions(Protocol):
    """Exact Shapley values of a model's answers, for any of its rows."""

    def of(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """Return one row of values for each row of `rows`, a column for each player (one float64 per raw feature).

        Args:
            rows: at least the columns that the model reads, with a RangeIndex.
            rng: for ways that draw; an exact one leaves it alone.
        """


class Attributor(Protocol):
    """How a method gets attributions without knowing the room that makes them; the runner hands it in."""

    def __call__(self, subject: Subject, background_rows: int) -> Attributions:
        """Return the exact attributions of the subject's model against rows of its reference.

        Args:
            subject: a model, and the data that background rows come from.
            background_rows: at most so many rows stand for "not knowing" a column.

        Raises:
            RefusedInputError: the model allows sampled values only.
        """


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's scores of one class, or its predicted numbers."""

    reference: NDArray[np.float64]
    """(r,) of the rows of the reference."""
    now: NDArray[np.float64]
    """(n,) of the rows that are looked at."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What monitoring says about changed columns."""

    drift: str
    """Most pressing verdict of the columns: material, small, none, or not_assessed."""
    moved: tuple[str, ...]
    """Columns whose verdict is material."""
    failed: tuple[str, ...]
    """Checks of the data contract that fail: check(column)."""
    scores: str = ""
    """Verdict on the model's scores, as for `drift`; "" where none were handed over."""


class Monitor(Protocol):
    """How a method learns what monitoring would see, without knowing the rooms that watch; the runner hands it in."""

    def __call__(self, subject: Subject, rows: pd.DataFrame, contract: str, scores: Scores | None = None) -> Sight:
        """Return what drift against the reference and the data contract say about some columns.

        Args:
            subject: its reference is what is compared with.
            rows: the columns that are looked at, as a file would hold them.
            contract: expectations as JSON; "" for those that the reference suggests.
            scores: the model's answers about the reference and about the rows, where those are looked at as well.
        """


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded once and is judged as often as somebody asks: raw rows with a head, as one Arrow file."""

    digest: str
    """SHA-256 of the file, which was held against it when it was opened."""
    table: pa.Table
    """The rows; the head is JSON in the metadata of its schema."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The inputs of a method; what its spec `needs` is present."""

    data: Dataset
    """The rows under review, cohort applied."""
    model: Predictor | None = None
    reference: Dataset | None = None
    """Training baseline, background, or earlier window."""
    predictions: Prediction | None = None
    """The model's answers for the rows of `data`, in order."""
    reference_predictions: Prediction | None = None
    candidate_predictions: Prediction | None = None
    """Another model's answers for the rows of `data`, in order."""
    attributions: pa.Table | None = None
    """Shapley values for the rows of `data` (one float32 column per raw feature), memory-mapped."""
    attributor: Attributor | None = None
    """Attributes other rows when a method asks for them; None when nobody can."""
    monitor: Monitor | None = None
    """Says what monitoring would see when a method asks for it; None when nobody watches."""
    observation: Recording | None = None
    """What was seen of a model at work: times, or answers of a server."""
    challenge: Recording | None = None
    """The rows that a server was asked about."""
