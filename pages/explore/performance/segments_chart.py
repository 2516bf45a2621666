"""Charts of weak segments: how far each lies above the rest, and the error tree."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from governance.data import Dictionary, spoken_rows
from governance.performance import ErrorNode, Segment, SegmentsReport, segment_words
from pages._ui import palette
from pages._ui.charts.base import AXIS, clickable, tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

ROW: Final = 58
"""Height of a segment with its filter on up to three lines, pixels."""
TREE: Final = 320
"""Height of the error tree, pixels."""
LEGIBLE: Final = 0.12
"""A node with a smaller share of the rows has no room for words; its tooltip has them."""


def segments_frame(report: SegmentsReport, words: Dictionary) -> pd.DataFrame:
    """Return one row per segment, in the order of the report."""
    rows = [_segment_row(report, number, item, words) for number, item in enumerate(report.segments, 1)]
    names = [
        "cohort",
        "Rows with",
        "Verdict",
        "Above the rest",
        "Low",
        "High",
        "Error",
        "Error of the rest",
        "Rows",
        "Share of rows",
    ]
    return pd.DataFrame(rows, columns=[*names, "Share of errors", "Judged rows"])


def _segment_row(report: SegmentsReport, number: int, item: Segment, words: Dictionary) -> tuple[object, ...]:
    called = f"{number}: {shown(spoken_rows(item.cohort, words), 160)}"
    ends = item.difference, item.difference_low, item.difference_high
    sizes = item.error, item.rest, item.rows, item.share, item.share_of_errors, item.judged
    return item.cohort, called, segment_words.verdict(report, item), *ends, *sizes


def segments(frame: pd.DataFrame, unit: str, *, share: bool) -> AnyChart:
    """Return one dot per segment with its corrected interval; 0 is as often wrong as the rest."""
    labels = alt.Axis(labelExpr="split(datum.label, ' and ')", labelLimit=330, labelLineHeight=14)
    y = alt.Y("Rows with:N", sort=None, title=None, axis=labels)
    axis = alt.Axis(format="+.0%" if share else "+.3~g")
    x = alt.X("Above the rest:Q", title=unit, axis=axis)
    colour = alt.Color(
        "Verdict:N",
        scale=alt.Scale(
            domain=["more errors" if share else "larger errors", "not beyond chance"],
            range=[palette.ORANGE, palette.MUTED],
        ),
    )
    click = clickable("cohort")
    tips = tooltips(name for name in frame.columns if name != "cohort")
    base = alt.Chart(frame, height=ROW * len(frame) + AXIS)
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X("Low:Q", title=unit, axis=axis), x2=alt.X2("High:Q")
    )
    dot = (
        base.mark_circle(size=140, opacity=1, cursor="pointer")
        .encode(y=y, x=x, color=colour, tooltip=tips)
        .add_params(click)
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=palette.MUTED, strokeDash=[4, 3])
    layered: AnyChart = alt.layer(zero.encode(x=alt.X("at:Q", title=unit, axis=axis)), rule, dot)
    return layered


def tree_frame(report: SegmentsReport, words: Dictionary) -> pd.DataFrame:
    """Return one row per node of the error tree with its place: columns by depth, heights by share of rows."""
    depth, top, filled = {-1: -1}, {-1: 0.0}, {-1: 0.0}
    rows = []
    for node in report.tree:
        depth[node.id] = depth[node.parent] + 1
        top[node.id] = filled[node.parent]
        filled[node.parent] += node.share
        filled[node.id] = top[node.id]
        rows.append(_node_row(report, node, words, place=(depth[node.id], top[node.id])))
    names = [
        "cohort",
        "Rows with",
        "Error",
        "Low",
        "High",
        "Rows",
        "Share of rows",
        "left",
        "right",
        "top",
        "bottom",
        "words",
        "size",
    ]
    return pd.DataFrame(rows, columns=names)


def _node_row(
    report: SegmentsReport, node: ErrorNode, words: Dictionary, *, place: tuple[int, float]
) -> tuple[object, ...]:
    depth, top = place
    legible = node.share >= LEGIBLE
    test = shown(spoken_rows(node.test, words) or "all rows", 60) if legible else ""
    size = segment_words.amount(report, node.error) if legible else ""
    called = shown(spoken_rows(node.cohort, words) or "all rows", 200)
    sizes = node.error, node.low, node.high, node.rows, node.share
    return node.cohort, called, *sizes, depth, depth + 1, top, top + node.share, test, size


def tree(frame: pd.DataFrame) -> AnyChart:
    """Return the error tree from left to right: a block is as high as its share of the rows and as dark as its error."""
    tips = tooltips(["Rows with", "Error", "Low", "High", "Rows", "Share of rows"])
    base = alt.Chart(frame, height=TREE)
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, float(frame["right"].max())], nice=False))
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[0, 1], reverse=True, nice=False))
    colour = alt.Color("Error:Q", scale=alt.Scale(range=list(palette.SEQUENTIAL[:3]), zero=False), legend=None)
    blocks = (
        base.mark_rect(stroke="white", strokeWidth=2, cursor="pointer")
        .encode(x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("bottom:Q"), color=colour, tooltip=tips)
        .add_params(clickable("cohort"))
    )
    text: dict[str, Any] = {
        "align": "left",
        "baseline": "top",
        "color": "black",
        "dx": 6,
        "limit": 150,
        "tooltip": None,
    }
    words = base.mark_text(**text, dy=6, fontSize=12).encode(x=x, y=y, text=alt.Text("words:N"))
    size = base.mark_text(**text, dy=22, fontSize=13, fontWeight="bold").encode(x=x, y=y, text=alt.Text("size:N"))
    layered: AnyChart = alt.layer(blocks, words, size)
    return layered
