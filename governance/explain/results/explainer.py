"""What every way of explaining offers, whatever the kind of model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.explain.results.report import Scale, Way
from governance.models import Link

if TYPE_CHECKING:
    import pandas as pd

    from governance.evidence import Progress


@dataclass(frozen=True, slots=True)
class Explained:
    """Attributions of rows for one target."""

    values: NDArray[np.float64]
    """(rows, players)."""
    std_error: NDArray[np.float64]
    """(rows, players) standard errors; all 0 when exact."""
    base: float
    """Mean output over the background."""
    output: NDArray[np.float64]
    """(rows,) the model's own output on the scale of the values."""

    @property
    def gap(self) -> float:
        """Largest |base + sum of values - output| over the rows, 0 for no rows."""
        return float(np.abs(self.values.sum(axis=1) + self.base - self.output).max(initial=0.0))


@dataclass(frozen=True, slots=True)
class About:
    """What is said about the values of a way."""

    way: Way
    exact: bool
    scale: Scale
    link: Link
    units: str
    players: tuple[str, ...]
    """Names, in the order of the columns of the values."""
    columns: tuple[tuple[str, ...], ...]
    """Raw columns of each player."""
    notes: tuple[str, ...] = ()


class Explainer(Protocol):
    """A model and a background, ready to be asked about rows."""

    @property
    def about(self) -> About:
        """What is said about the values."""

    def score(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the model's own output on the scale of the values, (rows, targets)."""

    def explain(self, frame: pd.DataFrame, target: int, rng: np.random.Generator, progress: Progress) -> Explained:
        """Return the attributions of the rows of `frame` for class number `target` (0 for regression)."""

    def parts(self, count: int) -> tuple[Explainer, ...]:
        """Return explainers on `count` disjoint parts of the background, () when the background is too small."""
