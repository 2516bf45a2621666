"""Change of performance between two windows, as far as labels are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from governance.drift.performance.labels import labels_needed
from governance.drift.results.report import Change, Estimate, Labels, MetricChange, PerformanceChange
from governance.drift.samples.metrics import (
    BETTER,
    change,
    held,
    measured,
    measured_share,
    tolerated,
    worse_by_interval,
)
from governance.evidence import NotAssessed, RefusedInputError
from governance.statistics import adjust
from governance.subject import Outcome, Prediction, Schema, Subject, with_classes
from governance.subject.outcome import outcome


def outcome_of(frame: pd.DataFrame, schema: Schema, prediction: Prediction | None) -> Outcome | NotAssessed:
    """Return labels, decisions and scores of a window; a window without a label column has no labels."""
    if prediction is None and not schema.score and not schema.prediction:
        return NotAssessed("there is neither a model nor a score or decision in the data")
    if prediction is not None and len(prediction.classes) == 2 and not schema.positive:
        return NotAssessed("the schema does not say which class is positive")
    here = schema if schema.target in frame.columns else replace(schema, target="")
    try:
        return outcome(frame, here, prediction)
    except RefusedInputError as error:
        return NotAssessed(str(error))


def outcomes_of(
    subject: Subject, reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> tuple[Outcome | NotAssessed, Outcome | NotAssessed]:
    """Return decisions and labels of both windows in one coding, or why there are none."""
    if subject.model is not None and subject.predictions is None:
        silent = NotAssessed("the model was not asked about these rows")
        return silent, silent
    if subject.model is None:
        named = {schema.target, schema.prediction}
        try:
            schema = with_classes(schema, [frame for frame in (reference, current) if named <= set(frame.columns)])
        except RefusedInputError as error:
            return NotAssessed(str(error)), NotAssessed(str(error))
    return (
        outcome_of(reference, schema, subject.reference_predictions),
        outcome_of(current, schema, subject.predictions),
    )


def main_metric(found: Outcome) -> str:
    """Return the metric that the words and the recommendation are about."""
    if found.task == "regression":
        return "mean_absolute_error"
    return "roc_auc" if found.task == "binary" and found.score is not None else "accuracy"


def performance(
    reference: Outcome, current: Outcome, tolerance: float, *, levels: Mapping[str, float] | None = None
) -> PerformanceChange | NotAssessed:
    """Return every metric of both windows with intervals, and its change against the tolerance.

    For regression the tolerance is a share of the reference's error.

    Args:
        reference: labels and decisions of the reference.
        current: the same of the current window.
        tolerance: how much worse is still accepted.
        levels: what the main metric and the other metrics may spend; None judges each by its own 95 per cent interval.
    """
    before, after = measured(reference), measured(current)
    if main_metric(reference) not in before:
        return NotAssessed("the reference has no labels, so there is nothing to compare with")
    accepted = tolerated(tolerance, reference)
    changes = {name: change(name, before[name], after[name], accepted) for name in before if name in after}
    return PerformanceChange(
        reference={name: item.estimate() for name, item in before.items()},
        current={name: item.estimate() for name, item in after.items()},
        change=changes if levels is None else _held(changes, main_metric(reference), levels),
        main_metric=main_metric(reference),
    )


def _held(changes: Mapping[str, MetricChange], main: str, levels: Mapping[str, float]) -> dict[str, MetricChange]:
    """Return the changes; "worse" is said of the main metric within its level, of the others after Holm's correction within theirs."""
    others = [
        name for name in changes if name in BETTER and name != main and changes[name].verdict != "for_information"
    ]
    adjusted = adjust([worse_by_interval(name, changes[name]) for name in others], "holm").tolist()
    p_values = dict(zip(others, adjusted, strict=True))
    result = dict(changes)
    if main in changes:
        p = worse_by_interval(main, changes[main])
        result[main] = held(changes[main], p, levels.get("main_metric", 0.025), "all that is looked at in a window")
    for name, p in p_values.items():
        result[name] = held(changes[name], p, levels.get("other_metrics", 0.025), f"{len(others)} further metrics")
    return result


def realised(found: PerformanceChange | NotAssessed) -> tuple[Change, str]:
    """Return what the labels say about the main metric."""
    if isinstance(found, NotAssessed):
        return "cannot_tell", found.reason
    moved = found.change.get(found.main_metric)
    if moved is None:
        return "cannot_tell", "no labels are known for the current window"
    return moved.verdict, moved.reason


def loss(found: Outcome) -> tuple[np.ndarray, str]:
    """Return (n,) losses with NaN where the label is unknown, and what they are."""
    if found.task == "regression":
        return np.abs(found.y_pred - found.y_true), "absolute error"
    wrong = (found.y_pred != found.y_true).astype(np.float64)
    return np.where(found.labelled, wrong, np.nan), "wrong decisions"


def labels_of(reference: Outcome, current: Outcome, tolerance: float) -> Labels:
    """Return how many labels the current window has and how many would settle the question."""
    labelled = int(current.labelled.sum())
    known = reference.labelled
    hit = measured_share(int((reference.y_pred[known] == reference.y_true[known]).sum()), int(known.sum()))
    needed = 0
    if reference.task != "regression" and hit is not None and hit.value > tolerance:
        needed = labels_needed(hit.value, tolerance)
    return Labels(labelled, len(current.y_true), needed)


def reference_estimates(found: PerformanceChange | NotAssessed) -> dict[str, Estimate]:
    """Return the measured metrics of the reference that have a better direction."""
    if isinstance(found, NotAssessed):
        return {}
    return {name: item for name, item in found.reference.items() if name in BETTER or name == "base_rate"}
