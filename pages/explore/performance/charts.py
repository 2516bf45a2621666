"""Charts about how right a model is: confusion, ROC, precision and recall, calibration, residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import altair as alt
import pandas as pd

from governance.evidence import sentence_case
from governance.performance import (
    BinaryReport,
    ClassReport,
    Confusion,
    MulticlassReport,
    RegressionReport,
    ThresholdCurve,
    gains,
)
from governance.statistics import title
from pages._ui import palette
from pages._ui.charts.base import tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

FOUND: Final = title("true_positive_rate")
WRONGLY: Final = title("false_positive_rate")
PRECISE: Final = title("precision")

SELECTED: Final = title("selection_rate")
LIFT: Final = "Lift"

SIZE = 280
"""Height of a chart, pixels."""


@dataclass(frozen=True, slots=True)
class Said:
    """What people call the two labels and the two decisions."""

    positive: str
    """Rows with the positive label: "repaid"."""
    negative: str
    selected: str = "selected"
    """What is decided from the threshold on: "approved"."""
    not_selected: str = "not selected"


def confusion_frame(point: Confusion, said: Said) -> pd.DataFrame:
    """Return the four counts with their share of the rows of the same label."""
    yes, no = shown(said.positive), shown(said.negative)
    chosen, left = sentence_case(shown(said.selected)), sentence_case(shown(said.not_selected))
    rows = [
        (no, left, point.true_negative, point.true_negative + point.false_positive, "Right"),
        (no, chosen, point.false_positive, point.true_negative + point.false_positive, "Wrong"),
        (yes, left, point.false_negative, point.false_negative + point.true_positive, "Wrong"),
        (yes, chosen, point.true_positive, point.false_negative + point.true_positive, "Right"),
    ]
    return pd.DataFrame(
        [
            (label, decision, count, count / base if base else 0.0, state)
            for label, decision, count, base, state in rows
        ],
        columns=["Label", "Decision", "Rows", "Share of the label", "Decision is"],
    )


def confusion(frame: pd.DataFrame) -> AnyChart:
    """Return two bars from 0 to 100 % per label: what was decided about the rows of that label."""
    base = alt.Chart(frame, height=190)
    y = alt.Y("Label:N", sort=None, title="Label")
    x = alt.X(
        "Share of the label:Q", stack="zero", axis=alt.Axis(format="%"), title="Share of the rows with this label"
    )
    colour = alt.Color(
        "Decision:N", scale=alt.Scale(domain=list(frame["Decision"][1::-1]), range=[palette.BLUE, palette.OLIVE])
    )
    bars = base.mark_bar().encode(
        x=x, y=y, color=colour, order=alt.Order("Decision:O"), tooltip=tooltips(frame.columns)
    )
    chart: AnyChart = bars
    return chart


def curve_frame(curve: ThresholdCurve) -> pd.DataFrame:
    """Return the rates at each threshold."""
    frame = pd.DataFrame({"Threshold": curve.thresholds, "tp": curve.true_positives, "fp": curve.false_positives})
    frame[FOUND] = frame.tp / max(curve.positives, 1)
    frame[WRONGLY] = frame.fp / max(curve.negatives, 1)
    frame[PRECISE] = (frame.tp / (frame.tp + frame.fp)).where(frame.tp + frame.fp > 0)
    frame["Selected"] = (frame.tp + frame.fp) / max(curve.positives + curve.negatives, 1)
    return frame.drop(columns=["tp", "fp"])


def roc(frame: pd.DataFrame, at: pd.DataFrame) -> AnyChart:
    """Return the ROC curve with the diagonal of guessing and a mark at the chosen threshold."""
    x = alt.X(f"{WRONGLY}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    y = alt.Y(f"{FOUND}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    guess = pd.DataFrame({WRONGLY: [0.0, 1.0], FOUND: [0.0, 1.0]})
    line = alt.Chart(guess).mark_line(color=palette.MUTED, strokeDash=[4, 3]).encode(x=x, y=y)
    drawn = (
        alt.Chart(frame).mark_line(color=palette.ACCENT, strokeWidth=2).encode(x=x, y=y, order=alt.Order("Threshold:Q"))
    )
    mark = (
        alt.Chart(at)
        .mark_point(filled=True, size=120, color=palette.ORANGE, opacity=1)
        .encode(x=x, y=y, tooltip=tooltips(at.columns))
    )
    layered: AnyChart = alt.layer(line, drawn, mark).properties(height=SIZE)
    return layered


def precision_recall(frame: pd.DataFrame, at: pd.DataFrame, base_rate: float) -> AnyChart:
    """Return precision over recall with the base rate as the line of guessing and a mark at the chosen threshold."""
    x = alt.X(
        f"{FOUND}:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%"),
    )
    y = alt.Y(f"{PRECISE}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    guess = alt.Chart(pd.DataFrame({"at": [base_rate]})).mark_rule(color=palette.MUTED, strokeDash=[4, 3])
    drawn = (
        alt.Chart(frame.dropna())
        .mark_line(color=palette.ACCENT, strokeWidth=2)
        .encode(x=x, y=y, order=alt.Order("Threshold:Q"))
    )
    mark = alt.Chart(at.dropna()).mark_point(filled=True, size=120, color=palette.ORANGE, opacity=1)
    layered: AnyChart = alt.layer(
        guess.encode(y=alt.Y("at:Q", title=PRECISE)), drawn, mark.encode(x=x, y=y, tooltip=tooltips(at.columns))
    ).properties(height=SIZE)
    return layered


def gains_frame(curve: ThresholdCurve) -> pd.DataFrame:
    """Return the gains and the lift from the highest threshold to the lowest."""
    return pd.DataFrame(
        [(item.threshold, item.selected, item.found, item.lift) for item in gains(curve)],
        columns=["Threshold", SELECTED, FOUND, LIFT],
    )


def cumulative_gains(frame: pd.DataFrame, at: pd.DataFrame) -> AnyChart:
    """Return what is found over what is selected, with the diagonal of chance and a mark at the chosen threshold."""
    x = alt.X(f"{SELECTED}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    y = alt.Y(f"{FOUND}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    chance = pd.DataFrame({SELECTED: [0.0, 1.0], FOUND: [0.0, 1.0]})
    line = alt.Chart(chance).mark_line(color=palette.MUTED, strokeDash=[4, 3]).encode(x=x, y=y)
    return _marked(line, frame, at, x, y)


def lift(frame: pd.DataFrame, at: pd.DataFrame) -> AnyChart:
    """Return the lift over what is selected, with 1 as the line of chance and a mark at the chosen threshold."""
    x = alt.X(f"{SELECTED}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    y = alt.Y(f"{LIFT}:Q", scale=alt.Scale(zero=True))
    line = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(color=palette.MUTED, strokeDash=[4, 3])
    return _marked(line.encode(y=alt.Y("at:Q", title=LIFT)), frame.dropna(), at.dropna(), x, y)


def _marked(line: AnyChart, frame: pd.DataFrame, at: pd.DataFrame, x: alt.X, y: alt.Y) -> AnyChart:
    drawn = (
        alt.Chart(frame).mark_line(color=palette.ACCENT, strokeWidth=2).encode(x=x, y=y, order=alt.Order("Threshold:Q"))
    )
    mark = alt.Chart(at).mark_point(filled=True, size=120, color=palette.ORANGE, opacity=1)
    layered: AnyChart = alt.layer(line, drawn, mark.encode(x=x, y=y, tooltip=tooltips(at.columns))).properties(
        height=SIZE
    )
    return layered


def calibration_frame(report: BinaryReport | ClassReport) -> pd.DataFrame:
    """Return the calibration bins of the score, or of one class's score."""
    return pd.DataFrame(
        {
            "Mean score": [item.mean_score for item in report.calibration],
            "What happened": [item.rate for item in report.calibration],
            "Low": [item.rate_low for item in report.calibration],
            "High": [item.rate_high for item in report.calibration],
            "Rows": [item.n for item in report.calibration],
            "From": [item.low for item in report.calibration],
            "To": [item.high for item in report.calibration],
        }
    )


