"""Two windows compared, end to end: the method that the catalogue names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from governance.data.outcome import Outcome
from governance.data.schema import Schema
from governance.drift.action import recommended, signal_of
from governance.drift.columns import Use, counted_pairs, drift
from governance.drift.costs import at_stake
from governance.drift.density import Density, density, two_sample
from governance.drift.group_drift import GroupDrift
from governance.drift.harm import Windows, harm
from governance.drift.performance import outcome_of, performance
from governance.drift.reached import reached
from governance.drift.report import ColumnDrift, DriftReport, Harm, Multivariate, PerformanceChange
from governance.drift.spec import DriftParameters
from governance.drift.swap import importance
from governance.drift.within import within
from governance.errors import RefusedInputError
from governance.evidence import Finding, NotAssessed, Progress, Rows
from governance.subject import Subject

MOST_MOVED = 12
"""Of so many moved columns at most the effect on the answers is looked up."""


@dataclass(frozen=True)
class _Frames:
    reference: pd.DataFrame
    current: pd.DataFrame
    schema: Schema
    features: tuple[str, ...]
    """What the model reads, or what has no other role."""


def columns(
    subject: Subject, parameters: DriftParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[DriftReport]:
    """Return the drift of columns without looking at a model; harm only where the data hold scores or decisions."""
    alone = replace(subject, model=None, predictions=None, reference_predictions=None, attributions=None)
    return compare(alone, parameters, rng=rng, progress=progress)


def compare(
    subject: Subject, parameters: DriftParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[DriftReport]:
    """Return the drift of every column of `subject.data` from `subject.reference`, and its harm as far as it can be known.

    Raises:
        RefusedInputError: there is no reference, or no column is in both windows.
    """
    frames = _frames(subject)
    columns, family, kind = _columns(subject, frames, parameters, rng, progress)
    apart = _density(frames, parameters, rng, progress)
    outcomes = _outcomes(subject, frames)
    numbers, hurt = _harm(subject, frames, outcomes, parameters, columns, apart, rng, progress)
    here = set(frames.current.columns)
    reach = _reached(subject, frames, parameters, rng, progress)
    lost = [name for name in (subject.model.signature.columns if subject.model else ()) if name not in here]
    action = recommended(signal_of(columns), numbers, hurt, lost)
    inside, left_out = _within(frames, parameters, columns, rng, progress)
    return Finding(
        DriftReport(
            columns=columns,
            only_reference=tuple(name for name in frames.reference.columns if name not in here),
            only_current=tuple(name for name in frames.current.columns if name not in set(frames.reference.columns)),
            n_reference=len(frames.reference),
            n_current=len(frames.current),
            correction=parameters.correction,
            alpha=parameters.alpha,
            family=family,
            multivariate=apart if isinstance(apart, NotAssessed) else two_sample(apart),
            performance=numbers,
            harm=hurt,
            action=at_stake(action, hurt, outcomes, parameters.costs, parameters.tolerance),
            rows=Rows(len(frames.current), len(frames.current)),
            importance_kind=kind,
            attributions=reach,
            within=inside,
            within_reason=left_out,
        ),
        Rows(len(frames.current), len(frames.current)),
    )


def _frames(subject: Subject) -> _Frames:
    if subject.reference is None:
        raise RefusedInputError("There is no reference window.", "Choose a reference to compare with.")
    reference, current = subject.reference.frame(), subject.data.frame()
    if not len(reference) or not len(current):
        empty = "reference" if not len(reference) else "current"
        raise RefusedInputError(f"The {empty} window has no rows.", "Choose another file or cohort.")
    schema = joined(subject.reference.schema, subject.data.schema)
    both = tuple(name for name in reference.columns if name in set(current.columns))
    if not both:
        raise RefusedInputError("The two windows have no column in common.", "Compare two files of the same kind.")
    read = subject.model.signature.columns if subject.model else schema.features(both)
    return _Frames(reference, current, schema, tuple(dict.fromkeys(name for name in read if name in both)))


def joined(reference: Schema, current: Schema) -> Schema:
    """Return the current window's roles; a window whose outcomes are not known yet borrows the label's name from the reference."""
    if current.target:
        return current
    return replace(current, target=reference.target, positive=reference.positive, negative=reference.negative)


def compared(schema: Schema, reference: Sequence[str], current: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to compare: all in both windows but identifier, time, weight and ignored ones."""
    left_out = {schema.identifier, schema.timestamp, schema.weight, *schema.ignore}
    return tuple(name for name in reference if name in set(current) and name not in left_out)


