"""Two windows compared, end to end: the methods that the catalogue names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from governance.drift.results.report import DriftReport
from governance.drift.samples.density import two_sample
from governance.drift.spec import DriftParameters
from governance.drift.steps import Recommended, both_windows, column_evidence, harm_evidence, recommendation
from governance.evidence import Finding, NotAssessed, Progress, Rows, Streams
from governance.subject import Subject


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
    streams = Streams(rng)
    windows = both_windows(subject)
    moved = column_evidence(windows, parameters, streams, progress=progress)
    hurt = harm_evidence(moved, parameters, streams, progress=progress)
    report = _report(recommendation(hurt, parameters, streams), parameters)
    return Finding(report, report.rows)


def _report(found: Recommended, parameters: DriftParameters) -> DriftReport:
    hurt, moved = found.evidence, found.evidence.moved
    reference, current = moved.windows.reference, moved.windows.current
    return DriftReport(
        columns=moved.columns,
        only_reference=tuple(name for name in reference.columns if name not in current.columns),
        only_current=tuple(name for name in current.columns if name not in reference.columns),
        n_reference=len(reference),
        n_current=len(current),
        correction=parameters.correction,
        alpha=parameters.alpha,
        family=moved.family,
        multivariate=moved.apart if isinstance(moved.apart, NotAssessed) else two_sample(moved.apart),
        performance=hurt.performance,
        harm=hurt.harm,
        action=found.action,
        rows=Rows(len(current), len(current)),
        importance_kind=moved.importance_kind,
        attributions=moved.attributions,
        within=moved.within,
        within_reason=moved.within_reason,
        left_out=moved.windows.left_out,
        levels=moved.windows.levels(parameters),
    )


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
