"""The ways that only ask the model: enumeration of sets, permutations, and regression on sampled sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress, silent
from governance.explain.results.explainer import About, Explained
from governance.explain.results.finite import hold_finite
from governance.explain.sampling.leverage import regress
from governance.explain.sampling.sampled_shap import Sampled, enumerate_sets, permute
from governance.models import Link, Players

if TYPE_CHECKING:
    import pandas as pd

Asked = Literal["enumeration", "permutation", "leverage", "kernel"]
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
    """Implements `governance.explain.results.explainer.Explainer` for any model.

    Args:
        score: the model's output on the scale that is explained.
        background: rows that stand for "not knowing" a column.
        about: what is said about the values; its way is "enumeration", "permutation" or "leverage".
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

        def one(row: pd.DataFrame, own: float, told: Progress) -> Sampled:
            return self._row(row, own, target, rng, told)

        output, base = self._score(frame)[:, target], float(self._others[:, target].mean())
        return row_by_row(frame, output, base=base, players=len(self._about.players), one=one, progress=progress)

    def trial(self, target: int) -> Explained:
        """Return attributions of the first background row, for half of the budget."""
        half = replace(self._budget, model_calls=max(1, self._budget.model_calls // 2), precision=0.0)
        explainer = SampledExplainer(self._score, self._background, self._about, half)
        return explainer.explain(self._background.iloc[:1], target, np.random.default_rng(0), silent)

    def said(self, note: str) -> SampledExplainer:
        """Return the same explainer with one more note about its values."""
        about = replace(self._about, notes=(*self._about.notes, note))
        return SampledExplainer(self._score, self._background, about, self._budget)

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
        budget, sample = self._budget, regress if self._about.way == "leverage" else permute
        return sample(
            ask,
            own,
            others=others,
            players=players,
            budget=budget.model_calls,
            precision=budget.precision,
            rng=rng,
            progress=progress,
        )


def row_by_row(
    frame: pd.DataFrame,
    output: NDArray[np.float64],
    base: float,
    players: int,
    one: Callable[[pd.DataFrame, float, Progress], Sampled],
    progress: Progress,
) -> Explained:
    """Return attributions of the rows of `frame`, each had by itself from `one` (row, its output, progress)."""
    hold_finite(frame, output)
    values, errors = np.zeros((len(frame), players)), np.zeros((len(frame), players))
    for at in range(len(frame)):
        found = one(frame.iloc[at : at + 1], float(output[at]), progress if len(frame) == 1 else silent)
        values[at], errors[at] = found.values, found.std_error
        progress(at + 1, len(frame), "explaining rows")
    return Explained(values, errors, base, output)


def tried(permutation: SampledExplainer, leverage: SampledExplainer, target: int) -> tuple[SampledExplainer, str]:
    """Return the one of two explainers whose values vary less, tried on one background row for half of the budget, and why.

    Both are asked about the same row with the same seed, so that the choice is the same every time.
    """
    errors = [np.sqrt((each.trial(target).std_error ** 2).mean()) for each in (permutation, leverage)]
    chosen = leverage if errors[1] < errors[0] else permutation
    note = (
        f"Sampled by {chosen.about.way}: tried on a background row, the standard errors were {errors[0]:.2g} by permutation and "
        f"{errors[1]:.2g} by leverage."
    )
    return chosen, note


class Mixed:
    """Rows that take some columns from one row and the rest from background rows.

    Args:
        row: a frame of one row.
        background: the background rows.
        columns: raw columns of each player.
    """

    def __init__(self, row: pd.DataFrame, background: pd.DataFrame, columns: tuple[tuple[str, ...], ...]) -> None:
        self._pool = {name: joined_values(row[name], background[name]) for names in columns for name in names}
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


def joined_values(row: pd.Series, background: pd.Series) -> Any:
    """Return the values of two columns one after the other, in a type that holds both."""
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
