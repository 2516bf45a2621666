"""The ways that only ask the model: enumeration of sets, and permutations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress, silent
from governance.explain.report import Link
from governance.explain.sampled_shap import Sampled, enumerate_sets, permute
from governance.explain.way import About, Explained
from governance.models.cut import Players

if TYPE_CHECKING:
    import pandas as pd

Asked = Literal["enumeration", "permutation", "kernel"]
"""The ways that only ask the model."""
Score = Callable[["pd.DataFrame"], NDArray[np.float64]]
"""Rows -> (rows, targets) model output."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be asked about one row."""

    model_calls: int
    """Most model rows."""
    precision: float
    """Stop when every standard error is below this; 0 to spend the budget."""


class SampledExplainer:
    """Implements `governance.explain.way.Explainer` for any model.

    Args:
        score: the model's output on the scale that is explained.
        background: rows that stand for "not knowing" a column.
        about: what is said about the values; its way is "enumeration" or "permutation".
        budget: how much may be asked about one row.
    """

    def __init__(self, score: Score, background: pd.DataFrame, about: About, budget: Budget) -> None:
        self._score = score
        self._background = background.reset_index(drop=True)
        self._about = about
        self._budget = budget
        self._others = score(self._background)

    @property
    def about(self) -> About:
        """What is said about the values."""
        return self._about

    def score(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the model's output on the scale that is explained, (rows, targets)."""
        return self._score(frame)

    def explain(self, frame: pd.DataFrame, target: int, rng: np.random.Generator, progress: Progress) -> Explained:
        """Return attributions row by row, each with its own standard errors."""
        output = self._score(frame)[:, target]
        shape = (len(frame), len(self._about.players))
        values, errors = np.zeros(shape), np.zeros(shape)
        for at in range(len(frame)):
            inner = progress if len(frame) == 1 else silent
            found = self._row(frame.iloc[at : at + 1], float(output[at]), target, rng, inner)
            values[at], errors[at] = found.values, found.std_error
            progress(at + 1, len(frame), "explaining rows")
        return Explained(values, errors, float(self._others[:, target].mean()), output)

    def parts(self, count: int) -> tuple[SampledExplainer, ...]:  # noqa: ARG002 - the protocol's name
        """Return nothing: a sampled explanation of each part would cost the budget again."""
        return ()

    def _row(self, row: pd.DataFrame, own: float, target: int, rng: np.random.Generator, progress: Progress) -> Sampled:
        mixed = Mixed(row, self._background, self._about.columns)

        def ask(sets: NDArray[np.bool_], which: NDArray[np.intp]) -> NDArray[np.float64]:
            return self._score(mixed.frame(sets, which))[:, target]

        others, players = self._others[:, target], len(self._about.players)
        if self._about.way == "enumeration":
            return enumerate_sets(ask, players, len(others), progress)
        budget = self._budget
        return permute(ask, own, others, players, budget.model_calls, budget.precision, rng, progress)


class Mixed:
    """Rows that take some columns from one row and the rest from background rows.

    Args:
        row: a frame of one row.
        background: the background rows.
        columns: raw columns of each player.
    """

    def __init__(self, row: pd.DataFrame, background: pd.DataFrame, columns: tuple[tuple[str, ...], ...]) -> None:
        self._pool = {name: _joined(row[name], background[name]) for names in columns for name in names}
        self._player = {name: at for at, names in enumerate(columns) for name in names}

    def frame(self, sets: NDArray[np.bool_], which: NDArray[np.intp]) -> pd.DataFrame:
        """Return one row for each set: its players' columns from the row, the others from background row `which`."""
        import pandas as pd

        return pd.DataFrame(
            {name: pool.take(np.where(sets[:, self._player[name]], 0, which + 1)) for name, pool in self._pool.items()}
        )

    def coded(self, codes: NDArray[np.intp]) -> pd.DataFrame:
        """Return one row for each row of codes (m, players): 0 for the row's own value, i + 1 for that of background row i."""
        import pandas as pd

        return pd.DataFrame({name: pool.take(codes[:, self._player[name]]) for name, pool in self._pool.items()})


def _joined(row: pd.Series, background: pd.Series) -> Any:
    import pandas as pd

    kinds = (row.dtype, background.dtype)
    if any(isinstance(kind, pd.CategoricalDtype) for kind in kinds):
        row, background = row.astype(object), background.astype(object)
        return pd.Categorical(pd.concat([row, background], ignore_index=True))
    return pd.concat([row, background], ignore_index=True).array


def sampled_about(
    way: Asked, players: Players, *, link: Link, raw: bool, units: str, notes: tuple[str, ...]
) -> About:  # fmt: skip
    """Return what is said about values that are had by asking."""
    return About(
        way=way,
        exact=way == "enumeration",
        scale="raw" if raw else "probability",
        link=link,
        units=units,
        players=players.names,
        columns=players.columns,
        notes=notes,
    )
