"""The method `explain.limits`: what the model cannot know about a kind of person, and how often it is wrong about them.

An explanation says why the model answers as it does; it does not say that the answer is right. So before one is read: which values of
the row lie outside what the background has seen, and how far the model is off for the rows most like this one, and for the groups that
this row belongs to, where the outcome is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError
from governance.explain.methods.local_view import identifier_of, one_of, row_at, value_text
from governance.explain.methods.nearest import Likeness
from governance.explain.results.report import Mistakes, ModelLimits, Strange
from governance.explain.selection.background import BackgroundRows, Range, background_of
from governance.explain.spec import LimitsParameters
from governance.statistics import mean_of, wilson
from governance.subject import Subject
from governance.subject.outcome import outcome

if TYPE_CHECKING:
    from governance.subject import Dataset

Measure = Literal["share decided wrongly", "mean absolute error"]


def run(
    subject: Subject,
    parameters: LimitsParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[ModelLimits]:
    """Look up what is known about rows like the one in question."""
    if subject.model is None:
        raise RefusedInputError("There is no model.", "Choose a model.")
    columns = subject.model.signature.columns
    frame = subject.data.frame(columns)
    row = row_at(frame, parameters.row)
    background = background_of(subject, columns, parameters.background_rows, parameters.background_seed)
    progress(0, 1, "looking for rows that are alike")
    distance = Likeness(background.frame, subject.data.schema.code).distance(row, frame)
    distance[parameters.row] = np.inf
    near = np.argsort(distance, kind="stable")[: min(parameters.alike, len(frame) - 1)]
    off, measure = _off(subject)
    fewest, everyone = parameters.fewest, np.arange(len(frame))
    result = ModelLimits(
        row=parameters.row,
        identifier=identifier_of(subject.data, parameters.row),
        strange=strange(background, row),
        background=background.about,
        measure=measure,
        everyone=_mistakes("all rows", off, everyone, measure, fewest),
        alike=_mistakes("the most similar rows", off, near, measure, fewest),
        farthest=float(distance[near].max(initial=0.0)),
        groups=tuple(
            _mistakes(words, off, rows, measure, fewest) for words, rows in _groups(subject.data, parameters.row)
        ),
    )
    return Finding(result, one_of(len(frame)))


def strange(background: BackgroundRows, row: pd.DataFrame) -> tuple[Strange, ...]:
    """Return the values of a row that the background has not seen the like of."""
    found = []
    for name in background.strange(row):
        known = background.known[name]
        words = (
            f"{value_text(known.low)} to {value_text(known.high)}"
            if isinstance(known, Range)
            else f"none of {len(known.held)} categories"
        )
        found.append(Strange(name, value_text(row[name].iloc[0]), words))
    return tuple(found)


def _off(subject: Subject) -> tuple[NDArray[np.float64] | NotAssessed, Measure]:
    """Return how far the model is off for each row: 1 for a wrong decision, |error| for a number; NaN where nobody knows."""
    regression = subject.model is not None and not subject.model.signature.classes
    measure: Measure = "mean absolute error" if regression else "share decided wrongly"
    if not subject.data.schema.target:
        return NotAssessed("The data have no column with what really happened."), measure
    found = outcome(subject.data.frame(), subject.data.schema, subject.predictions)
    known = found.labelled
    away = np.abs(found.y_pred - found.y_true) if regression else (found.y_pred != found.y_true).astype(np.float64)
    return np.where(known, away, np.nan), measure


def _groups(data: Dataset, row: int) -> list[tuple[str, NDArray[np.intp]]]:
    """Return (words, rows) for each sensitive column: who has the same value as the row."""
    found = []
    for name in data.schema.sensitive:
        column = data.frame((name,))[name]
        own = column.iloc[row]
        same = column.isna() if pd.isna(own) else column == own
        found.append((f"{name} = {value_text(own)}", np.flatnonzero(same.fillna(value=False).to_numpy(dtype=bool))))
    return found


def _mistakes(
    who: str, off: NDArray[np.float64] | NotAssessed, rows: NDArray[np.intp], measure: Measure, fewest: int
) -> Mistakes:
    if isinstance(off, NotAssessed):
        return Mistakes(who, 0, off, None, None)
    known = off[rows]
    known = known[~np.isnan(known)]
    if len(known) < max(2, fewest):
        reason = f"{len(known)} rows with a known outcome, fewer than {max(2, fewest)}."
        return Mistakes(who, len(known), NotAssessed(reason), None, None)
    mean = mean_of(known)
    of_mean = mean.interval(least=0.0) or (mean.value, mean.value)
    low, high = wilson(known.sum(), len(known)) if measure == "share decided wrongly" else of_mean
    return Mistakes(who, len(known), mean.value, float(low), float(high))