def calibration(
    frame: pd.DataFrame, cut: float | None = None, title: str = "Share with the positive label"
) -> AnyChart:
    """Return what happened against what was predicted, with intervals, the diagonal of perfect calibration, and the threshold."""
    scale, axis = alt.Scale(domain=[0, 1]), alt.Axis(format="%")
    x = alt.X("Mean score:Q", title="Predicted", scale=scale, axis=axis)
    y = alt.Y("What happened:Q", title=title, scale=scale, axis=axis)
    ideal = pd.DataFrame({"Mean score": [0.0, 1.0], "What happened": [0.0, 1.0]})
    line = alt.Chart(ideal).mark_line(color=palette.MUTED, strokeDash=[4, 3]).encode(x=x, y=y)
    base = alt.Chart(frame)
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        x=x, y=alt.Y("Low:Q", title=title, scale=scale, axis=axis), y2=alt.Y2("High:Q")
    )
    dots = base.mark_circle(size=80, color=palette.ACCENT, opacity=1).encode(x=x, y=y, tooltip=tooltips(frame.columns))
    layers = [line, rule, dots]
    if cut is not None and 0 <= cut <= 1:
        at = alt.Chart(pd.DataFrame({"at": [cut]})).mark_rule(color=palette.ORANGE, strokeWidth=2)
        layers.append(at.encode(x=alt.X("at:Q", title="Predicted", scale=scale, axis=axis)))
    layered: AnyChart = alt.layer(*layers).properties(height=SIZE)
    return layered


