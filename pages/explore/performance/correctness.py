"""The parts of the performance screen: the measures, the movable threshold, curves, calibration, residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.fairness import thresholds
from governance.language import mark
from governance.performance import (
    BinaryReport,
    ClassReport,
    Measure,
    MulticlassReport,
    PerformanceReport,
    RegressionReport,
    ThresholdCurve,
)
from governance.statistics import is_share, title
from pages._ui import datasets, dictionary, headings, tables, tongue, views, workspace
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.glossary import about, meaning, methods
from pages._ui.text import interval, number, percent, plain, shown
from pages.explore.performance import charts

FIRST: Final[dict[str, tuple[str, ...]]] = {
    "binary": ("balanced_accuracy", "roc_auc", "true_positive_rate", "false_positive_rate"),
    "multiclass": ("accuracy", "balanced_accuracy", "precision_macro", "f1_macro"),
    "regression": ("mean_absolute_error", "root_mean_squared_error", "mean_error", "r2"),
}


QUESTIONS: Final = {
    "binary": mark(
        "How often is the model right, at this threshold and at any other, and are its scores to be believed?"
    ),
    "multiclass": mark("How often is the model right, and which classes does it take for one another?"),
    "regression": mark("How far off are the model's predictions, and where?"),
}
"""Task -> what the page asks."""


PART: Final = mark("Errors")
"""Name of the part of the page."""
RATES: Final = mark("ROC, precision and recall")
GAINS: Final = mark("Gains and lift")
"""Names of the pairs of curves over all thresholds, one of which is drawn."""


def section(picked: Picked, report: PerformanceReport) -> None:
    """Draw the errors as the task has them: at a threshold, by class, or by size."""
    if report.binary is not None:
        st.subheader(tongue.say("Errors at a threshold"), anchor=False)
        threshold(report.binary, said(picked, report.binary))
    if report.multiclass is not None:
        many_classes(report.multiclass)
    if report.regression is not None:
        errors(report.regression)


def question(picked: Picked) -> str:
    """Return what the page asks of a model of its task."""
    views = workspace.views()
    found = views.model(picked.model) if views is not None and picked.model else None
    return tongue.say(QUESTIONS.get(found.task if found else "binary", QUESTIONS["binary"]))


def name_of(measure: Measure) -> str:
    """Return what a person calls a measure."""
    return title(measure.metric, tongue.voice())


def amount(measure: Measure) -> str:
    """Return a measure as a person reads it, with a dash for none."""
    voice = tongue.voice()
    return voice.percent(measure.value) if is_share(measure.metric) else voice.number(measure.value)


def headline(report: PerformanceReport) -> None:
    """Draw four numbers with their intervals."""
    found = [measure for name in FIRST[report.task] if (measure := report.measure(name)) is not None]
    for place, measure in zip(st.columns(len(found), vertical_alignment="bottom"), found, strict=True):
        with place:
            ends = _shares(measure) if is_share(measure.metric) else tongue.voice().interval(measure.low, measure.high)
            term = measure.metric
            st.markdown(
                f":small[{plain(name_of(measure))}]", help=about(term)
            )  # a metric's own label is cut at the column's edge
            st.metric(name_of(measure), amount(measure), label_visibility="collapsed")
            st.caption(plain(ends if measure.value is not None else measure.reason))


def _shares(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return tongue.say("no interval")
    voice = tongue.voice()
    return f"{voice.percent(measure.low)}{voice.figures(' to ')}{voice.percent(measure.high)}"


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
    used = dict.fromkeys(term for item in measures for term in methods(item.method))
    headings.aside(" ".join(f"{term}: {meaning(term)}" for term in used))


def said(picked: Picked, report: BinaryReport) -> charts.Said:
    """Return what people call the labels and decisions of the data that are looked at."""
    words, schema = dictionary.of(picked), datasets.schema_of(picked.data, picked.label)
    return charts.Said(
        *words.outcome(schema.target, report.positive, schema.negative),
        selected=words.selected or tongue.say("selected"),
        not_selected=words.not_selected or tongue.say("not selected"),
    )


@st.fragment
def threshold(report: BinaryReport, said: charts.Said) -> None:
    """Draw the confusion matrix and every curve at one threshold that can be moved; the rows are not read again."""
    curve = report.curve
    if curve is None:
        frame = charts.confusion_frame(report.confusion, said)
        base.draw(laid(charts.confusion, frame), "What was decided about the rows of each label", frame, "confusion")
        headings.aside(tongue.say("There are decisions but no scores, so the threshold cannot be moved."))
        return
    cut = _cut(report, curve)
    index = thresholds.nearest(curve.thresholds, cut)
    point = curve.at(index)
    wrong, missed = point.false_positive, point.false_negative
    voice = tongue.voice()
    st.markdown(
        voice.say(
            "At {cut}: **{wrong}** of {negatives} rows that are {negative} are wrongly {selected} and **{missed}** of {positives} rows "
            "that are {positive} are wrongly {not_selected}. In force: {force}.",
            cut=voice.number(cut),
            wrong=voice.whole(wrong),
            negatives=voice.whole(curve.negatives),
            negative=plain(said.negative),
            selected=plain(said.selected),
            missed=voice.whole(missed),
            positives=voice.whole(curve.positives),
            positive=plain(said.positive),
            not_selected=plain(said.not_selected),
            force=voice.number(report.confusion.threshold),
        )
    )
    frame = charts.confusion_frame(point, said)
    base.draw(
        laid(charts.confusion, frame),
        "What is decided about the rows of each label at this threshold",
        frame,
        "confusion",
    )
    if views.pick((RATES, GAINS), "curves") == RATES:
        _rates(curve, index)
    else:
        _gains(curve, index)
    st.subheader(tongue.say("Are the scores to be believed?"), anchor=False)
    calibration(report, cut)


def _cut(report: BinaryReport, curve: ThresholdCurve) -> float:
    lowest, highest = curve.thresholds[0], curve.thresholds[-2] if len(curve.thresholds) > 1 else curve.thresholds[0]
    highest = max(highest, lowest + 1e-6)
    current = min(max(report.confusion.threshold, lowest), highest)
    return float(
        st.slider(
            tongue.say("Threshold: selected from this score on"), float(lowest), float(highest), float(current),
            step=float(highest - lowest) / 400, key="cut", format="%.3f",
            help=tongue.say("It moves every picture down to the calibration, and changes nothing else."),
        )
    )  # fmt: skip


def _rates(curve: ThresholdCurve, index: int) -> None:
    rates = charts.curve_frame(curve)
    here = rates.iloc[[index]]
    left, right = st.columns(2)
    with left:
        st.markdown(tongue.say("**Found against wrongly selected (ROC)**"))
        base.draw(
            laid(charts.roc, rates, here),
            "ROC curve with the chosen threshold; the dashed line is guessing",
            rates,
            "roc",
        )
    with right:
        st.markdown(tongue.say("**Selected and positive, against found (precision, recall)**"))
        share = curve.positives / max(curve.positives + curve.negatives, 1)
        text = "Precision-recall curve with the chosen threshold; the dashed line is the base rate"
        base.draw(laid(charts.precision_recall, rates, here, share), text, rates, "pr")


def _gains(curve: ThresholdCurve, index: int) -> None:
    frame = charts.gains_frame(curve)
    if frame.empty:
        return
    here = frame.iloc[[len(frame) - 1 - index]]
    point = here.iloc[0]
    if point[charts.SELECTED] > 0:
        st.markdown(
            tongue.say(
                "The {share} of rows with the highest scores hold **{found}** of the positive labels: **{lift} times** "
                "what a draw by chance would find (lift).",
                share=percent(point[charts.SELECTED]),
                found=percent(point[charts.FOUND]),
                lift=number(point[charts.LIFT], 2),
            )
        )
    left, right = st.columns(2)
    with left:
        st.markdown(tongue.say("**Found against selected (cumulative gains)**"))
        text = "Cumulative gains with the chosen threshold; the dashed line is a draw by chance"
        base.draw(laid(charts.cumulative_gains, frame, here), text, frame, "gains")
    with right:
        st.markdown(tongue.say("**Times better than chance (lift)**"))
        base.draw(
            laid(charts.lift, frame, here), "Lift with the chosen threshold; the dashed line is chance", frame, "lift"
        )


def calibration(report: BinaryReport, cut: float) -> None:
    """Draw whether scores are to be believed as probabilities, with the threshold."""
    if not report.calibration:
        headings.aside(tongue.say("The scores are no probabilities between 0 and 1, so calibration is not assessed."))
        return
    off = [item for item in report.calibration if not item.rate_low <= item.mean_score <= item.rate_high]
    st.markdown(
        tongue.say(
            "In {agree} of {bins} bins of equal size, what happened agrees with what was predicted, as far as chance allows.",
            agree=len(report.calibration) - len(off),
            bins=len(report.calibration),
        )
    )
    frame = charts.calibration_frame(report)
    text = "What happened against what was predicted, with intervals and the chosen threshold"
    base.draw(laid(charts.calibration, frame, cut), text, frame, "calibration")


def many_classes(report: MulticlassReport) -> None:
    """Draw the confusion matrix of many classes and each class against the rest."""
    frame = charts.classes_frame(report)
    base.draw(laid(charts.classes, frame), "Rows by label and decision", frame, "classes")
    st.subheader(tongue.say("Each class against the rest"), anchor=False)
    table = charts.per_class_frame(report)
    tables.table(
        table,
        "Each class against the rest, with the main measures",
        {"class": tables.words("Class"), "rows": tables.count("Rows")},
    )
    for one in report.per_class:
        with st.expander(
            tongue.say(
                "{name}, with intervals ({support} rows)",
                name=plain(one.name),
                support=tongue.voice().whole(one.support),
            ),
            key=f"of-{one.name}",
            on_change="rerun",
        ) as box:
            if box.open:
                all_measures(one.measures, f"Measures of {shown(one.name)} against the rest", f"class-{one.name}")
                _believed(one)


def _believed(one: ClassReport) -> None:
    """Draw whether the score of one class is to be believed as the probability of that class."""
    if not one.calibration:
        return
    frame = charts.calibration_frame(one)
    title = f"Share labelled {shown(one.name, 40)}"
    base.draw(
        laid(charts.calibration, frame, title=title),
        f"{title} against its predicted probability, with intervals",
        frame,
        f"cal-{one.name}",
    )


def errors(report: RegressionReport) -> None:
    """Draw how the errors are spread and whether they depend on what is predicted."""
    left, right = st.columns(2)
    with left:
        st.markdown(tongue.say("**How far off**"))
        frame = charts.residual_frame(report)
        base.draw(laid(charts.residuals, frame), "Histogram of actual minus predicted", frame, "residuals")
    with right:
        st.markdown(tongue.say("**Where it is off**"))
        frame = charts.by_prediction_frame(report)
        base.draw(laid(charts.by_prediction, frame), "Mean error over the predicted value, with intervals", frame, "by")
