"""Charts of one table cut into windows: performance, groups, and how far one column moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from governance.drift import VERDICTS, Estimate, GroupPoint, OverTime
from governance.language import mark
from pages._ui import palette
from pages._ui.charts.base import tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

WITH: Final = mark("with labels")
WITHOUT: Final = mark("expected without labels")
_COLUMNS: Final = ["window", "kind", "value", "low", "high", "rows"]
_LABELLED: Final = 24
"""More windows than this leave labels of the axis out."""


def performance_table(found: OverTime) -> pd.DataFrame:
    """Return the main metric per window, with labels and as expected without."""
    rows = [
        _row(item.label, kind, value)
        for item in found.windows
        for kind, value in ((WITH, item.with_labels), (WITHOUT, item.without_labels))
        if value is not None
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def groups_table(found: OverTime, attribute: str) -> pd.DataFrame:
    """Return the main metric per window and group of one attribute, the reference first."""
    parts: list[tuple[str, Sequence[GroupPoint]]] = [("reference", found.reference_groups)]
    parts += [(item.label, item.groups) for item in found.windows]
    rows = [
        _row(label, shown(point.group, 40), point.value)
        for label, points in parts
        for point in points
        if point.attribute == attribute
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(window: str, kind: str, value: Estimate) -> dict[str, object]:
    return {"window": window, "kind": kind, "value": value.value, "low": value.low, "high": value.high, "rows": value.n}


def points(frame: pd.DataFrame, metric: str, windows: Sequence[str], mark: float | None = None) -> AnyChart:
    """Return dots with intervals per window, one colour and shape per kind; `mark` draws the reference.

    Args:
        frame: what `performance_table` or `groups_table` returned.
        metric: what is measured, in words.
        windows: their labels in order.
        mark: the same on the reference, None for no line.
    """
    kinds = list(dict.fromkeys(frame["kind"]))
    base = alt.Chart(frame, height=260)
    x, beside = _axis(windows), alt.XOffset("kind:N", sort=kinds)
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False))
    colour = alt.Color("kind:N", sort=kinds)
    rules = base.mark_rule(strokeWidth=2).encode(
        x=x,
        xOffset=beside,
        y=alt.Y("low:Q", title=metric, scale=alt.Scale(zero=False)),
        y2=alt.Y2("high:Q"),
        color=colour,
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, xOffset=beside, y=y, color=colour, shape=alt.Shape("kind:N", sort=kinds), tooltip=tooltips(frame.columns)
    )
    layers = [rules, dots]
    if mark is not None:
        line = alt.Chart({"values": [{"mark": mark}]}).mark_rule(color=palette.MUTED, strokeDash=[4, 3])
        layers.append(line.encode(y=alt.Y("mark:Q", title=metric)))
    layered: AnyChart = alt.layer(*layers)
    return layered


def _axis(windows: Sequence[str]) -> alt.X:
    step = -(-len(windows) // _LABELLED)
    kept = list(windows[::step])
    axis = alt.Axis(labelAngle=-40 if len(windows) > 6 else 0, labelLimit=110, values=kept)
    return alt.X("window:N", sort=list(windows), title=None, axis=axis)


def column_table(found: OverTime, name: str) -> pd.DataFrame:
    """Return how far one column moved in each window."""
    rows = [
        {
            "window": item.label,
            "times the limit": item.columns[name].times,
            "verdict": VERDICTS[item.columns[name].verdict],
            "missing": item.columns[name].missing,
            "rows": item.rows,
        }
        for item in found.windows
        if name in item.columns
    ]
    return pd.DataFrame(rows, columns=["window", "times the limit", "verdict", "missing", "rows"])


def column(frame: pd.DataFrame, windows: Sequence[str]) -> AnyChart:
    """Return bars from zero of how far a column moved per window; the line marks what matters in practice."""
    bars = (
        alt.Chart(frame, height=220)
        .mark_bar()
        .encode(
            x=_axis(windows),
            y=alt.Y("times the limit:Q", title="times what matters"),
            color=alt.Color(
                "verdict:N",
                scale=alt.Scale(
                    domain=list(VERDICTS.values()),
                    range=[palette.ORANGE, palette.BLUE, palette.GREY, palette.OLIVE],
                ),
            ),
            tooltip=tooltips(frame.columns),
        )
    )
    limit = (
        alt.Chart({"values": [{"limit": 1}]})
        .mark_rule(color=palette.MUTED, strokeDash=[4, 3])
        .encode(y=alt.Y("limit:Q"))
    )
    layered: AnyChart = alt.layer(bars, limit)
    return layered