def residual_frame(report: RegressionReport) -> pd.DataFrame:
    """Return the histogram of residuals."""
    return pd.DataFrame({"From": report.edges[:-1], "To": report.edges[1:], "Rows": report.counts})


def residuals(frame: pd.DataFrame) -> AnyChart:
    """Return the histogram of residuals; 0 is marked."""
    bars = (
        alt.Chart(frame)
        .mark_bar(color=palette.ACCENT)
        .encode(
            x=alt.X("From:Q", bin="binned", title="Actual minus predicted"),
            x2=alt.X2("To:Q"),
            y=alt.Y("Rows:Q"),
            tooltip=tooltips(frame.columns),
        )
    )
    zero = (
        alt.Chart(pd.DataFrame({"at": [0.0]}))
        .mark_rule(color=palette.ORANGE, strokeDash=[4, 3])
        .encode(x=alt.X("at:Q", title="Actual minus predicted"))
    )
    layered: AnyChart = alt.layer(bars, zero).properties(height=SIZE)
    return layered


def by_prediction_frame(report: RegressionReport) -> pd.DataFrame:
    """Return the mean residual over the predicted value."""
    return pd.DataFrame(
        {
            "Predicted": [item.mean_predicted for item in report.by_prediction],
            "Actual": [item.mean_actual for item in report.by_prediction],
            "Mean residual": [item.mean_residual for item in report.by_prediction],
            "Low": [item.low_residual for item in report.by_prediction],
            "High": [item.high_residual for item in report.by_prediction],
            "Rows": [item.n for item in report.by_prediction],
        }
    )


def by_prediction(frame: pd.DataFrame) -> AnyChart:
    """Return the mean residual with its interval over the predicted value; 0 is marked."""
    base = alt.Chart(frame)
    x, title = alt.X("Predicted:Q", scale=alt.Scale(zero=False)), "Mean of actual minus predicted"
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=palette.ORANGE, strokeDash=[4, 3])
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        x=x, y=alt.Y("Low:Q", title=title), y2=alt.Y2("High:Q")
    )
    dots = base.mark_circle(size=80, color=palette.ACCENT, opacity=1).encode(
        x=x, y=alt.Y("Mean residual:Q", title=title), tooltip=tooltips(frame.columns)
    )
    layered: AnyChart = alt.layer(zero.encode(y=alt.Y("at:Q", title=title)), rule, dots).properties(height=SIZE)
    return layered


def classes_frame(report: MulticlassReport) -> pd.DataFrame:
    """Return one row per pair of label and decision."""
    rows = [
        (shown(report.classes[i]), shown(report.classes[j]), count, count / max(sum(line), 1))
        for i, line in enumerate(report.confusion)
        for j, count in enumerate(line)
    ]
    return pd.DataFrame(rows, columns=["Label", "Decision", "Rows", "Share of the label"])


def classes(frame: pd.DataFrame) -> AnyChart:
    """Return the confusion matrix of many classes, coloured by the share of each label's rows."""
    base = alt.Chart(frame)
    x, y = alt.X("Decision:N", sort=None), alt.Y("Label:N", sort=None)
    cells = base.mark_rect().encode(
        x=x,
        y=y,
        color=alt.Color(
            "Share of the label:Q", scale=alt.Scale(range=list(palette.SEQUENTIAL[:3]), domain=[0, 1]), legend=None
        ),
        tooltip=tooltips(frame.columns),
    )
    counts = base.mark_text(color="black").encode(x=x, y=y, text=alt.Text("Rows:Q", format=","))
    layered: AnyChart = alt.layer(cells, counts).properties(height=36 * frame["Label"].nunique() + 80)
    return layered


def per_class_frame(report: MulticlassReport) -> pd.DataFrame:
    """Return one row per class with its measures against the rest, named in words."""
    rows = [
        {"class": shown(one.name, 60), "rows": one.support} | {title(item.metric): item.value for item in one.measures}
        for one in report.per_class
    ]
    return pd.DataFrame(rows)
