"""The method `performance.summary`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, Rows
from governance.performance.curve import calibration, score_measures, threshold_curve
from governance.performance.multiclass import multiclass_measures, multiclass_report
from governance.performance.regression import regression_measures, regression_report
from governance.performance.report import BinaryReport, CalibrationBin, Confusion, Measure, PerformanceReport
from governance.performance.spec import Summary
from governance.statistics import Cells, coded, of_cells, of_counts, tally
from governance.subject import Outcome, Schema, Subject, declared, sliced
from governance.subject.outcome import outcome

Floats = NDArray[np.float64]


def summary(
    subject: Subject, parameters: Summary, *, rng: np.random.Generator, progress: Progress
) -> Finding[PerformanceReport]:
    """Return how right the model is on the rows whose label and decision are known.

    Raises:
        RefusedInputError: unknown label codes, or neither a model nor a score nor a decision.
    """
    schema = declared(subject)
    if not schema.target:
        total = subject.data.n_rows
        return Finding(
            NotAssessed("There is no label column, so nobody can say how right the model is."), Rows(total, total)
        )
    whole = gathered(subject, schema, progress)
    rows, known = whole.rows(), whole.labelled
    if rows.used == 0:
        return Finding(NotAssessed(f"None of {rows.total:,} rows has both a label and a decision."), rows)
    part = kept(whole, known)
    if part.weight is not None and part.weight.sum() <= 0:
        return Finding(NotAssessed("All weights are 0."), rows)
    progress(1, 1, "measuring")
    return Finding(_report(part, schema, parameters, rows, rng), rows)


def gathered(subject: Subject, schema: Schema, progress: Progress) -> Outcome:
    """Return labels, decisions, scores and weights of all rows, read in chunks."""
    names = tuple(name for name in (schema.target, schema.weight, schema.score, schema.prediction) if name)
    found: list[Outcome] = []
    start = 0
    for frame in subject.data.chunks(tuple(dict.fromkeys(names))):
        progress(start, subject.data.n_rows, "reading labels and scores")
        found.append(outcome(frame, schema, sliced(subject.predictions, start, start + len(frame))))
        start += len(frame)
    if not found:
        nothing = np.array([], dtype=np.float64)
        return Outcome(task="binary", classes=("", ""), y_true=nothing, y_pred=nothing, score=None, weight=None)
    return Outcome(
        task=found[0].task,
        classes=found[0].classes,
        y_true=np.concatenate([item.y_true for item in found]),
        y_pred=np.concatenate([item.y_pred for item in found]),
        score=_together([item.score for item in found]),
        weight=_together([item.weight for item in found]),
    )


def _together(parts: Sequence[Floats | None]) -> Floats | None:
    return None if any(part is None for part in parts) else np.concatenate([part for part in parts if part is not None])


def kept(whole: Outcome, mask: NDArray[np.bool_]) -> Outcome:
    """Return the outcome of some rows."""
    return replace(
        whole,
        y_true=whole.y_true[mask],
        y_pred=whole.y_pred[mask],
        score=None if whole.score is None else whole.score[mask],
        weight=None if whole.weight is None else whole.weight[mask],
    )


def _report(
    part: Outcome, schema: Schema, parameters: Summary, rows: Rows, rng: np.random.Generator
) -> PerformanceReport:
    weighted, confidence = part.weight is not None, parameters.confidence
    if part.task == "regression":
        measures = regression_measures(part.y_true, part.y_pred, part.weight, confidence)
        shape = regression_report(part.y_true, part.y_pred, parameters.bins, confidence)
        return PerformanceReport(
            task="regression",
            rows=rows,
            weighted=weighted,
            measures=tuple(measures),
            binary=None,
            multiclass=None,
            regression=shape,
            notices=(),
        )
    if part.task == "multiclass":
        measures = multiclass_measures(part, draws=parameters.draws, confidence=confidence, rng=rng)
        classes = multiclass_report(
            part.classes, part.y_true, decision=part.y_pred, score=part.score, weight=part.weight, confidence=confidence,
            bins=parameters.bins,
        )  # fmt: skip
        return PerformanceReport(
            task="multiclass",
            rows=rows,
            weighted=weighted,
            measures=tuple(measures),
            binary=None,
            multiclass=classes,
            regression=None,
            notices=(),
        )
    measures = _decided(part, confidence)
    if part.score is not None:
        measures += score_measures(part.y_true, part.score, part.weight, confidence)
    return PerformanceReport(
        task="binary",
        rows=rows,
        weighted=weighted,
        measures=tuple(measures),
        binary=_binary(part, schema, parameters),
        multiclass=None,
        regression=None,
        notices=_notices(part, measures),
    )


def _decided(part: Outcome, confidence: float) -> list[Measure]:
    """Return the measures of the confusion matrix with Wilson intervals (or what is built from them)."""
    label, decision = coded(part.y_true), coded(part.y_pred)
    zeros = np.zeros(len(label), dtype=np.intp)
    table = tally(zeros, 1, label, decision)
    cells = Cells((), np.zeros((1, 0), dtype=np.intp), table)
    if part.weight is not None:
        key = label.astype(np.intp) * 3 + decision
        sums = [
            np.bincount(key, item, minlength=9).reshape(1, 3, 3).astype(np.float64)
            for item in (part.weight, part.weight**2)
        ]
        cells = replace(cells, weight=sums[0], squares=sums[1])
    built = {"balanced_accuracy": "recovered from Wilson", "f1": "Wilson, mapped"}
    found = []
    for item in of_cells(cells, tuple(name for name in of_counts() if name != "count"), confidence):
        method = built.get(item.metric, "Wilson")
        value, low, high = (float(array[0]) for array in (item.value, item.low, item.high))
        n = (
            int(item.rows[0])
            if item.metric in built
            else int(cells.rows[0].sum() if part.weight is not None else item.base[0])
        )
        if np.isfinite(value):
            found.append(Measure(metric=item.metric, value=value, low=low, high=high, n=n, method=method))
        else:
            found.append(
                Measure(metric=item.metric, value=None, low=None, high=None, n=n, method="", reason=f"no {item.needs}")
            )
    return found


def _binary(part: Outcome, schema: Schema, parameters: Summary) -> BinaryReport:
    tn, fp, fn, tp = (
        int(((part.y_true == label) & (part.y_pred == decision)).sum())
        for label, decision in ((0, 0), (0, 1), (1, 0), (1, 1))
    )
    curve = None
    bins: tuple[CalibrationBin, ...] = ()
    if part.score is not None:
        curve = threshold_curve(part.y_true, part.score, parameters.thresholds, schema.threshold)
        if part.score.min() >= 0 and part.score.max() <= 1:
            bins = calibration(part.y_true, part.score, parameters.bins, parameters.confidence)
    return BinaryReport(schema.positive, schema.selected_is, Confusion(schema.threshold, tn, fp, fn, tp), curve, bins)


def _notices(part: Outcome, measures: Sequence[Measure]) -> tuple[str, ...]:
    found = []
    area = next((item for item in measures if item.metric == "roc_auc"), None)
    if area is not None and area.high is not None and area.high < 0.5:
        found.append(
            f"The score is probably inverted: rows with the positive label score lower than the others "
            f"(area under the curve {area.value:.3f}). Check which value the score is about."
        )
    if len(np.unique(part.y_true)) == 1:
        found.append("Only one label occurs among the rows: half of the measures are not defined.")
    if part.score is not None:
        if len(np.unique(part.score)) == 1:
            found.append("Every row has the same score: the model does not tell rows apart.")
        if part.score.min() < 0 or part.score.max() > 1:
            found.append("The scores are no probabilities (some lie outside 0 to 1): calibration is not assessed.")
    if part.weight is not None:
        found.append("Measures are weighted; the confusion matrix, the curve and the calibration bins count rows.")
    return tuple(found)
