"""Exact attributions of any rows, for rooms that use Shapley values and do not make them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from governance.evidence import RefusedInputError, silent
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.select import Chosen, Wish, choose
from governance.subject import Subject


@dataclass(frozen=True, slots=True)
class ExactValues:
    """Implements `governance.subject.subject.Attributions`."""

    chosen: Chosen
    """The explainer of a tree or a linear model, and what is explained."""

    def of(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """Return (n, players) values of the n rows, a column for each player."""
        explained = self.chosen.explainer.explain(rows, self.chosen.target, rng, silent)
        players = list(self.chosen.explainer.about.players)
        return pd.DataFrame(np.asarray(explained.values, dtype=np.float64), columns=players)


def exact_values(subject: Subject, background_rows: int) -> ExactValues:
    """Return the attributions of the subject's model; implements `governance.subject.subject.Attributor`.

    Raises:
        RefusedInputError: only sampled values can be had, which carry noise of their own.
    """
    wish = Wish("auto", "raw", "", background_rows, 0, correlated=False, budget=Budget(model_calls=1, precision=0.0))
    chosen = choose(subject, wish)
    way = chosen.explainer.about.way
    if way not in ("tree", "linear"):
        raise RefusedInputError(
            f"the way {way!r} asks the model too often or draws samples", "Use a tree or a linear model."
        )
    return ExactValues(chosen)
