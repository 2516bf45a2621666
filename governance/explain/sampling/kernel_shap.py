"""Kernel SHAP as shap itself computes it, for people who must compare with what they know; approximate, with its budget said.

A weighted regression over sampled sets of columns (Lundberg and Lee 2017, "A unified approach to interpreting model predictions").
shap sees codes in place of values: 0 stands for the row's own value, i + 1 for that of background row i, so that words, dates and
missing values need no numbers of their own and every column that a person knows is one player.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress
from governance.explain.results.explainer import About, Explained
from governance.explain.sampling.by_sampling import Mixed, Score, row_by_row
from governance.explain.sampling.sampled_shap import Sampled

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS: Final = 100
"""Most background rows; shap itself warns above."""
_FEWEST_ROWS: Final = 10
_RUNS: Final = 3
"""Runs with different seeds, from which the standard error comes."""
_SETS_PER_PLAYER: Final = 4
"""Fewest sets of columns in one run, for each column, so that the regression can be solved."""
_BATCH: Final = 40_000
"""Model rows asked at a time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the budget for one row is spent."""

    rows: int
    """Background rows."""
    sets: int
    """Sets of columns in one run."""
    runs: int
    """Runs with different seeds; 1 when one run takes every set."""

    @property
    def words(self) -> str:
        """The plan as a note for a reader."""
        every = (
            "every set of columns" if self.runs == 1 else f"{self.sets:,} sampled sets of columns, {self.runs} times,"
        )
        return (
            f"Approximate: shap's KernelExplainer, {every} against a background of {self.rows} rows, about "
            f"{self.sets * self.rows * self.runs:,} model rows for each explained row."
        )


def rows_for(model_calls: int, players: int) -> int:
    """Return how many background rows the budget for one row can afford, at most 100 and at least 10."""
    sets = min(_every(players), _RUNS * _SETS_PER_PLAYER * players)
    return max(_FEWEST_ROWS, min(MOST_ROWS, model_calls // max(1, sets)))


def plan_of(model_calls: int, players: int, rows: int) -> Plan:
    """Return the plan: every set of columns when the budget reaches that far, else several sampled runs.

    Args:
        model_calls: model rows for one explained row.
        players: number of columns.
        rows: background rows.
    """
    if _every(players) <= max(1, model_calls // rows):
        return Plan(rows, _every(players), 1)
    sets = max(_SETS_PER_PLAYER * players, model_calls // (rows * _RUNS))
    return Plan(rows, sets, _RUNS) if sets < _every(players) else Plan(rows, _every(players), 1)


class KernelShap:
    """Implements `governance.explain.results.explainer.Explainer` through `shap.KernelExplainer`.

    Args:
        score: the model's output on the scale that is explained.
        background: rows that stand for "not knowing" a column.
        about: what is said about the values; its way is "kernel".
        plan: how the budget for one row is spent.
    """

    def __init__(self, score: Score, background: pd.DataFrame, about: About, plan: Plan) -> None:
        self._score = score
        self._background = background.reset_index(drop=True)
        self._about = about
        self._plan = plan
        self._base = score(self._background).mean(axis=0)

    @property
    def about(self) -> About:
        """What is said about the values."""
        return self._about

    def score(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the model's output on the scale that is explained, (rows, targets)."""
        return self._score(frame)

    def explain(self, frame: pd.DataFrame, target: int, rng: np.random.Generator, progress: Progress) -> Explained:
        """Return attributions row by row: means over the runs, with the standard errors of these means."""

        def one(row: pd.DataFrame, _own: float, _progress: Progress) -> Sampled:
            runs = self._row(row, target, rng)
            error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else np.zeros(runs.shape[1])
            return Sampled(runs.mean(axis=0), error, self._plan.sets * self._plan.rows * len(runs))

        output = self._score(frame)[:, target]
        return row_by_row(
            frame, output, base=float(self._base[target]), players=len(self._about.players), one=one, progress=progress
        )

    def parts(self, count: int) -> tuple[KernelShap, ...]:  # noqa: ARG002 - the protocol's name
        """Return nothing: a sampled explanation of each part would cost the budget again."""
        return ()

    def _row(self, row: pd.DataFrame, target: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return (runs, players) values of one row."""
        mixed = Mixed(row, self._background, self._about.columns)

        def ask(codes: NDArray[np.float64]) -> NDArray[np.float64]:
            whole = codes.astype(np.intp)
            parts = (whole[first : first + _BATCH] for first in range(0, len(whole), _BATCH))
            return np.concatenate([self._score(mixed.coded(part))[:, target] for part in parts])

        return np.array([self._run(ask, int(seed)) for seed in rng.integers(0, 2**32, self._plan.runs)])

    def _run(self, ask: Any, seed: int) -> NDArray[np.float64]:
        players = len(self._about.players)
        codes = np.repeat(np.arange(1.0, len(self._background) + 1)[:, None], players, axis=1)
        with warnings.catch_warnings(), _drawn_from(seed):
            warnings.simplefilter("ignore")
            import shap

            explainer = shap.KernelExplainer(ask, codes)
            found = explainer.shap_values(np.zeros((1, players)), nsamples=self._plan.sets, l1_reg=False, silent=True)
        return np.asarray(found, np.float64).reshape(players)


def _every(players: int) -> int:
    """Return the number of sets of columns that are neither empty nor whole, at least 1."""
    return max(1, (1 << players) - 2)


@contextmanager
def _drawn_from(seed: int) -> Iterator[None]:
    """Seed numpy's shared generator, the only one that shap's KernelExplainer takes, and put it back afterwards."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
