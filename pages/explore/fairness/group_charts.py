"""Charts about groups: dots with intervals, rates over thresholds, and what less disparity costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from governance.evidence import sentence_case
from governance.fairness import VERDICTS, AtThreshold, Frontier, GroupResult, Polarity, harm
from governance.statistics import title
from pages._ui import palette
from pages._ui.charts.base import BAR, clickable, tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

TITLE: Final = "Largest difference in the share selected (0 is best)"
_COLOURS: Final = (palette.ORANGE, palette.BLUE, palette.BROWN, palette.GREY)
FURNITURE: Final = 124
"""Height that the axis, its title and the legend take of a chart, pixels."""
_SHAPES: Final = ("diamond", "circle", "square", "circle")


def group_frame(groups: Sequence[GroupResult], metric: str, polarity: Polarity) -> pd.DataFrame:
    """Return the groups that can be judged on a metric, the worst off first."""
    rows = []
    for group in groups:
        item = group.metric(metric)
        if item is None or item.value is None:
            continue
        rows.append(
            {
                "Group": shown(group.name),
                title(metric): item.value,
                "Low": item.low,
                "High": item.high,
                "Verdict": sentence_case(VERDICTS.get(item.verdict, "not judged")),
                "Difference": item.against.difference if item.against else None,
                "Rows": group.n,
                "_harm": harm(item, polarity),
            }
        )
    frame = pd.DataFrame(
        rows, columns=["Group", title(metric), "Low", "High", "Verdict", "Difference", "Rows", "_harm"]
    )
    return frame.sort_values("_harm", ascending=False, kind="stable").drop(columns="_harm").reset_index(drop=True)


def dots(frame: pd.DataFrame, metric: str, reference: float | None, *, share: bool) -> AnyChart:
    """Return one dot with its interval per group; shape and colour say the verdict, a dashed line the reference."""
    name = title(metric)
    axis = alt.Axis(format="%") if share else alt.Axis()
    scale = alt.Scale(zero=share)
    base = alt.Chart(frame)
    y = alt.Y("Group:N", sort=None, title=None)
    look = {
        "color": alt.Color(
            "Verdict:N",
            scale=alt.Scale(domain=[sentence_case(said) for said in VERDICTS.values()], range=list(_COLOURS)),
        ),
        "shape": alt.Shape(
            "Verdict:N",
            scale=alt.Scale(domain=[sentence_case(said) for said in VERDICTS.values()], range=list(_SHAPES)),
        ),
    }
    tooltip = [alt.Tooltip(field=column, title=column, type=_type(frame, column)) for column in frame.columns]
    x = alt.X(field=name, type="quantitative", title=name, axis=axis, scale=scale)
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X("Low:Q", title=name, axis=axis, scale=scale), x2=alt.X2("High:Q"), tooltip=tooltip
    )
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(y=y, x=x, tooltip=tooltip, **look)
    layers = [rule, dot.add_params(clickable("Group"))]
    if reference is not None:
        line = alt.Chart(pd.DataFrame({"at": [reference]})).mark_rule(color=palette.BROWN, strokeDash=[4, 3])
        layers.insert(0, line.encode(x=alt.X("at:Q", title=name, axis=axis, scale=scale)))
    layered: AnyChart = alt.layer(*layers).properties(height=(BAR + 8) * len(frame) + FURNITURE)
    return layered


def _type(frame: pd.DataFrame, column: str) -> Any:
    return "quantitative" if frame[column].dtype.kind in "fiu" else "nominal"


def threshold_frame(points: Sequence[AtThreshold]) -> pd.DataFrame:
    """Return the rates of each group at one threshold."""
    return pd.DataFrame(
        {
            "Group": [shown(point.name or "All people") for point in points],
            "Selected": [point.selection_rate for point in points],
            title("true_positive_rate"): [point.true_positive_rate for point in points],
            title("false_positive_rate"): [point.false_positive_rate for point in points],
            title("precision"): [point.precision for point in points],
            "Accuracy": [point.accuracy for point in points],
            "Rows": [point.n for point in points],
        }
    )


def frontier_frame(points: Sequence[Frontier]) -> pd.DataFrame:
    """Return accuracy against disparity, one row per threshold."""
    return pd.DataFrame(
        {
            "Threshold": [point.threshold for point in points],
            "Accuracy": [point.accuracy for point in points],
            "Accuracy low": [point.accuracy_low for point in points],
            "Accuracy high": [point.accuracy_high for point in points],
            "Disparity": [point.disparity for point in points],
            "Disparity low": [point.disparity_low for point in points],
            "Disparity high": [point.disparity_high for point in points],
            "Choice": ["Not beaten in both" if point.efficient else "Beaten by another" for point in points],
        }
    )


def frontier(frame: pd.DataFrame) -> AnyChart:
    """Return one dot per threshold with both intervals; thresholds that no other beats in both respects stand out."""
    base = alt.Chart(frame)
    x = alt.X("Disparity:Q", title=TITLE, scale=alt.Scale(zero=True))
    y = alt.Y("Accuracy:Q", scale=alt.Scale(zero=False), axis=alt.Axis(format="%"))
    colour = alt.Color(
        "Choice:N",
        scale=alt.Scale(domain=["Not beaten in both", "Beaten by another"], range=[palette.ORANGE, palette.MUTED]),
    )
    across = base.mark_rule(opacity=0.35).encode(
        x=alt.X("Disparity low:Q", title=TITLE), x2=alt.X2("Disparity high:Q"), y=y, color=colour
    )
    along = base.mark_rule(opacity=0.35).encode(
        x=x,
        y=alt.Y("Accuracy low:Q", title="Accuracy", axis=alt.Axis(format="%")),
        y2=alt.Y2("Accuracy high:Q"),
        color=colour,
    )
    dots_layer = base.mark_circle(size=70, opacity=1).encode(
        x=x,
        y=y,
        color=colour,
        tooltip=tooltips(["Threshold:Q", "Accuracy:Q", "Disparity:Q", "Choice:N"]),
    )
    layered: AnyChart = alt.layer(across, along, dots_layer).properties(height=340)
    return layered
