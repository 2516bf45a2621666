"""What all charts share: one style, direct labels, intervals, a description, and the table behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st

from pages._ui import palette, tongue
from pages._ui.charts.behind import Columns, behind as _behind
from pages._ui.charts.layouts import Layout
from pages._ui.charts.spec import AnyChart
from pages._ui.charts.told import told

BAR: Final = 22
"""Height of one bar with its gap, pixels."""
LINE: Final = 13
"""Height of one more line in the name of a bar, pixels."""
AXIS: Final = 84
"""Room for the horizontal axis, its title and the margins, pixels: a height counts them in."""
CLICK: Final = "click"
"""Name of the selection of a chart that can be clicked."""
Data = Any
"""A frame, or `altair.NamedData` for a layout whose numbers come later."""


def inked(found: Layout) -> dict[str, Any]:
    """Return a layout with its words in the visitor's language and in the ink of the theme that they see."""
    found = told(found, tongue.voice())
    ink, config = _ink(), dict(found.get("config", {}))
    for part in ("axis", "legend", "title"):
        words = {"color": ink} if part == "title" else {"labelColor": ink, "titleColor": ink}
        config[part] = {**config.get(part, {}), **words}
    return {**found, "config": {**config, "text": {"color": ink}}}


def _ink() -> str:
    return palette.INK["dark" if st.context.theme.type == "dark" else "light"]


def draw(
    chart: Layout,
    alt_text: str,
    behind: pd.DataFrame,
    key: str,
    columns: Mapping[str, Any] | None = None,
    *,
    note: str = "",
) -> None:
    """Draw a chart and, folded under it, the table that it shows.

    Args:
        chart: what `layouts.laid` returned for a function that makes a chart.
        alt_text: what the chart shows, in a sentence, for those who cannot see it.
        behind: the numbers of the chart.
        key: unique on the page.
        columns: column settings of the table, as in `pages._ui.tables.table`.
        note: stands above the table, in markdown.
    """
    with _framed(key):
        st.vega_lite_chart(inked(chart), width="stretch", alt=alt_text)
        _behind(behind, alt_text, key, columns=columns, note=note)


def clickable(field: str) -> alt.Parameter:
    """Return the selection for marks that can be clicked: it reads the clicked mark's `field`, a name of ours and none of a file."""
    return alt.selection_point(name=CLICK, fields=[field], on="click", clear="dblclick")


def draw_to_click(chart: Layout, alt_text: str, behind: pd.DataFrame, key: str, *, field: str) -> str | None:
    """Draw a chart whose marks carry `clickable(field)`, with its table folded under it, and return what was clicked last.

    Whatever a click does needs a select box or a button, too: marks on a canvas cannot be reached with the keyboard.

    Args:
        chart: as in `draw`; it has the selection on one of its layers.
        alt_text: what the chart shows, in a sentence.
        behind: the numbers of the chart.
        key: unique on the page.
        field: of the clicked mark.

    Returns:
        The field's value, or None while nothing is selected.
    """
    with _framed(key):
        event: Any = st.vega_lite_chart(
            inked(chart),
            width="stretch",
            alt=alt_text,
            key=f"click-{key}",
            on_select="rerun",
            selection_mode=CLICK,
        )
        _behind(behind, alt_text, key)
    marks = event["selection"].get(CLICK) or []
    found = marks[0].get(field) if marks else None
    return None if found is None else str(found)


def redraw(found: Layout, data: Mapping[str, Columns], alt_text: str, behind: Columns, key: str) -> None:
    """Draw a chart whose numbers follow what a person edits, and the table that it shows.

    A layout is made once and costs most of a chart; when only numbers change, the browser moves the marks of the chart that stands
    there instead of drawing a new one.

    Args:
        found: what `layouts.layout` returned.
        data: the data sets that the layout names.
        alt_text: what the chart shows, in a sentence.
        behind: the numbers of the chart.
        key: unique on the page.
    """
    tables = {name: pa.table(dict(columns)) for name, columns in data.items()}
    with _framed(key):
        st.vega_lite_chart({**inked(found), "datasets": tables}, width="stretch", alt=alt_text)
        _behind(behind, alt_text, key)


def _framed(key: str) -> Any:
    """Return the container of a chart and what stands under it; the button for the picture finds the chart by its name."""
    return st.container(key=f"chart-{key}", gap="xsmall")


def tall(bars: int) -> int:
    """Return the height of a chart with this many bars, its axis included, pixels."""
    return BAR * max(1, bars) + AXIS


