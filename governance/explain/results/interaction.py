"""What is said about interactions: which two columns act together, and where the values for each row lie; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from governance.explain.results.report import Background, Scale, Way
from governance.models import Link

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class PairStrength:
    """How much two raw columns move the model's output together, beyond what each does alone."""

    first: str
    second: str
    mean_abs: float
    """Mean |Shapley interaction index| over the rows, at least 0, in units of the scale."""
    low: float
    """Lower end of the 95 % interval for the mean over rows like these."""
    high: float
    mean: float
    """Mean index with its sign: above 0 the two strengthen each other, below 0 they stand in for each other."""
    column: str
    """Name of the column of the array `interactions` that holds the index of each row."""

    def partner(self, feature: str) -> str:
        """Return the other one of the two, "" when `feature` is neither."""
        return {self.first: self.second, self.second: self.first}.get(feature, "")


@dataclass(frozen=True, slots=True)
class Interactions:
    """Which pairs of columns interact in a model, over many rows."""

    method: Way
    exact: bool
    scale: Scale
    link: Link
    target: str
    """The class whose score is explained; "" for regression."""
    units: str
    background: Background
    columns: tuple[str, ...]
    """Players whose pairs were looked at, the most important first."""
    left_out: tuple[str, ...]
    """Players whose pairs were not looked at."""
    pairs: tuple[PairStrength, ...]
    """All pairs of `columns`, largest mean |index| first."""
    notes: tuple[str, ...] = ()


def strongest(result: Interactions, feature: str) -> PairStrength | None:
    """Return the pair in which `feature` interacts most, None when it was left out or interacts with nothing."""
    return next((pair for pair in result.pairs if pair.partner(feature) and pair.mean_abs > 0), None)


def values_of(pair: PairStrength, interactions: pa.Table) -> NDArray[np.float64]:
    """Return the index of the pair for every row of the data, NaN for rows that were not looked at."""
    return np.asarray(interactions.column(pair.column).to_numpy(), dtype=np.float64)
