"""The chart of a comparison: how much each measure changes, with its paired interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import altair as alt
import pandas as pd

from governance.performance import ComparedMeasure, compare_words
from governance.statistics import title
from pages._ui import palette
from pages._ui.charts.base import AXIS, BAR, tooltips
from pages._ui.charts.spec import AnyChart

_LEGEND: Final = 60
"""Height of the legend, pixels."""
TITLE: Final = "Change: the other model minus this one"


class Look(NamedTuple):
    """How the dots of one verdict are drawn: in two ways, for those who do not see colours apart."""

    colour: str
    shape: Literal["circle", "diamond", "square"]


BLUE_DOT: Final = Look(palette.BLUE, "circle")
ORANGE_DIAMOND: Final = Look(palette.ORANGE, "diamond")
GREY_SQUARE: Final = Look(palette.GREY, "square")
MEASURES: Final = dict(zip(compare_words.VERDICTS.values(), (BLUE_DOT, ORANGE_DIAMOND, GREY_SQUARE), strict=True))
"""Of a comparison of measures: better, worse, no clear change."""


def frame_of(measures: Sequence[ComparedMeasure]) -> pd.DataFrame:
    """Return one row per measure."""
    rows = [
        (
            title(item.metric),
            item.current,
            item.candidate,
            item.change,
            item.low,
            item.high,
            compare_words.VERDICTS[item.verdict],
        )
        for item in measures
    ]
    return pd.DataFrame(rows, columns=["Measure", "This model", "The other", "Change", "Low", "High", "Verdict"])


def dots(frame: pd.DataFrame, looks: Mapping[str, Look] = MEASURES, axis: str = TITLE) -> AnyChart:
    """Return one dot with its interval per row; the line at zero means: as now.

    Args:
        frame: the first column names the rows; `Change`, `Low` and `High` are numbers, `Verdict` is one of `looks`.
        looks: verdict -> how it is drawn, in the order of the legend.
        axis: what is measured, with its unit.
    """
    base = alt.Chart(frame, height=BAR * len(frame) + AXIS + _LEGEND)
    y = alt.Y(f"{frame.columns[0]}:N", sort=None, title=None)
    colours = alt.Scale(domain=list(looks), range=[look.colour for look in looks.values()])
    shapes = alt.Scale(domain=list(looks), range=[look.shape for look in looks.values()])
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X("Low:Q", title=axis), x2=alt.X2("High:Q")
    )
    dot = base.mark_point(filled=True, size=100, opacity=1).encode(
        y=y,
        x=alt.X("Change:Q", title=axis),
        color=alt.Color("Verdict:N", scale=colours),
        shape=alt.Shape("Verdict:N", scale=shapes),
        tooltip=tooltips(frame.columns),
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=palette.BROWN, strokeDash=[4, 3])
    layered: AnyChart = alt.layer(zero.encode(x=alt.X("at:Q", title=axis)), rule, dot)
    return layered
