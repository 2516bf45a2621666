"""What goes into a model and what comes out, in words that do not depend on ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "regression"]
Dtype = Literal[
    "float16", "float32", "float64", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "string", "bool"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class InputTensor:
    """One input of the graph."""

    name: str
    dtype: Dtype
    width: int
    """Number of columns of the tensor; 1 for one tensor per column."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The contract of a model."""

    inputs: tuple[InputTensor, ...]
    columns: tuple[str, ...]
    """Raw data columns in the order in which they fill the inputs, left to right; sum of widths long."""
    task: Task
    classes: tuple[str, ...]
    """Class labels as text, in the order of the scores; () for regression."""
    label_output: str
    """Name of the output with the class label or the predicted value."""
    score_output: str
    """Name of the output with one score per class; "" for regression."""
    zipmap: bool
    """Whether the scores come as a sequence of maps."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says about n rows."""

    classes: tuple[str, ...]
    """Class labels in the order of the score columns; () for regression."""
    label: NDArray[np.intp] | None
    """(n,) index into `classes` of the model's own decision; None for regression."""
    score: NDArray[np.float64]
    """(n, k) score per class, usually probabilities; (n, 1) predicted value for regression."""


class Predictor(Protocol):
    """A model that can be asked."""

    @property
    def digest(self) -> str:
        """SHA-256 of the model file."""

    @property
    def signature(self) -> Signature:
        """What goes in and what comes out."""

    def predict(self, frame: pd.DataFrame) -> Prediction:
        """Return the prediction for each row of `frame`, which has at least the columns of the signature.

        Missing values stay missing (NaN in float inputs; the empty string in string inputs unless the graph says otherwise).

        Raises:
            RefusedInputError: a column is missing or has values that the input's type cannot hold.
        """
