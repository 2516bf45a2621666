"""Did the drift reach the model: can the two windows be told apart by what moves the model's answers?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.density import density, two_sample
from governance.drift.report import Multivariate
from governance.errors import RefusedInputError
from governance.evidence import NotAssessed, Progress, silent
from governance.subject import Subject

ROWS: Final = 2_000
"""At most so many rows of each window are attributed."""
BACKGROUND: Final = 100


def reached(
    subject: Subject, columns: Sequence[str], rng: np.random.Generator, progress: Progress
) -> Multivariate | NotAssessed:
    """Return the classifier two-sample test on Shapley values of both windows, each against rows of the reference.

    A move of a column that the model hardly looks at tells the windows apart by their columns and not by this. Exact values only: sampled
    ones carry noise of their own.

    Args:
        subject: model, current window and reference.
        columns: what both windows have.
        rng: for the rows and for the classifier.
        progress: told how far it is.
    """
    if subject.model is None or subject.reference is None:
        return NotAssessed("no model to ask")
    needed = tuple(dict.fromkeys(subject.model.signature.columns))
    if not set(needed) <= set(columns):
        return NotAssessed("a window lacks a column that the model reads")
    progress(0, 1, "attributing answers in both windows")
    try:
        sides = _attributed(subject, needed, rng)
    except RefusedInputError as error:
        return NotAssessed(f"no exact attributions of this model: {error.what}")
    found = density(*sides, tuple(sides[0].columns), rng)
    return found if isinstance(found, NotAssessed) else two_sample(found)


def _attributed(
    subject: Subject, needed: tuple[str, ...], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    from governance.explain.by_sampling import Budget
    from governance.explain.choice import Wish, choose

    assert subject.reference is not None
    chosen = choose(subject, Wish("auto", "raw", "", BACKGROUND, 0, correlated=False, budget=Budget(1, 0.0)))
    about = chosen.explainer.about
    if about.way not in ("tree", "linear"):
        raise RefusedInputError(
            f"the way {about.way!r} asks the model too often or draws samples", "Use a tree or a linear model."
        )
    sides = []
    for data in (subject.reference, subject.data):
        rows = data.frame(needed)
        at = np.sort(rng.choice(len(rows), min(len(rows), ROWS), replace=False))
        found = chosen.explainer.explain(rows.iloc[at].reset_index(drop=True), chosen.target, rng, silent)
        shares = np.asarray(found.values, dtype=np.float64)
        sides.append(pd.DataFrame(shares, columns=list(about.players)))
    return sides[0], sides[1]
