"""The one shape of every algorithm: labelled rows in, model files out, each with fairlearn's own answers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress
from governance.fairness.candidates import Constraint
from governance.fairness.mitigation.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One candidate as its algorithm made it."""

    title: str
    """What tells it from the others of the run."""
    onnx: bytes
    score: NDArray[np.float64]
    """(n,) what the file should say about the training rows, from the algorithm's own numbers and not from the file."""
    rule: NDArray[np.float64]
    """(n,) probability with which fairlearn's own rule selects each training row; 0 or 1 for a rule without lots."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is wanted of an algorithm."""

    constraint: Constraint
    size: int
    """Models at most: points of the grid, or rounds of the mixture."""
    alpha: float
    """Share of the correlation that is removed, 0 to 1; correlation remover only."""
    tolerance: float = 0.0
    """Largest difference between groups that is left, 0 to 1; threshold optimizer only."""


class Mitigation(Protocol):
    """An algorithm."""

    def __call__(self, data: Training, search: Search, parent: bytes, progress: Progress) -> tuple[Made, ...]:
        """Return the candidates.

        Args:
            data: labelled rows.
            search: what is wanted.
            parent: the file of the model in force; b"" when the algorithm trains its own.
            progress: told about each step; may raise to stop.

        Raises:
            RefusedInputError: the rows or the constraint do not suit the algorithm.
        """
