"""Error of a regression without labels: how large errors were for such inputs on the reference.

Direct loss estimation: a second model learns the absolute error of the first from the inputs on the labelled reference and is
asked about the current window. It cannot see that the same inputs lead to other outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.results.report import Estimate
from governance.drift.samples.density import matrix
from governance.drift.samples.two_samples import Floats
from governance.statistics import critical

FOLDS: Final = 5


def estimated_error(
    reference: pd.DataFrame,
    error: Floats,
    current: pd.DataFrame,
    columns: Sequence[str],
    rng: np.random.Generator,
) -> Estimate:
    """Return the expected mean absolute error of the current window with a 95 per cent interval.

    The mean prediction is corrected by the learner's own mean residual on rows it had not seen, whose spread, with that of the
    predictions, gives the interval.

    Args:
        reference: (n, ...) labelled rows.
        error: (n,) their absolute errors.
        current: (m, ...) rows.
        columns: what the learner may look at.
        rng: for the folds.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    X = matrix(reference, current, columns)
    known, new = X[: len(reference)], X[len(reference) :]
    fold = rng.integers(FOLDS, size=len(known))
    residual = np.zeros(len(known))
    guess = np.zeros(len(new))
    for part in range(FOLDS):
        learn = fold != part
        model = HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=15, random_state=int(rng.integers(2**31)))
        with threadpool_limits(1):
            model.fit(known[learn], error[learn])
            residual[~learn] = error[~learn] - model.predict(known[~learn])
            guess += model.predict(new) / FOLDS
    value = float(guess.mean() + residual.mean())
    half = critical(0.95) * float(np.sqrt(residual.var() / len(known) + (guess.var() + residual.var()) / len(new)))
    return Estimate(max(value, 0.0), max(value - half, 0.0), max(value + half, 0.0), len(new), "normal interval")
