"""Did the drift reach the model: can the two windows be told apart by what moves the model's answers?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.results.report import Multivariate
from governance.drift.samples.density import density, two_sample
from governance.evidence import Cancelled, NotAssessed, Progress, RefusedInputError
from governance.subject import Subject

SECONDS: Final = 30.0
"""Longest time of this question."""
PART: Final = 250
"""Rows that are attributed between two looks at the clock."""
ROWS: Final = 2_000
"""At most so many rows of each window are attributed."""
BACKGROUND: Final = 100
"""Rows of the reference that stand for "not knowing" a column; both windows are held against the same ones, so few will do."""


def reached(
    subject: Subject, columns: Sequence[str], rng: np.random.Generator, progress: Progress, *, seconds: float = SECONDS
) -> Multivariate | NotAssessed:
    """Return the classifier two-sample test on Shapley values of both windows, each against rows of the reference.

    A move of a column that the model hardly looks at tells the windows apart by their columns and not by this. Exact values only: sampled
    ones carry noise of their own.

    Args:
        subject: model, current window, reference, and who attributes answers.
        columns: what both windows have.
        rng: for the rows and for the classifier.
        progress: told how far it is.
        seconds: longest time, seconds of the clock, after which the question stays open.
    """
    lacking = _lacking(subject, columns)
    if lacking:
        return NotAssessed(lacking)
    progress(0, 1, "attributing answers in both windows")
    end = time.monotonic() + seconds

    def check(done: int) -> None:
        progress(done, 2 * ROWS, "attributing answers in both windows")
        if time.monotonic() > end:
            raise TimeoutError

    try:
        sides = _attributed(subject, rng, check)
        found = density(*sides, tuple(sides[0].columns), rng)
    except Cancelled:
        raise
    except RefusedInputError as error:
        return NotAssessed(f"no exact attributions of this model: {error.what}")
    except TimeoutError:
        return NotAssessed(f"attributing answers in both windows took longer than {seconds:g} seconds")
    except Exception as error:  # noqa: BLE001 - libraries raise what they like, and the comparison stands without this
        return NotAssessed(f"attributing answers failed: {' '.join(str(error).split())[:200] or type(error).__name__}")
    return found if isinstance(found, NotAssessed) else two_sample(found)


def _lacking(subject: Subject, columns: Sequence[str]) -> str:
    """Return what is not there to attribute with, "" when nothing is."""
    if subject.model is None or subject.reference is None:
        return "no model to ask"
    if not set(subject.model.signature.columns) <= set(columns):
        return "a window lacks a column that the model reads"
    return "" if subject.attributor is not None else "nothing at hand attributes the answers of this model"


def _attributed(
    subject: Subject, rng: np.random.Generator, check: Callable[[int], None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the attributions of rows drawn from the reference and from the current window."""
    assert subject.reference is not None
    assert subject.model is not None
    assert subject.attributor is not None
    needed = tuple(dict.fromkeys(subject.model.signature.columns))
    attributions = subject.attributor(subject, BACKGROUND)
    sides: list[pd.DataFrame] = []
    for data in (subject.reference, subject.data):
        rows = data.frame(needed)
        at = np.sort(rng.choice(len(rows), min(len(rows), ROWS), replace=False))
        parts = []
        for start in range(0, len(at), PART):
            check(len(sides) * ROWS + start)
            parts.append(attributions.of(rows.iloc[at[start : start + PART]].reset_index(drop=True), rng))
        sides.append(pd.concat(parts, ignore_index=True))
    return sides[0], sides[1]
