"""Charts of attributions: what raises the output is orange, what lowers it is blue; words say it too."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

import altair as alt
import numpy as np
import pandas as pd

from governance.explain import Importance, LimeExplanation, LocalExplanation, WhatIf, shade
from governance.language import mark
from pages._ui import palette
from pages._ui.charts.base import BAR, Data, clickable, interval_bars, tall, tooltips
from pages._ui.charts.behind import Columns
from pages._ui.charts.layouts import Layout, layout
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

RAISES: Final = mark("raises")
LOWERS: Final = mark("lowers")
_SIDES: Final = alt.Scale(domain=[RAISES, LOWERS], range=[palette.RAISES, palette.LOWERS])
_SIDE_OF_ALIGN: Final[dict[str, Literal["left", "right"]]] = {"left": "right", "right": "left"}
"""Side of an end of a waterfall -> how its name is aligned: away from the bars."""
_LABEL: Final = 56
"""Pixels kept free on both sides of a waterfall, so that the numbers at the bars and the names of its ends are not cut."""
_OTHERS: Final = "all other columns"


def importance_frame(importance: Sequence[Importance], top: int = 15) -> pd.DataFrame:
    """Return the largest importances as a table."""
    return pd.DataFrame(
        {
            "column": [shown(item.feature, 60) for item in importance[:top]],
            "mean |attribution|": [item.mean_abs for item in importance[:top]],
            "low": [item.low for item in importance[:top]],
            "high": [item.high for item in importance[:top]],
            "mean": [item.mean for item in importance[:top]],
        }
    )


def importance_bars(frame: pd.DataFrame, units: str) -> AnyChart:
    """Return bars with intervals from `importance_frame`."""
    return interval_bars(frame, "column", "mean |attribution|", f"mean |attribution|, {units}", low="low", high="high")


def swarm_frame(values: pd.DataFrame, attributions: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return one row per dot: column, attribution, the value as text, and where the value stands among the others."""
    parts = []
    for name in names:
        column = values[name] if name in values.columns else pd.Series([""] * len(values))
        parts.append(
            pd.DataFrame(
                {
                    "column": shown(name, 60),
                    "attribution": attributions[name].to_numpy(dtype=np.float64),
                    "value": [shown(item, 40) for item in column],
                    "standing": shade(column),
                    "shift": _spread(attributions[name].to_numpy(dtype=np.float64)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _spread(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return vertical places for dots: dots with like attributions are stacked around the middle line."""
    width = np.ptp(values) / 60 or 1.0
    cell = np.round((values - values.min()) / width).astype(int)
    order = np.argsort(cell, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(cell))))[:-1]
    place = np.empty(len(values), int)
    place[order] = np.arange(len(values)) - start[cell[order]]
    offset = np.where(place % 2 == 0, place // 2, -(place + 1) // 2)
    return np.asarray(offset / max(1, int(np.abs(offset).max())))


def bars_to_click(frame: pd.DataFrame, units: str) -> AnyChart:
    """Return the bars of importance, of which one can be clicked for its column."""
    chart: AnyChart = importance_bars(frame, units).add_params(clickable("column"))
    return chart


def swarm(frame: pd.DataFrame, units: str) -> AnyChart:
    """Return a beeswarm: a dot is a row, its colour the standing of its value (grey for words)."""
    names = list(dict.fromkeys(frame["column"]))
    colour = alt.condition(
        "datum.standing < 0",
        alt.value(palette.MUTED),
        alt.Color(
            "standing:Q",
            scale=alt.Scale(domain=[0, 1], range=list(reversed(palette.DIVERGING))),
            legend=alt.Legend(format="%", gradientLength=140, title="value among all rows"),
        ),
    )
    dots = (
        alt.Chart(frame)
        .mark_circle(size=14, opacity=0.55)
        .encode(
            x=alt.X("attribution:Q", title=f"attribution, {units}"),
            y=alt.Y("column:N", sort=names, title=None),
            yOffset=alt.YOffset("shift:Q", scale=alt.Scale(domain=[-1.4, 1.4])),
            color=colour,
            tooltip=[alt.Tooltip("column"), alt.Tooltip("value"), alt.Tooltip("attribution", format=".4g")],
        )
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=palette.MUTED).encode(x=alt.X("zero:Q"))
    layered: AnyChart = alt.layer(zero, dots).properties(height=34 * len(names) + 130)
    return layered


def dependence(frame: pd.DataFrame, name: str, by: str, units: str) -> AnyChart:
    """Return the attribution of a column against its value, coloured by another column.

    Args:
        frame: columns "value", "attribution" and "other".
        name: the column on the horizontal axis.
        by: the column of the colours.
        units: units of the attribution.
    """
    numeric = frame["value"].dtype.kind in "fiu"
    numbers = frame["other"].dtype.kind in "fiu"
    scale = alt.Scale(range=[palette.LOWERS, palette.RAISES]) if numbers else alt.Scale(range=list(palette.CATEGORIES))
    x = (
        alt.X("value:Q", title=shown(name, 60), scale=alt.Scale(zero=False))
        if numeric
        else alt.X("value:N", title=shown(name, 60))
    )
    chart: AnyChart = (
        alt.Chart(frame, height=330)
        .mark_circle(size=22, opacity=0.6)
        .encode(
            x=x,
            xOffset=alt.Undefined if numeric else alt.XOffset("jitter:Q"),
            y=alt.Y("attribution:Q", title=f"attribution, {units}"),
            color=alt.Color(f"other:{'Q' if numbers else 'N'}", scale=scale, legend=alt.Legend(title=shown(by, 60))),
            tooltip=[alt.Tooltip("value"), alt.Tooltip("other"), alt.Tooltip("attribution", format=".4g")],
        )
    )
    return chart


def cohorts(frame: pd.DataFrame, units: str) -> AnyChart:
    """Return importances of two cohorts side by side with their intervals.

    Args:
        frame: columns "column", "rows", "mean |attribution|", "low" and "high".
        units: units of the attributions.
    """
    title = f"mean |attribution|, {units}"
    base = alt.Chart(frame, height=tall(len(frame)))
    y, offset = alt.Y("column:N", sort=None, title=None), alt.YOffset("rows:N", sort=None)
    tooltip = [*tooltips(["column", "rows"]), alt.Tooltip("mean |attribution|", format=".4g")]
    bars = base.mark_bar().encode(
        x=alt.X("mean |attribution|:Q", title=title),
        y=y,
        yOffset=offset,
        color=alt.Color("rows:N", sort=None),
        tooltip=tooltip,
    )
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        x=alt.X("low:Q", title=title), x2=alt.X2("high"), y=y, yOffset=offset, tooltip=tooltip
    )
    layered: AnyChart = alt.layer(bars, rule)
    return layered


def by_class(frame: pd.DataFrame, columns: Sequence[str], units: str) -> AnyChart:
    """Return one square per column and class, the darker the more the column moves the score of the class.

    Args:
        frame: columns "column", "class" and "mean |attribution|".
        columns: the columns from top to bottom.
        units: units of the attributions.
    """
    chart: AnyChart = (
        alt.Chart(frame, height=tall(len(columns)) + 40)
        .mark_rect()
        .encode(
            x=alt.X("class:N", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
            y=alt.Y("column:N", sort=[shown(name, 60) for name in columns], title=None),
            color=alt.Color(
                "mean |attribution|:Q",
                scale=alt.Scale(domainMin=0, range=list(palette.SEQUENTIAL)),
                legend=alt.Legend(title=f"mean |attribution|, {units}", gradientLength=140),
            ),
            tooltip=[alt.Tooltip("column"), alt.Tooltip("class"), alt.Tooltip("mean |attribution|", format=".4g")],
        )
    )
    return chart


def waterfall_frame(explanation: LocalExplanation | WhatIf, top: int = 10) -> pd.DataFrame:
    """Return `waterfall_columns` as a frame."""
    return pd.DataFrame(waterfall_columns(explanation, top))


def waterfall_columns(explanation: LocalExplanation | WhatIf, top: int = 10) -> Columns:
    """Return the steps from the base value to the model's output; small ones are summed up in the last step.

    Args:
        explanation: of a row as it is, or with edits: then the steps lead to the answer with the edits.
        top: steps with a bar of their own.
    """
    items = _shares(explanation)
    steps = [(f"{shown(name, 40)} = {shown(value, 30)}", share) for name, value, share in items[:top]]
    if len(items) > top:
        steps.append((f"{_OTHERS} ({len(items) - top})", sum(share for *_, share in items[top:])))
    shares = [share for _, share in steps]
    ends = [explanation.base_value + end for end in accumulate(shares)]
    return {
        "step": [name for name, _ in steps],
        "attribution": shares,
        "from": [explanation.base_value, *ends[:-1]],
        "to": ends,
        "effect": [RAISES if share >= 0 else LOWERS for share in shares],
        "label": [f"{share:+.3f}".replace("-", "−") for share in shares],
    }


def _shares(explanation: LocalExplanation | WhatIf) -> list[tuple[str, str, float]]:
    """Return (column, its value, its attribution), the largest first."""
    if isinstance(explanation, LocalExplanation):
        return [(item.feature, item.value, item.attribution) for item in explanation.values]  # noqa: PD011
    return [(item.feature, item.value_after, item.attribution_after) for item in explanation.values]  # noqa: PD011


READABLE: Final = ("step", "attribution", "from", "to", "effect")
"""Columns of the steps without what only the drawing needs."""


def readable_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Return the steps without what only the drawing needs."""
    return steps[list(READABLE)]


def ends_frame(start: float, end: float) -> pd.DataFrame:
    """Return `ends_columns` as a frame."""
    return pd.DataFrame(ends_columns(start, end))


def ends_columns(start: float, end: float) -> Columns:
    """Return the two places that a waterfall leads between."""
    return {
        "at": [start, end],
        "name": ["average", "this row"],
        "side": ["left", "right"] if start <= end else ["right", "left"],
    }


def waterfall(steps: Data, ends: Data, bars: int, units: str) -> AnyChart:
    """Return a waterfall from the base value to the model's output.

    Args:
        steps: rows as `waterfall_frame` gives them.
        ends: rows as `ends_frame` gives them.
        bars: number of steps.
        units: what one unit of the model's output means.
    """
    base = alt.Chart(steps)
    y = alt.Y("step:N", sort=None, title=None)
    drawn = base.mark_bar(height=BAR * 0.7).encode(
        y=y,
        x=alt.X("from:Q", title=f"model output, {units}", scale=alt.Scale(zero=False, padding=_LABEL)),
        x2=alt.X2("to:Q"),
        color=alt.Color("effect:N", scale=_SIDES),
        tooltip=[alt.Tooltip("step:N"), alt.Tooltip("attribution:Q", format=".4g"), alt.Tooltip("to:Q", format=".4g")],
    )
    text = base.mark_text(align="left", dx=4, fontSize=12).encode(y=y, x=alt.X("high:Q"), text=alt.Text("label:N"))
    text = text.transform_calculate(high="max(datum.from, datum.to)")
    marks = (
        alt.Chart(ends)
        .mark_rule(strokeDash=[4, 3], color=palette.MUTED)
        .encode(x=alt.X("at:Q"), tooltip=[alt.Tooltip("name:N"), alt.Tooltip("at:Q", format=".4g")])
    )
    names = [
        alt.Chart(ends)
        .mark_text(align=align, dy=-8, fontSize=12)
        .encode(x=alt.X("at:Q"), y=alt.value(0), text=alt.Text("name:N"))
        .transform_filter(alt.datum.side == side)
        for side, align in _SIDE_OF_ALIGN.items()
    ]
    layered: AnyChart = alt.layer(marks, drawn, text, *names).properties(height=int(BAR * 1.3 * bars) + 140)
    return layered


def side_by_side_frame(lime: LimeExplanation, explanation: LocalExplanation) -> pd.DataFrame:
    """Return each column's share of the total |weight| in LIME and of the total |attribution|, with signs."""
    shap_values = {item.feature: item.attribution for item in explanation.values}  # noqa: PD011
    lime_total = sum(abs(item.weight) for item in lime.weights) or 1.0
    shap_total = sum(abs(value) for value in shap_values.values()) or 1.0
    rows = []
    for item in lime.weights:
        rows.append((shown(item.feature, 40), "LIME", item.weight / lime_total))
        rows.append((shown(item.feature, 40), "Shapley values", shap_values.get(item.feature, 0.0) / shap_total))
    return pd.DataFrame(rows, columns=["column", "method", "share"])


def side_by_side(frame: pd.DataFrame) -> AnyChart:
    """Return LIME and Shapley values beside each other, as shares of each one's total."""
    chart: AnyChart = (
        alt.Chart(frame, height=tall(len(frame)))
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="share of the total, with its sign", axis=alt.Axis(format="%")),
            y=alt.Y("column:N", sort=None, title=None),
            yOffset=alt.YOffset("method:N", sort=None),
            color=alt.Color("method:N", sort=None, scale=alt.Scale(range=[palette.VIOLET, palette.BROWN])),
            tooltip=[alt.Tooltip("column"), alt.Tooltip("method"), alt.Tooltip("share", format=".1%")],
        )
    )
    return chart


def before_after_columns(result: WhatIf, top: int = 10) -> Columns:
    """Return the largest attributions with and without the edits, two rows for each column."""
    items = result.values[:top]  # noqa: PD011
    return {
        "column": [f"{shown(item.feature, 40)} = {shown(item.value_after, 30)}" for item in items for _ in range(2)],
        "rows": ["as it is", "with your edits"] * len(items),
        "attribution": [value for item in items for value in (item.attribution_before, item.attribution_after)],
    }


def before_after(data: Data, columns: int, units: str) -> AnyChart:
    """Return attributions before and after an edit from `before_after_columns`, of so many columns."""
    chart: AnyChart = (
        alt.Chart(data, height=tall(2 * columns))
        .mark_bar()
        .encode(
            x=alt.X("attribution:Q", title=f"attribution, {units}"),
            y=alt.Y("column:N", sort=None, title=None),
            yOffset=alt.YOffset("rows:N", sort=None),
            color=alt.Color("rows:N", sort=None, scale=alt.Scale(range=[palette.MUTED, palette.ACCENT])),
            tooltip=[alt.Tooltip("column:N"), alt.Tooltip("rows:N"), alt.Tooltip("attribution:Q", format=".4g")],
        )
    )
    return chart


@lru_cache(maxsize=64)
def layout_of_waterfall(bars: int, units: str) -> Layout:
    """Return the layout of a waterfall whose numbers change while one looks at it: data sets "steps" and "ends"."""
    return layout(waterfall(alt.NamedData("steps"), alt.NamedData("ends"), bars, units))


@lru_cache(maxsize=64)
def layout_of_before_after(columns: int, units: str) -> Layout:
    """Return the layout of attributions before and after an edit: data set "moved"."""
    return layout(before_after(alt.NamedData("moved"), columns, units))
