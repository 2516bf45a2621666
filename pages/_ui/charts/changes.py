"""The chart of a comparison: how much each measure changes, with its paired interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from governance.performance import ComparedMeasure, compare_words
from governance.statistics import title
from pages._ui import palette
from pages._ui.charts.base import AXIS, BAR
from pages._ui.charts.spec import AnyChart

_LEGEND: Final = 60
"""Height of the legend, pixels."""
TITLE: Final = "Change: the other model minus this one"


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


def dots(frame: pd.DataFrame) -> AnyChart:
    """Return one dot with its interval per measure; the line at zero means: as now."""
    base = alt.Chart(frame, height=BAR * len(frame) + AXIS + _LEGEND)
    y = alt.Y("Measure:N", sort=None, title=None)
    domain = list(compare_words.VERDICTS.values())
    colours = alt.Scale(domain=domain, range=[palette.BLUE, palette.ORANGE, palette.GREY])
    shapes = alt.Scale(domain=domain, range=["circle", "diamond", "square"])
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(y=y, x=alt.X("Low:Q", title=TITLE), x2="High:Q")
    dot = base.mark_point(filled=True, size=100, opacity=1).encode(
        y=y,
        x=alt.X("Change:Q", title=TITLE),
        color=alt.Color("Verdict:N", scale=colours),
        shape=alt.Shape("Verdict:N", scale=shapes),
        tooltip=list(frame.columns),
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=palette.BROWN, strokeDash=[4, 3])
    layered: AnyChart = alt.layer(zero.encode(x=alt.X("at:Q", title=TITLE)), rule, dot)
    return layered