def _columns(
    subject: Subject, frames: _Frames, parameters: DriftParameters, rng: np.random.Generator, progress: Progress
) -> tuple[tuple[ColumnDrift, ...], int, Literal["shapley", "shuffled", "unknown"]]:
    names = compared(frames.schema, tuple(frames.reference.columns), tuple(frames.current.columns))
    pairs = counted_pairs(frames.reference, frames.current, names, progress=progress)
    of_columns, of_model = rng.spawn(2)
    use, kind = _use(subject, frames, of_model, progress)
    found, family = drift(
        pairs,
        of_columns,
        limits=parameters.limits,
        correction=parameters.correction,
        alpha=parameters.alpha,
        use=use,
    )
    return found, family, kind


def _use(
    subject: Subject, frames: _Frames, rng: np.random.Generator, progress: Progress
) -> tuple[Use, Literal["shapley", "shuffled", "unknown"]]:
    """Return what is known about the model's use of columns; labels, scores and decisions are not inputs and stay unknown."""
    schema = frames.schema
    outcomes = (schema.target, schema.score, schema.prediction)
    if subject.model is None:
        return Use(), "unknown"
    used = (*subject.model.signature.columns, *outcomes)
    if subject.attributions is not None:
        table = subject.attributions
        found = {
            name: float(np.nanmean(np.abs(table[name].to_numpy().astype(np.float64))))
            for name in table.column_names
            if name in set(frames.features)
        }
        return Use(found, used), "shapley"
    if not set(subject.model.signature.columns) <= set(frames.current.columns):
        return Use(None, used), "unknown"
    return Use(importance(subject.model, frames.current, schema, rng, progress=progress), used), "shuffled"


def _density(
    frames: _Frames, parameters: DriftParameters, rng: np.random.Generator, progress: Progress
) -> Density | NotAssessed:
    if not parameters.multivariate:
        return NotAssessed("not asked for")
    progress(0, 1, "telling the windows apart")
    return density(frames.reference, frames.current, frames.features, rng.spawn(1)[0])


def _reached(
    subject: Subject, frames: _Frames, parameters: DriftParameters, rng: np.random.Generator, progress: Progress
) -> Multivariate | NotAssessed:
    if not parameters.multivariate:
        return NotAssessed("not asked for")
    both = [name for name in frames.reference.columns if name in set(frames.current.columns)]
    return reached(subject, both, rng.spawn(1)[0], progress)


def _outcomes(subject: Subject, frames: _Frames) -> tuple[Outcome | NotAssessed, Outcome | NotAssessed]:
    """Return decisions and labels of both windows, or why there are none."""
    if subject.model is not None and subject.predictions is None:
        silent = NotAssessed("the model was not asked about these rows")
        return silent, silent
    return (
        outcome_of(frames.reference, frames.schema, subject.reference_predictions),
        outcome_of(frames.current, frames.schema, subject.predictions),
    )


def _within(
    frames: _Frames,
    parameters: DriftParameters,
    columns: Sequence[ColumnDrift],
    rng: np.random.Generator,
    progress: Progress,
) -> tuple[tuple[GroupDrift, ...], str]:
    return within(
        frames.reference, frames.current, frames.schema.sensitive, [item.name for item in columns], rng.spawn(1)[0],
        limits=parameters.limits, correction=parameters.correction, alpha=parameters.alpha, progress=progress,
    )  # fmt: skip


def _harm(
    subject: Subject,
    frames: _Frames,
    outcomes: tuple[Outcome | NotAssessed, Outcome | NotAssessed],
    parameters: DriftParameters,
    columns: Sequence[ColumnDrift],
    apart: Density | NotAssessed,
    rng: np.random.Generator,
    progress: Progress,
) -> tuple[PerformanceChange | NotAssessed, Harm | NotAssessed]:
    before, after = outcomes
    if isinstance(before, NotAssessed):
        return before, before
    if isinstance(after, NotAssessed):
        return after, after
    windows = Windows(
        frames.reference, frames.current, before, after, frames.features, frames.schema, apart, subject.model
    )
    numbers = performance(before, after, parameters.tolerance)
    moved = [item.name for item in columns if item.verdict in ("material", "small")][:MOST_MOVED]
    found = harm(windows, numbers, moved, parameters.tolerance, rng.spawn(1)[0], progress=progress)
    return numbers, found


def with_predictions(subject: Subject) -> Subject:
    """Return the subject with the model's answers for both windows, as far as both have the model's columns."""
    if subject.model is None or subject.reference is None:
        return subject
    needed = subject.model.signature.columns
    answers = [
        subject.model.predict(data.frame(needed)) if set(needed) <= set(data.columns) else None
        for data in (subject.data, subject.reference)
    ]
    if answers[0] is None or answers[1] is None:
        return subject
    return replace(subject, predictions=answers[0], reference_predictions=answers[1])