def interval_bars(frame: pd.DataFrame, name: str, value: str, title: str, *, low: str = "", high: str = "") -> AnyChart:
    """Return horizontal bars from zero in the order of the frame, with intervals and direct labels.

    Args:
        frame: one row per bar.
        name: column with the names of the bars.
        value: column with their lengths.
        title: what is measured, with its unit.
        low: column with the lower ends of the intervals, "" for none.
        high: column with the upper ends.
    """
    base = alt.Chart(frame, height=tall(len(frame)))
    y = alt.Y(f"{_field(name)}:N", sort=None, title=None)
    bars = base.mark_bar(color=palette.ACCENT, height=BAR * 0.6).encode(
        y=y, x=alt.X(f"{_field(value)}:Q", title=title, scale=alt.Scale(zero=True)), tooltip=_tooltip(frame)
    )
    if not low:
        alone: AnyChart = bars
        return alone
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X(f"{_field(low)}:Q", title=title), x2=alt.X2(_field(high)), tooltip=_tooltip(frame)
    )
    layered: AnyChart = alt.layer(bars, rule)
    return layered


def interval_dots(
    frame: pd.DataFrame,
    name: str,
    value: str,
    title: str,
    *,
    low: str,
    high: str,
    mark: float | None = None,
    lines: int = 1,
) -> AnyChart:
    """Return one dot with its interval per row; for quantities whose zero means nothing.

    Args:
        frame: one row per dot.
        name: column with the names; a line break in a name is one in the chart.
        value: column with the places of the dots.
        title: what is measured, with its unit.
        low: column with the lower ends of the intervals.
        high: column with the upper ends.
        mark: where a reference line is drawn, None for none.
        lines: that the longest name has.
    """
    base = alt.Chart(frame, height=tall(len(frame)) + (lines - 1) * LINE * len(frame))
    style = alt.Axis(labelExpr="split(datum.label, '\\n')") if lines > 1 else alt.Axis()
    y = alt.Y(f"{_field(name)}:N", sort=None, title=None, axis=style)
    scale = alt.Scale(zero=False)
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X(f"{_field(low)}:Q", title=title, scale=scale), x2=alt.X2(_field(high)), tooltip=_tooltip(frame)
    )
    dot = base.mark_circle(color=palette.ACCENT, size=80, opacity=1).encode(
        y=y, x=alt.X(f"{_field(value)}:Q", title=title, scale=scale), tooltip=_tooltip(frame)
    )
    layers = [rule, dot]
    if mark is not None:
        layers.append(
            alt.Chart({"values": [{"mark": mark}]})
            .mark_rule(color=palette.ORANGE, strokeDash=[4, 3])
            .encode(x=alt.X("mark:Q", title=title))
        )
    layered: AnyChart = alt.layer(*layers)
    return layered


def lines(frame: pd.DataFrame, x: str, y: str, series: str, *, titles: tuple[str, str]) -> AnyChart:
    """Return one line per series, each labelled at its end instead of in a legend."""
    colour = alt.Color(f"{_field(series)}:N", legend=None, sort=None)
    base = alt.Chart(frame, height=280)
    drawn = base.mark_line(strokeWidth=2).encode(
        x=alt.X(f"{_field(x)}:Q", title=titles[0]),
        y=alt.Y(f"{_field(y)}:Q", title=titles[1]),
        color=colour,
        tooltip=_tooltip(frame),
    )
    ends = frame.groupby(series, sort=False, observed=True).tail(1)
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", dx=6, fontSize=13)
        .encode(x=alt.X(f"{_field(x)}:Q"), y=alt.Y(f"{_field(y)}:Q"), text=alt.Text(f"{_field(series)}:N"))
    )
    layered: AnyChart = alt.layer(drawn, labels)
    return layered


def _field(name: str) -> str:
    """Return a column name that Altair's shorthand does not read: dots, brackets and colons are part of the name."""
    return name.replace("\\", "\\\\").replace(":", "\\:").replace(".", "\\.").replace("[", "\\[").replace("]", "\\]")


def tooltips(columns: Iterable[object]) -> list[alt.Tooltip]:
    """Return what is told of a mark under the pointer: these columns of its row.

    Channels are objects everywhere: Altair builds the table of all its classes anew for each that is written as text.
    """
    return [alt.Tooltip(str(column)) for column in columns]


def _tooltip(frame: pd.DataFrame) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(field=_field(str(column)).replace("\\:", ":"), title=str(column), type=_type(frame, column))
        for column in frame.columns
    ]


def _type(frame: pd.DataFrame, column: Any) -> Any:
    return "quantitative" if frame[column].dtype.kind in "fiu" else "nominal"
