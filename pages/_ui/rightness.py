"""The parts of the performance screen: the measures, the movable threshold, curves, calibration, residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.fairness import thresholds
from governance.fairness.words import PLAIN_NUMBERS, title
from governance.performance.report import BinaryReport, Measure, MulticlassReport, PerformanceReport, RegressionReport
from pages._ui import sentence, tables
from pages._ui.charts import base, performance
from pages._ui.glossary import about
from pages._ui.text import interval, number, percent, plain, shown

FIRST: Final[dict[str, tuple[str, ...]]] = {
    "binary": ("balanced_accuracy", "roc_auc", "true_positive_rate", "false_positive_rate"),
    "multiclass": ("accuracy", "balanced_accuracy", "precision_macro", "f1_macro"),
    "regression": ("mean_absolute_error", "root_mean_squared_error", "mean_error", "r2"),
}
_NOT_SHARES: Final = PLAIN_NUMBERS | {
    "average_precision", "brier_score", "log_loss", "expected_calibration_error", "median_absolute_error", "f1_macro",
}  # fmt: skip


def name_of(measure: Measure) -> str:
    """Return what a person calls a measure."""
    return title(measure.metric)


def amount(measure: Measure) -> str:
    """Return a measure as a person reads it, with a dash for none."""
    return number(measure.value) if measure.metric in _NOT_SHARES else percent(measure.value)


def lead(report: PerformanceReport) -> str:
    """Return the answer to "how often is the model right?" in a sentence."""
    if report.task == "regression":
        mae, r2 = report.measure("mean_absolute_error"), report.measure("r2")
        explained = (
            f" It explains {percent(r2.value)} of the spread." if r2 and r2.value is not None and r2.value > 0 else ""
        )
        return f"Predictions are off by {number(mae.value if mae else None)} on average.{explained}"
    accuracy = report.measure("accuracy")
    first = f"The model decides {percent(accuracy.value if accuracy else None)} of the rows as the label says."
    if report.binary is None:
        return first
    point, area = report.binary.confusion, report.measure("roc_auc")
    labels = max(point.true_positive + point.false_negative, point.true_negative + point.false_positive)
    everyone = point.true_positive + point.false_negative + point.true_negative + point.false_positive
    guess = f" Always giving the commoner answer would reach {percent(labels / max(everyone, 1))}."
    told = (
        f" It ranks a positive row above a negative one in {percent(area.value)} of all pairs."
        if area is not None and area.value is not None
        else ""
    )
    return first + guess + told


def headline(report: PerformanceReport) -> None:
    """Draw four numbers with their intervals."""
    found = [measure for name in FIRST[report.task] if (measure := report.measure(name)) is not None]
    for place, measure in zip(st.columns(len(found)), found, strict=True):
        with place:
            ends = interval(measure.low, measure.high) if measure.metric in _NOT_SHARES else _shares(measure)
            term = measure.metric
            st.metric(name_of(measure), amount(measure), help=about(term))
            st.caption(plain(ends if measure.value is not None else measure.reason))


def _shares(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return "no interval"
    return f"{percent(measure.low)} to {percent(measure.high)}"


def all_measures(measures: Sequence[Measure], alt: str, key: str) -> None:
    """Draw every measure with its interval and how it was made."""
    frame = pd.DataFrame(
        {
            "name": [name_of(item) for item in measures],
            "value": [item.value for item in measures],
            "interval": [interval(item.low, item.high) for item in measures],
            "rows": [item.n for item in measures],
            "method": [item.method for item in measures],
            "note": [shown(item.reason) for item in measures],
        }
    )
    columns = {
        "name": tables.words("Measure"),
        "value": tables.figures("Value", digits=4),
        "interval": tables.words("95 % interval", "confidence interval"),
        "rows": tables.count("Rows"),
        "method": tables.words("Interval by", wide=True),
        "note": tables.words("Note", wide=True),
    }
    tables.table(frame, alt, columns, key=key)


@st.fragment
def threshold(report: BinaryReport) -> None:
    """Draw the confusion matrix and both curves at a threshold that can be moved; the rows are not read again."""
    curve = report.curve
    if curve is None:
        frame = performance.confusion_frame(report.confusion, report.positive)
        base.draw(performance.confusion(frame), "What was decided about the rows of each label", frame, "confusion")
        sentence.aside("There are decisions but no scores, so the threshold cannot be moved.")
        return
    lowest, highest = curve.thresholds[0], curve.thresholds[-2] if len(curve.thresholds) > 1 else curve.thresholds[0]
    highest = max(highest, lowest + 1e-6)
    current = min(max(report.confusion.threshold, lowest), highest)
    cut = st.slider(
        "Threshold: selected from this score on", float(lowest), float(highest), float(current),
        step=float(highest - lowest) / 400, key="cut", format="%.3f",
        help="Moving it changes nothing but this picture.",
    )  # fmt: skip
    index = thresholds.nearest(curve.thresholds, cut)
    point = curve.at(index)
    wrong, missed = point.false_positive, point.false_negative
    st.markdown(
        f"At {cut:.3f}: **{wrong:,}** of {curve.negatives:,} rows without the label {plain(report.positive)} are wrongly selected "
        f"and **{missed:,}** of {curve.positives:,} rows with it are wrongly not selected. In force: {number(report.confusion.threshold)}."
    )
    frame = performance.confusion_frame(point, report.positive)
    base.draw(
        performance.confusion(frame),
        "What is decided about the rows of each label at this threshold",
        frame,
        "confusion",
    )
    rates = performance.curve_frame(curve)
    here = rates.iloc[[index]]
    left, right = st.columns(2)
    with left:
        st.markdown("**Found against wrongly selected (ROC)**")
        base.draw(
            performance.roc(rates, here),
            "ROC curve with the chosen threshold; the dashed line is guessing",
            rates,
            "roc",
        )
    with right:
        st.markdown("**Selected and positive, against found (precision, recall)**")
        share = curve.positives / max(curve.positives + curve.negatives, 1)
        text = "Precision-recall curve with the chosen threshold; the dashed line is the base rate"
        base.draw(performance.precision_recall(rates, here, share), text, rates, "pr")


def calibration(report: BinaryReport) -> None:
    """Draw whether scores are to be believed as probabilities."""
    if not report.calibration:
        sentence.aside("The scores are no probabilities between 0 and 1, so calibration is not assessed.")
        return
    off = [item for item in report.calibration if not item.rate_low <= item.mean_score <= item.rate_high]
    st.markdown(
        f"In {len(report.calibration) - len(off)} of {len(report.calibration)} bins of equal size, what happened agrees with "
        "what was predicted, as far as chance allows."
    )
    frame = performance.calibration_frame(report)
    base.draw(
        performance.calibration(frame), "What happened against what was predicted, with intervals", frame, "calibration"
    )


def many_classes(report: MulticlassReport) -> None:
    """Draw the confusion matrix of many classes and each class against the rest."""
    frame = performance.classes_frame(report)
    base.draw(performance.classes(frame), "Rows by label and decision", frame, "classes")
    for one in report.per_class:
        st.markdown(f"**{plain(one.name)}** ({one.support:,} rows)")
        all_measures(one.measures, f"Measures of {shown(one.name)} against the rest", f"class-{one.name}")


def errors(report: RegressionReport) -> None:
    """Draw how the errors are spread and whether they depend on what is predicted."""
    left, right = st.columns(2)
    with left:
        st.markdown("**How far off**")
        frame = performance.residual_frame(report)
        base.draw(performance.residuals(frame), "Histogram of actual minus predicted", frame, "residuals")
    with right:
        st.markdown("**Where it is off**")
        frame = performance.by_prediction_frame(report)
        base.draw(performance.by_prediction(frame), "Mean error over the predicted value, with intervals", frame, "by")
