"""Change of performance between two windows, as far as labels are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from governance.data.outcome import Outcome, outcome
from governance.data.schema import Schema
from governance.drift.labels import labels_needed
from governance.drift.metrics import BETTER, FEWEST, change, measured, wilson
from governance.drift.report import Change, Estimate, GroupChange, Labels, PerformanceChange
from governance.errors import RefusedInputError
from governance.evidence import NotAssessed
from governance.models.signature import Prediction


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


def main_metric(found: Outcome) -> str:
    """Return the metric that the words and the recommendation are about."""
    if found.task == "regression":
        return "mean_absolute_error"
    return "roc_auc" if found.task == "binary" and found.score is not None else "accuracy"


def performance(reference: Outcome, current: Outcome, tolerance: float) -> PerformanceChange | NotAssessed:
    """Return every metric of both windows with intervals, and its change against the tolerance.

    For regression the tolerance is a share of the reference's error.
    """
    before, after = measured(reference), measured(current)
    if main_metric(reference) not in before:
        return NotAssessed("the reference has no labels, so there is nothing to compare with")
    scale = before["mean_absolute_error"].value if reference.task == "regression" else 1.0
    both = [name for name in before if name in after]
    return PerformanceChange(
        reference={name: item.estimate() for name, item in before.items()},
        current={name: item.estimate() for name, item in after.items()},
        change={name: change(name, before[name], after[name], tolerance * scale) for name in both},
        main_metric=main_metric(reference),
    )


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
    hit = wilson(int((reference.y_pred[known] == reference.y_true[known]).sum()), int(known.sum()))
    needed = 0
    if reference.task != "regression" and hit is not None and hit.value > tolerance:
        needed = labels_needed(hit.value, tolerance)
    return Labels(labelled, len(current.y_true), needed)


def by_group(
    reference: tuple[pd.DataFrame, Outcome], current: tuple[pd.DataFrame, Outcome], schema: Schema, tolerance: float
) -> tuple[GroupChange, ...]:
    """Return the metrics of every group of every sensitive column in both windows; unknown group is a group of its own."""
    result: list[GroupChange] = []
    for attribute in schema.sensitive:
        sides = [_groups(frame[attribute], found) for frame, found in (reference, current)]
        for group in sorted(sides[0].keys() & sides[1].keys()):
            before, after = measured(sides[0][group]), measured(sides[1][group])
            for name in _GROUP_METRICS:
                if name in before and name in after:
                    moved = change(name, before[name], after[name], tolerance)
                    if moved.verdict == "for_information" and min(before[name].n, after[name].n) < FEWEST:
                        moved = replace(moved, verdict="cannot_tell", reason=f"fewer than {FEWEST} rows")
                    result.append(
                        GroupChange(attribute, group, name, before[name].estimate(), after[name].estimate(), moved)
                    )
    return tuple(result)


_GROUP_METRICS = ("accuracy", "true_positive_rate", "false_positive_rate", "selection_rate", "mean_absolute_error")


def _groups(values: pd.Series, found: Outcome) -> dict[str, Outcome]:
    from governance.data.outcome import text_of

    text = text_of(values).fillna("(unknown)")
    return {str(group): _rows(found, (text == group).to_numpy(dtype=bool)) for group in text.unique()}


def _rows(found: Outcome, mask: np.ndarray) -> Outcome:
    score = found.score[mask] if found.score is not None else None
    weight = found.weight[mask] if found.weight is not None else None
    return replace(found, y_true=found.y_true[mask], y_pred=found.y_pred[mask], score=score, weight=weight)


def reference_estimates(found: PerformanceChange | NotAssessed) -> dict[str, Estimate]:
    """Return the measured metrics of the reference that have a better direction."""
    if isinstance(found, NotAssessed):
        return {}
    return {name: item for name, item in found.reference.items() if name in BETTER or name == "base_rate"}
